# Sleep, and sleep on at the end.
$stdout.sync = true
puts "asleep"
at_exit { sleep }
