// Take a little more again and again, outside of V8's heap.
console.log("begun");
const kept: Buffer[] = [];
for (let left = Number(process.argv[2]); left > 0; left--) kept.push(Buffer.alloc(1 << 20, 1));
console.log("filled");
