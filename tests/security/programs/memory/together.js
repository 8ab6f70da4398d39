// Four children, each below the limit, but not together.
const { fork } = require("child_process");
const wanted = Number(process.argv[2]);
if (process.send) {
  const kept = Buffer.alloc((wanted / 4) << 20, 1);
  process.send(kept.length);
  process.on("message", () => process.exit());
} else {
  console.log("begun");
  const children = Array.from({ length: 4 }, () => fork(__filename, [String(wanted)]));
  let count = 0;
  for (const child of children) {
    child.on("exit", () => { if (count < 4) { console.log("bereaved"); process.exit(); } });
    child.on("message", () => {
      if (++count < 4) return;
      console.log("filled");
      for (const other of children) other.send("end");
    });
  }
}
