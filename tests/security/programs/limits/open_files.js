// Open files until none can be opened.
const fs = require("fs");
let count = 0;
try {
  for (;;) { fs.openSync("/dev/null"); count++; }
} catch (error) {
  console.log(error.code === "EMFILE" ? "Too many open files" : error.message, count);
  process.exit(1);
}
