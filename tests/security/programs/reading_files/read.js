// Read each of the files, or list each of the folders, of the arguments; one line each.
const fs = require("fs");
for (const path of process.argv.slice(2)) {
  try {
    fs.statSync(path).isDirectory() ? fs.readdirSync(path) : fs.readSync(fs.openSync(path), Buffer.alloc(1));
    console.log(`${path}: done`);
  } catch (error) {
    console.log(`${path}: ${error.message}`);
  }
}
