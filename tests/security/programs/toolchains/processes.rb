# Forks, threads, Ractors, pipes, sockets, timeouts.
require "open3"
require "socket"
require "timeout"
require "tempfile"

def check(right)
  raise "wrong" unless right
end

PARTS = {
  forks: -> {
    reader, writer = IO.pipe
    pids = 5.times.map { |n| fork { reader.close; writer.write(n.to_s); exit!(n) } }
    writer.close
    check(reader.read.chars.sort.join == "01234")
    check(pids.map { |pid| Process.wait2(pid)[1].exitstatus } == [0, 1, 2, 3, 4])
    check(Process.wait2(spawn("sh", "-c", "kill -9 $$"))[1].termsig == 9)
    Process.detach(fork { exit! }).join
  },
  threads: -> {
    queue, lock, count = Queue.new, Mutex.new, 0
    threads = 50.times.map { |n| Thread.new { lock.synchronize { count += 1 }; queue << n } }
    threads.each(&:join)
    check(count == 50 && queue.size == 50)
    condition = ConditionVariable.new
    lock.synchronize { condition.wait(lock, 0.005) }
  },
  ractors: -> {
    check(4.times.map { |n| Ractor.new(n) { |m| m * m } }.map { |r| r.respond_to?(:take) ? r.take : r.value } == [0, 1, 4, 9])
  },
  fibers: -> { check(Fiber.new { Fiber.yield 1 }.resume == 1 && Enumerator.new { |y| y << 7 }.next == 7) },
  commands: -> {
    check(`echo hello` == "hello\n")
    check(Open3.capture3("tr a-z A-Z", stdin_data: "abc")[0] == "ABC")
    check(IO.popen(["cat"], "r+") { |io| io.write("x"); io.close_write; io.read } == "x")
    check(system("true") && !system("false"))
  },
  sockets: -> {
    server = UNIXServer.new("/tmp/socket")
    Thread.new { server.accept.tap { |s| s.write("hello") }.close }
    check(UNIXSocket.open("/tmp/socket", &:read) == "hello")
    here, there = UNIXSocket.pair
    here.send_io($stdin)
    check(there.recv_io.fileno > 2)
  },
  timers: -> {
    begin
      Timeout.timeout(0.01) { sleep 10 }
      check(false)
    rescue Timeout::Error
    end
    arrived = Queue.new
    trap("USR1") { arrived << 1 }
    Process.kill("USR1", $$)
    check(arrived.pop == 1)
    Tempfile.create { |file| check(file.flock(File::LOCK_EX) == 0) }
    GC.start
    GC.compact rescue nil
  },
}
PARTS.each { |name, part| part.call; puts "#{name} ok" }
