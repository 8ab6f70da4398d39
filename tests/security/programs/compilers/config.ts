// Say whether the compiler executed owned.sh; then execute it, which shows that it works.
/// <reference path="./types.d.ts" />
import { execSync } from "child_process";
import { existsSync } from "fs";

const look = () => console.log(existsSync("owned") ? "done" : "no");
look();
execSync("sh ./owned.sh");
look();
