# Print the arguments as they came.
puts ARGV
