// Print the arguments as they came.
process.argv.slice(2).forEach((word) => console.log(word));
