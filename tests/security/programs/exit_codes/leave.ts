// End with the code that the argument says.
process.exit(Number(process.argv[2]));
