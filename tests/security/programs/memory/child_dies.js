// Have a child killed, and end with success.
console.log("begun");
const script = `Buffer.alloc(${process.argv[2]} << 20, 1); console.log("filled")`;
require("child_process").spawnSync(process.execPath, ["-e", script], { stdio: "inherit" });
process.exit(0);
