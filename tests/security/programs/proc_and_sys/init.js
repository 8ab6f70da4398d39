// Look into the process of the argument; one line each.
const fs = require("fs");
for (const name of ["environ", "root", "mem", "maps", "fd", "cwd", "exe", "status", "cmdline", ""]) {
  const path = `/proc/${process.argv[2]}/${name}`;
  try {
    fs.closeSync(fs.openSync(path));
    console.log(`${path}: done`);
  } catch (error) {
    console.log(`${path}: ${error.message}`);
  }
}
