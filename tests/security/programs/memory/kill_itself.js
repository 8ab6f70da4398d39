// End as if there had been no memory left, close to the limit but never above it.
const kept = Buffer.alloc(Number(process.argv[2]) << 20, 1);
require("fs").writeSync(2, `Out of memory: Killed process ${process.pid} ${kept.length}\n`);
if (process.argv[3] === "exit") process.exit(137);
process.kill(process.pid, "SIGKILL");
