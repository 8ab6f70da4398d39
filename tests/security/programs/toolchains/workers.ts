// Worker threads with shared memory, and processes.
import { Worker, isMainThread, parentPort, workerData } from "worker_threads";
import { execFileSync } from "child_process";
import { once } from "events";

async function workers(): Promise<void> {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const all = Array.from({ length: 3 }, () => new Worker(__filename, { workerData: shared }));
  await Promise.all(all.map((worker) => once(worker, "exit")));
  if (shared[0] !== 3000) throw new Error(String(shared[0]));
}

if (isMainThread) {
  workers().then(() => {
    console.log("workers ok");
    if (execFileSync("echo", ["hello"]).toString() !== "hello\n") throw new Error();
    console.log("processes ok");
  });
} else {
  for (let i = 0; i < 1000; i++) Atomics.add(workerData as Int32Array, 0, 1);
  parentPort?.close();
}
