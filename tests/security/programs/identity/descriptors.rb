# Where the descriptors lead that are open when a program begins.
Dir.children("/proc/self/fd").each { |fd| puts "#{fd} #{File.readlink("/proc/self/fd/#{fd}")}" rescue nil }
