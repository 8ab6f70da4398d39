// Change each of the files of the arguments in every way there is; one line each.
const fs = require("fs");
const attempt = (what, path, action) => {
  try {
    action(path);
    console.log(`${what} ${path}: done`);
  } catch (error) {
    console.log(`${what} ${path}: ${error.message}`);
  }
};
for (const path of process.argv.slice(2)) {
  fs.writeFileSync("own", "evil");
  attempt("write", path, () => fs.writeFileSync(path, "evil", { flag: "r+" }));
  attempt("append", path, () => fs.appendFileSync(path, "evil"));
  attempt("truncate", path, () => fs.truncateSync(path, 0));
  attempt("chmod", path, () => fs.chmodSync(path, 0o777));
  attempt("chown", path, () => fs.chownSync(path, process.getuid(), process.getgid()));
  attempt("times", path, () => fs.utimesSync(path, 1, 1));
  attempt("copy over", path, () => fs.copyFileSync("own", path));
  attempt("rename over", path, () => fs.renameSync("own", path));
  attempt("remove", path, () => fs.rmSync(path));
}
