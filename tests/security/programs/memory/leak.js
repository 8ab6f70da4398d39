// Take a little more of V8's heap again and again.
console.log("begun");
const kept = [];
for (let left = Number(process.argv[2]); left > 0; left--) kept.push(new Array(1 << 17).fill(left + 0.5));
console.log("filled");
