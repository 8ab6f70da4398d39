// Spawn children that stay, as many as the argument says (0: for ever); say how many there were.
const { spawn } = require("child_process");
const wanted = Number(process.argv[2]);
let children = 0;
function next() {
  if (wanted && children === wanted) return end();
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  child.on("error", (error) => {
    if (!wanted) return setImmediate(next);
    console.log(error.code === "EAGAIN" ? "Resource temporarily unavailable" : error.message);
    end();
  });
  child.on("spawn", () => { children++; next(); });
}
function end() {
  console.log("children", children);
  process.exit(0);
}
next();
