// One call that takes for ever.
require("fs").writeSync(1, "busy\n");
/^(a+)+$/.test("a".repeat(60) + "b");
