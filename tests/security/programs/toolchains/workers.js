// Worker threads with shared memory, processes with channels, a cluster, WebAssembly, streams and timers.
const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");
const cluster = require("cluster");
const assert = require("assert");
const { once } = require("events");
const fs = require("fs");

async function workers() {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const all = Array.from({ length: 4 }, () => new Worker(__filename, { workerData: shared }));
  const ends = Promise.all(all.map((worker) => once(worker, "exit")));
  const answers = await Promise.all(all.map((worker) => once(worker, "message")));
  assert.deepEqual(answers.map(([n]) => n), [42, 42, 42, 42]);
  assert.equal(shared[0], 4000);
  await ends;
}
async function processes() {
  const { spawn, fork, execFileSync, exec } = require("child_process");
  assert.equal(execFileSync("tr", ["a-z", "A-Z"], { input: "abc" }).toString(), "ABC");
  const child = spawn("cat");
  child.stdin.end("x".repeat(1 << 20));
  let size = 0;
  for await (const chunk of child.stdout) size += chunk.length;
  assert.equal(size, 1 << 20);
  const forked = fork(__filename, ["child"]);
  forked.send(20);
  assert.deepEqual(await once(forked, "message"), [400, undefined]);
  const { stdout } = await require("util").promisify(exec)("echo $0");
  assert.ok(stdout.length);
}
async function clusters() {
  const worker = cluster.fork({ PART: "cluster" });
  const [message] = await once(worker, "message");
  assert.equal(message, "here");
  worker.kill();
  await once(worker, "exit");
}
async function webAssembly() {
  // (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  const bytes = Buffer.from("0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b", "hex");
  const { instance } = await WebAssembly.instantiate(bytes);
  assert.equal(instance.exports.add(40, 2), 42);
  assert.equal(new WebAssembly.Memory({ initial: 1, maximum: 10, shared: true }).grow(3), 1);
}
async function jit() {
  let sum = 0;
  for (let i = 0; i < 1e7; i++) sum = (sum + i * 7) % 1000003;
  assert.ok(sum > 0);
  assert.equal(eval("6 * 7"), 42);
  assert.equal(new (require("vm").Script)("6 * 7").runInNewContext(), 42);
}
async function files() {
  const watcher = fs.watch("/tmp");
  const changed = once(watcher, "change");
  await fs.promises.writeFile("/tmp/file", "hello");
  await changed;
  watcher.close();
  const zlib = require("zlib");
  await require("stream/promises").pipeline(fs.createReadStream("/tmp/file"), zlib.createGzip(), fs.createWriteStream("/tmp/file.gz"));
  assert.equal(zlib.gunzipSync(fs.readFileSync("/tmp/file.gz")).toString(), "hello");
  const key = await require("util").promisify(require("crypto").scrypt)("a", "b", 16);
  assert.equal(key.length, 16);
}
async function sockets() {
  const net = require("net");
  const server = net.createServer((socket) => socket.end("hello")).listen("/tmp/socket");
  await once(server, "listening");
  let text = "";
  for await (const chunk of net.connect("/tmp/socket")) text += chunk;
  assert.equal(text, "hello");
  server.close();
}

if (!isMainThread) {
  for (let i = 0; i < 1000; i++) Atomics.add(workerData, 0, 1);
  Atomics.wait(workerData, 1, 0, 5);
  parentPort.postMessage(42);
} else if (process.env.PART === "cluster") {
  process.send("here");
} else if (process.argv[2] === "child") {
  process.on("message", (n) => { process.send(n * n); process.disconnect(); });
} else {
  (async () => {
    for (const part of [workers, processes, clusters, webAssembly, jit, files, sockets]) {
      await part();
      console.log(part.name, "ok");
    }
    process.on("SIGUSR2", () => { console.log("signals ok"); process.exit(0); });
    setTimeout(() => process.kill(process.pid, "SIGUSR2"), 5);
    setInterval(() => {}, 1000);
  })();
}
