// Close stdout, write to it all the same, and tell on stderr what came of it.
const fs = require("fs");
fs.closeSync(1);
try {
  fs.writeSync(1, "lost\n");
  fs.writeSync(2, "done\n");
} catch (error) {
  fs.writeSync(2, error.code === "EBADF" ? "Bad file descriptor\n" : `${error.code}\n`);
}
