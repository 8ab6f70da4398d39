// Open each of the files of the arguments after the first for writing, and unless that is "open" write to it; one line each.
const fs = require("fs");
for (const path of process.argv.slice(3)) {
  try {
    const fd = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
    if (process.argv[2] === "write") fs.writeSync(fd, "1\n");
    fs.closeSync(fd);
    console.log(`${path}: done`);
  } catch (error) {
    console.log(`${path}: ${error.message}`);
  }
}
