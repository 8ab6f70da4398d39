// Change each of the files of the arguments in every way there is; one line each.
import * as fs from "node:fs";

const attempt = (what: string, path: string, action: () => void) => {
  try {
    action();
    console.log(`${what} ${path}: done`);
  } catch (error) {
    console.log(`${what} ${path}: ${(error as Error).message}`);
  }
};
for (const path of process.argv.slice(2)) {
  fs.writeFileSync("own", "evil");
  attempt("write", path, () => fs.closeSync(fs.openSync(path, "r+")));
  attempt("truncate", path, () => fs.truncateSync(path, 0));
  attempt("chmod", path, () => fs.chmodSync(path, 0o777));
  attempt("rename over", path, () => fs.renameSync("own", path));
  attempt("remove", path, () => fs.unlinkSync(path));
}
