// Look up each of the arguments, by the system's resolver and by DNS itself; one line each.
const dns = require("dns").promises;
const resolver = new dns.Resolver({ timeout: 500, tries: 1 });
(async () => {
  for (const name of process.argv.slice(2)) {
    console.log(`${name}: ${await dns.lookup(name).then(() => "done", (error) => error.message)}`);
    if (name !== "localhost")
      console.log(`${name} by DNS: ${await resolver.resolve4(name).then(() => "done", (error) => error.message)}`);
  }
})();
