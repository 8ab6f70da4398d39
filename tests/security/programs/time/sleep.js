// Sleep: an event loop with a timer that never comes, and a server that nobody calls.
require("fs").writeSync(1, "asleep\n");
setTimeout(() => {}, 2 ** 31 - 1);
require("net").createServer().listen("\0nobody");
