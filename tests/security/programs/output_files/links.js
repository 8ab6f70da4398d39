// The same from node.
const fs = require("fs");
fs.symlinkSync("/etc/passwd", "passwd");
fs.symlinkSync("/etc", "etc");
fs.mkdirSync("folder");
fs.symlinkSync("/proc/self/environ", "folder/environ");
fs.writeFileSync("honest", "honest");
