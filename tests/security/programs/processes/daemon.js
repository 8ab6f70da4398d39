// A daemon that holds stdout open, writes into it later, and outlives everybody.
const { spawn } = require("child_process");
const script = 'trap "" TERM HUP INT; echo daemon; sleep 2; echo outlived; sleep 1000';
spawn("bash", ["-c", script], { detached: true, stdio: ["ignore", "inherit", "inherit"] }).unref();
setTimeout(() => console.log("parent"), 500);
