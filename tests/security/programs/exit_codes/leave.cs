// End with the code that the argument says.
return int.Parse(args[0]);
