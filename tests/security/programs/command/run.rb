# Run the arguments as a command.
system(*ARGV, err: "/dev/null")
