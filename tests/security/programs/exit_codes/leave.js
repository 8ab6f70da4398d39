// End with the code that the argument says.
process.exitCode = Number(process.argv[2]) & 255;
