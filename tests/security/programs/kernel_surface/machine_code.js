// No call by hand in JavaScript, but it can write a program: machine code in an ELF file, once of 64 and once of 32 bits.
// stdin names the calls, a line each: name, number, arguments; P points to zeros. Say of each the errno.
const { spawnSync } = require("child_process");
const fs = require("fs");
const BASE = 0x10000n, ZEROS = 0x20000n;

function elf(code) {
  const header = Buffer.alloc(64), segments = Buffer.alloc(112);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16); header.writeUInt16LE(62, 18); header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BASE + 176n, 24); header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52); header.writeUInt16LE(56, 54); header.writeUInt16LE(2, 56);
  segment(segments, 0, 5, 0n, BASE, BigInt(176 + code.length), 0x1000n);
  segment(segments, 56, 6, 0n, ZEROS, 0n, 0x1000n);
  return Buffer.concat([header, segments, code]);
}
function segment(buffer, at, flags, offset, address, fileSize, memorySize) {
  buffer.writeUInt32LE(1, at); buffer.writeUInt32LE(flags, at + 4);
  [offset, address, address, fileSize, memorySize, 0x1000n].forEach((word, i) => buffer.writeBigUInt64LE(word, at + 8 + 8 * i));
}
function move(prefix, opcode, value) { // mov r64, imm64
  const buffer = Buffer.alloc(10);
  buffer[0] = prefix; buffer[1] = opcode; buffer.writeBigUInt64LE(BigInt.asUintN(64, value), 2);
  return buffer;
}
const REGISTERS = [[0x48, 0xbf], [0x48, 0xbe], [0x48, 0xba], [0x49, 0xba], [0x49, 0xb8], [0x49, 0xb9]];
const lines = fs.readFileSync(0, "utf8").trim().split("\n");
for (const line of lines) {
  const [name, number, ...words] = line.split(" ");
  const code = [move(0x48, 0xb8, BigInt(number))];
  words.forEach((word, i) => code.push(move(...REGISTERS[i], word === "P" ? ZEROS : BigInt("0x" + word))));
  // syscall; mov edi, eax; neg edi; mov eax, 60; syscall: exit with the errno
  code.push(Buffer.from([0x0f, 0x05, 0x89, 0xc7, 0xf7, 0xdf, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]));
  fs.writeFileSync("call", elf(Buffer.concat(code)), { mode: 0o755 });
  const done = spawnSync("./call");
  fs.unlinkSync("call");
  console.log(name, done.status ?? done.signal ?? done.error.code);
}
