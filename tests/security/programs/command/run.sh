# Run the arguments as a command.
"$@" 2>/dev/null
