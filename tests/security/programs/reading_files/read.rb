# Read each of the files, or list each of the folders, of the arguments; one line each.
ARGV.each do |path|
  File.directory?(path) ? Dir.children(path) : File.read(path, 1)
  puts "#{path}: done"
rescue SystemCallError => error
  puts "#{path}: #{error.message}"
end
