// Say which interfaces and addresses there are; node lists only those that are up.
try {
  for (const [name, addresses] of Object.entries(require("os").networkInterfaces())) {
    console.log("interface", name, "up");
    for (const { address } of addresses) console.log("address", address);
  }
} catch (error) {
  console.log("error", error.message);
}
console.log("end");
