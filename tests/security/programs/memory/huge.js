// Take all of it at once, shared between threads.
console.log("begun");
new Uint8Array(new SharedArrayBuffer(Number(process.argv[2]) << 20)).fill(1);
console.log("filled");
