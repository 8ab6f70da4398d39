// Where the descriptors lead that are open when a program begins.
import * as fs from "fs";
for (const fd of fs.readdirSync("/proc/self/fd")) try { console.log(fd, fs.readlinkSync("/proc/self/fd/" + fd)); } catch {}
