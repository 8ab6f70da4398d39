// Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever).
import * as fs from "fs";
const [stream, wanted] = process.argv.slice(2);
const size = Number(wanted);
const fds = stream === "both" ? [1, 2] : [stream === "stdout" ? 1 : 2];
for (let number = 0; !size || number * 16 < size; number += 1000) {
  let block = "";
  for (let n = number; n < number + 1000; n++) block += String(n).padStart(15, "0") + "\n";
  if (size) block = block.slice(0, size - number * 16);
  for (const fd of fds) for (let done = 0; done < block.length; ) done += fs.writeSync(fd, block.slice(done));
}
