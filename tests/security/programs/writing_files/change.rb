# Change each of the files of the arguments in every way there is; one line each.
def attempt(what, path)
  yield
  puts "#{what} #{path}: done"
rescue SystemCallError => error
  puts "#{what} #{path}: #{error.message}"
end

ARGV.each do |path|
  File.write("own", "evil")
  attempt("write", path) { File.open(path, "r+") { |file| file.write("evil") } }
  attempt("truncate", path) { File.truncate(path, 0) }
  attempt("chmod", path) { File.chmod(0o777, path) }
  attempt("chown", path) { File.chown(Process.uid, Process.gid, path) }
  attempt("times", path) { File.utime(1, 1, path) }
  attempt("rename over", path) { File.rename("own", path) }
  attempt("remove", path) { File.delete(path) }
end
