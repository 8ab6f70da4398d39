# Print the arguments as they came.
printf "%s\n" "$@"
