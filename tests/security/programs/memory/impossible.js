// Ask for more than there is anywhere.
console.log("begun");
new ArrayBuffer(2 ** 46);
