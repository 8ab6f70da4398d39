// Files in every place where anybody may write, and a socket: "look" for them, or leave them.
const fs = require("fs");
const paths = ["/tmp/neighbour", "/var/tmp/neighbour", "/dev/shm/neighbour", "/box/neighbour"];
const look = process.argv[2] === "look";
for (const path of paths) {
  if (!look) fs.writeFileSync(path, "x", { flag: "wx" });
  console.log(fs.existsSync(path) ? "there" : "nothing");
}
const net = require("net");
if (look) {
  const client = net.connect("/tmp/socket").on("error", () => console.log("nothing")).on("connect", () => { console.log("there"); client.end(); });
} else {
  require("child_process").spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).unref();
  net.createServer().listen("/tmp/socket", () => { console.log("there"); process.exit(0); });
}
