// Never look at stdin.
console.log("ended");
