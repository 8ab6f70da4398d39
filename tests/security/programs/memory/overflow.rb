# Recurse without end.
$stdout.sync = true
puts "begun"
def recurse(depth) = recurse(depth + 1) + 1
recurse(0)
