// Write into one file of the folder in the argument until it is refused; say how much; end with the code of the second.
const fs = require("fs");
const fd = fs.openSync(`${process.argv[2]}/large`, "w");
let size = 0;
try {
  for (;;) size += fs.writeSync(fd, Buffer.alloc(65536));
} catch (error) {
  console.log(error.message);
}
console.log("size", size);
process.exitCode = Number(process.argv[3] ?? 0);
