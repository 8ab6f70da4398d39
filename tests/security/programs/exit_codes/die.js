// Die by the signal that the argument says.
setTimeout(() => process.exit(42), 2000);
process.kill(process.pid, Number(process.argv[2]));
