// Never end, and never come back to the event loop.
require("fs").writeSync(1, "busy\n");
for (;;) ;
