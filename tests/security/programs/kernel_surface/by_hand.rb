# Make the calls that stdin names, a line each: name, number, arguments; P points to zeros. Say of each the errno.
require "fiddle"

zeros = Fiddle::Pointer.malloc(4096)
zeros[0, 4096] = "\0" * 4096
call = Fiddle::Function.new(Fiddle.dlopen(nil)["syscall"], [Fiddle::TYPE_LONG] * 7, Fiddle::TYPE_LONG)
STDIN.each_line do |line|
  name, number, *arguments = line.split
  words = arguments.map { |word| word == "P" ? zeros.to_i : [word.to_i(16)].pack("Q").unpack1("q") }
  result = call.call(number.to_i, *(words + [0] * 6).first(6))
  puts "#{name} #{result < 0 ? Fiddle.last_error : 0}"
end
