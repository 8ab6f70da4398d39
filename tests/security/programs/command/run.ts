// Run the arguments as a command.
import { spawnSync } from "node:child_process";
spawnSync(process.argv[2]!, process.argv.slice(3), { stdio: ["inherit", "inherit", "ignore"] });
