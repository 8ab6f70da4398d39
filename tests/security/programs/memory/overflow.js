// Recurse without end.
const recurse = (depth) => recurse(depth + 1) + 1;
console.log("begun");
recurse(0);
