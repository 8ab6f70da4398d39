# Open each of the files of the arguments after the first for writing, and unless that is "open" write to it; one line each.
how, *paths = ARGV
paths.each do |path|
  fd = IO.sysopen(path, File::WRONLY | File::NONBLOCK)
  IO.new(fd).syswrite("1\n") if how == "write"
  puts "#{path}: done"
rescue SystemCallError => error
  puts "#{path}: #{error.message}"
end
