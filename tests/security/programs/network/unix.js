// Connect to the unix sockets of the arguments (@: abstract); one line each.
const net = require("net");
const connect = (path) => new Promise((resolve) => {
  const socket = net.connect({ path }, () => { resolve("done"); socket.destroy(); });
  socket.on("error", (error) => resolve(error.message));
});
(async () => {
  for (const name of process.argv.slice(2)) console.log(`${name}: ${await connect(name.replace(/^@/, "\0"))}`);
})();
