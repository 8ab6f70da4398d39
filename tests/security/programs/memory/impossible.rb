# Ask for more than there is anywhere.
$stdout.sync = true
puts "begun"
"x" * (1 << 46)
