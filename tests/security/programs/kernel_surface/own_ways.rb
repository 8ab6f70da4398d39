# What Ruby's own library has of it; say of each the errno, 0 when done.
Dir.mkdir("/tmp/cell") rescue nil
{
  "chroot" => -> { Dir.chroot("/tmp/cell") },
  "ptrace" => -> { raise Errno::EPERM if syscall(101, 0, 0, 0, 0) < 0 },
  "mount" => -> { syscall(165, "tmpfs", "/tmp/cell", "tmpfs", 0, 0) },
  "unshare" => -> { syscall(272, 0x20000) },
  "io_setup" => -> { syscall(206, 8, 0) },
  "getpid" => -> { syscall(39) },
}.each do |name, attempt|
  Process.wait(fork do
    $VERBOSE = nil
    attempt.call
    puts "#{name} 0"
  rescue SystemCallError => error
    puts "#{name} #{error.errno}"
  end)
end
