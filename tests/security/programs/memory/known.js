// Use a known amount of memory.
const kept = Buffer.alloc(Number(process.argv[3]) << 20, 1);
setImmediate(() => console.log(kept && "done"));
