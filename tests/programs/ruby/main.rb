# frozen_string_literal: true

# Reads records from standard input, reports on each, then tries what a program may want of its surroundings.
require 'digest'
require 'fileutils'
require 'json'
require 'open3'
require 'optparse'
require 'set'
require 'socket'
require 'stringio'
require 'tempfile'
require 'timeout'
require 'tmpdir'
require 'zlib'
require_relative 'lib/calc'
require_relative 'lib/text'

using Text

class Lru
  def initialize(capacity)
    @capacity = capacity
    @items = {}
  end

  def [](key)
    @items.key?(key) ? (@items[key] = @items.delete(key)) : nil
  end

  def []=(key, value)
    @items.delete(key)
    @items[key] = value
    @evicted = @items.size > @capacity ? @items.shift : nil
  end

  attr_reader :evicted
end

class Graph
  include Enumerable

  def initialize
    @roads = Hash.new { |roads, node| roads[node] = {} }
  end

  def add(from, to, length)
    [[from, to], [to, from]].each { |a, b| @roads[a][b] = [length, @roads[a][b] || length].min }
  end

  def each(&) = @roads.each_key(&)

  def shortest(start)
    known = {}
    open = { start => 0 }
    until open.empty?
      here, length = open.min_by { |node, far| [far, node] }
      known[here] = open.delete(here)
      @roads[here].each do |there, road|
        open[there] = [length + road, open[there] || Float::INFINITY].min unless known.key?(there)
      end
    end
    known
  end
end

class Report
  attr_reader :graph, :unknown, :words

  def initialize
    @cache = Lru.new(20)
    @graph = Graph.new
    @unknown = []
    @words = []
  end

  def text(rest)
    @words.concat(rest.split)
    "#{rest.shape} #{rest[0, 5].shuffled}"
  end

  def expr(rest) = Calc.calculate(rest)

  def put(rest)
    key, value = rest.split
    @cache[key] = Integer(value)
    "evicts #{@cache.evicted.inspect}"
  end

  def get(rest) = @cache[rest].inspect

  def edge(rest)
    from, to, length = rest.split
    @graph.add(from, to, length.to_i)
    "#{from}→#{to}"
  end

  def json(rest)
    case JSON.parse(rest, symbolize_names: true)
    in { flag: nil, id: } then "no flag in #{id}"
    in { flag: true, tags: [], pos: { x: Integer => x } } then "no tags but x #{x}"
    in { id: 50_000.. => id, tags: [first, *], name: } then "large #{id} #{first} #{Digest::SHA256.hexdigest(name)[0, 10]}"
    in { pos: { x:, y: } } if x.abs > y then "left of the middle #{Math.hypot(x, y).round(6)}"
    in Hash => value then "other #{value.keys.join(',')}"
    end
  end

  def line(number, line)
    kind, rest = line.split(' ', 2)
    if rest && %w[text expr put get edge json].include?(kind)
      "#{number} #{kind} #{public_send(kind, rest)}"
    else
      @unknown << number
      "#{number} unknown #{line.dump}"
    end
  end
end

def count_in_threads(lines, workers)
  queue = SizedQueue.new(4)
  lock = Mutex.new
  done = ConditionVariable.new
  letters = 0
  finished = 0
  threads = Array.new(workers) do
    Thread.new do
      while (chunk = queue.pop)
        mine = chunk.sum(&:size)
        lock.synchronize { letters += mine }
      end
      lock.synchronize { (finished += 1) && done.signal }
    end
  end
  lines.each_slice(900) { |chunk| queue << chunk }
  queue.close
  lock.synchronize { done.wait(lock) until finished == workers }
  threads.each(&:join)
  "#{letters} characters by #{workers} threads"
end

def failing_thread
  Thread.new do
    Thread.current.report_on_exception = false
    raise KeyError, 'lost'
  end.value
rescue KeyError => e
  "thread raised #{e.message}"
end

def fibers
  fibonacci = Enumerator.produce([0, 1]) { |a, b| [b, a + b] }.lazy.map(&:first)
  relay = Fiber.new do |word|
    3.times { word = Fiber.yield(word.succ) }
    :done
  end
  steps = ['az', 'Zz', 'a9', nil].map { |word| relay.resume(word) }
  "#{fibonacci.select(&:odd?).first(20).last} #{fibonacci.drop(300).first} #{steps}"
end

def talk_to_fork
  ours, theirs = UNIXSocket.pair
  pid = fork do
    ours.close
    theirs.puts(Marshal.load(theirs.gets.unpack1('m')).sum { |number| number**40 })
    exit!(9)
  end
  theirs.close
  ours.puts([Marshal.dump((1..30).to_a)].pack('m0'))
  answer = ours.gets.chomp
  Process.wait(pid)
  "fork answered #{answer} and left with #{$?.exitstatus}"
end

def run_children(lines)
  sleeper = spawn('sleep', '60')
  Process.kill(:TERM, sleeper)
  _, status = Process.wait2(sleeper)
  sorted, = Open3.capture2({ 'LC_ALL' => 'C' }, 'sort', '-u', stdin_data: lines.join("\n"))
  out, err, shell = Open3.capture3('cat; echo complaint >&2; exit 42', stdin_data: 'piped ü')
  itself, code = Open3.capture2e(RbConfig.ruby, __FILE__, '--child', 'ünïcode')
  pipeline = Open3.pipeline_r(['printf', 'c\na\nb\n'], 'sort -r', %q(tr -d '\n')) { |last, _| last.read }
  [
    "sleeper #{status.signaled?} SIG#{Signal.signame(status.termsig)}",
    "sorted #{sorted.lines.size} #{Digest::MD5.hexdigest(sorted)}",
    "shell #{out} #{err.chomp} #{shell.exitstatus}, pipeline #{pipeline}, `#{`echo back; exit 3`.chomp}` #{$?.exitstatus}",
    "itself #{itself.lines.map(&:chomp)} #{code.exitstatus}",
    "missing #{system('/no/such/program').inspect}",
  ]
end

def catch_signal
  caught = Queue.new
  previous = trap('USR1') { caught << 'USR1' }
  Process.kill('USR1', Process.pid)
  name = Timeout.timeout(5) { caught.pop }
  trap('USR1', previous || 'DEFAULT')
  begin
    Timeout.timeout(0.02) { sleep }
  rescue Timeout::Error => e
    "caught #{name}, #{e.message}"
  end
end

def work_with_files
  Dir.mktmpdir('report-') do |folder|
    first = File.join(folder, 'naïve 日本.txt')
    File.write(first, "one\ntwo\nthree\n", perm: 0o640)
    File.symlink(File.basename(first), File.join(folder, 'link'))
    tail = File.open(first, 'r+') do |file|
      file.seek(4)
      file.write('TWO')
      file.seek(-6, IO::SEEK_END)
      file.flock(File::LOCK_EX)
      file.read
    end
    File.rename(first, File.join(folder, 'moved.txt'))
    FileUtils.mkdir_p(File.join(folder, 'deep', 'er'))
    Zlib::GzipWriter.open(File.join(folder, 'deep', 'er', 'zeros.gz')) { |gzip| gzip.write("\0" * (1 << 20)) }
    unzipped = Zlib::GzipReader.open(File.join(folder, 'deep', 'er', 'zeros.gz'), &:read)
    names = Dir.glob('**/*', base: folder).sort
    dangling = File.symlink?(File.join(folder, 'link')) && !File.exist?(File.join(folder, 'link'))
    [tail.inspect, names.inspect, "#{dangling} #{unzipped.bytesize} #{format('%o', File.stat("#{folder}/moved.txt").mode)}"]
  end
end

def deeper(level) = deeper(level + 1) + 1

def failures
  attempts = [
    -> { nil.upcase }, -> { 1 / 0 }, -> { Integer('٣x') }, -> { File.read('/nowhere') }, -> { 'frozen' << 'x' },
    -> { JSON.parse('{"a": tru}') }, -> { Dir.rmdir('lib') }, -> { deeper(0) }, -> { throw :ball }, -> { exit 3 },
    -> { "\xff".encode('UTF-16') }, -> { [1, 2].fetch(9) }
  ]
  attempts.map do |attempt|
    attempt.call
  rescue SystemExit => e
    "exit #{e.status}"
  rescue Exception => e
    e.class.name
  end
end

def surroundings(options, words)
  home = File.realpath(ENV.fetch('HOME')) == Dir.pwd
  puts "#{words.inspect} #{options.to_a} #{ENV.fetch('GREETING', 'none').shape} at home #{home}"
  puts "#{File.basename($PROGRAM_NAME)} #{__FILE__ == $PROGRAM_NAME} #{Encoding.default_external} #{'ﬁne İ Straße ǆ'.folded}"
  puts (1..150).inject(:*), 2**521 - 1, (3r / 7 + 1i)**5, 10.pow(200, 1_000_003)
end

def main(options, words)
  surroundings(options, words)
  lines = $stdin.read.split("\n", -1)
  report = Report.new
  lines.each.with_index(1) { |line, number| puts report.line(number, line) }
  puts Text.top(report.words, 30).join(' ')
  puts report.graph.shortest('n0').sort.map { |pair| pair.join('=') }.join(' '), report.graph.count
  puts count_in_threads(lines, options.fetch(:workers, 2)), failing_thread, fibers, talk_to_fork
  puts run_children(lines), catch_signal, work_with_files, failures.inspect
  at_exit { warn 'goodbye' }
  warn "#{report.unknown.size} lines were not understood: #{report.unknown.first(4)}"
  7
end

def child(word)
  puts "child says #{word.reverse}"
  warn 'child complains'
  5
end

options = {}
words = OptionParser.new do |parser|
  parser.on('--workers=COUNT', Integer)
  parser.on('--child=WORD')
end.parse(ARGV, into: options)
$stdout.sync = false
exit(options.key?(:child) ? child(options[:child]) : main(options, words))
