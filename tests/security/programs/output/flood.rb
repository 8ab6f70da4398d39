# Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever).
size = ARGV[1].to_i
streams = { "stdout" => [$stdout], "stderr" => [$stderr], "both" => [$stdout, $stderr] }[ARGV[0]]
number = 0
while size == 0 || number * 16 < size
  block = (number...number + 1000).map { |n| format("%015d\n", n) }.join
  block = block[0, size - number * 16] if size > 0
  streams.each { |stream| stream.write(block) }
  number += 1000
end
