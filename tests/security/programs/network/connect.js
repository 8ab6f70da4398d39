// Reach each of the arguments, such as tcp/127.0.0.1/80, and send a word; one line each.
const net = require("net");
const dgram = require("dgram");

const reach = {
  tcp: (host, port) => new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, timeout: 5000 }, () => socket.end("secret", resolve));
    socket.on("error", reject).on("timeout", () => reject(new Error("timeout")));
  }),
  udp: (host, port) => new Promise((resolve, reject) => {
    const socket = dgram.createSocket(host.includes(":") ? "udp6" : "udp4").on("error", reject);
    socket.send("secret", port, host, (error) => { socket.close(); error ? reject(error) : resolve(); });
  }),
};

(async () => {
  for (const target of process.argv.slice(2)) {
    const [kind, host, port] = target.split("/");
    console.log(`${target}: ${await reach[kind](host, Number(port)).then(() => "done", (error) => error.message)}`);
  }
  process.exit(0); // whoever was reached keeps the line open
})();
