# Copy stdin to stdout, byte for byte; then ask for more, twice, and say how much there was.
total = IO.copy_stream($stdin, $stdout)
warn total if $stdin.read(1).nil? && $stdin.read(1).nil?
