# Take a little more again and again, and rescue whatever comes of it.
$stdout.sync = true
puts "begun"
kept = []
begin
  ARGV[0].to_i.times { kept << "x" * (1 << 20) }
rescue NoMemoryError
  puts "refused"
  exit
end
puts "filled"
