import app.Calc;
import app.Text;

import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reads records from standard input, reports on each, then tries what a program may want of its surroundings. */
public class Main {
    private static final PrintWriter out =
            new PrintWriter(new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8)));

    static final class Lru<K, V> extends LinkedHashMap<K, V> {
        private final int capacity;
        private transient K evicted;

        Lru(int capacity) {
            super(capacity, 0.75f, true);
            this.capacity = capacity;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            evicted = size() > capacity ? eldest.getKey() : null;
            return evicted != null;
        }
    }

    enum Kind {
        TEXT((report, rest) -> Text.describe(rest)),
        EXPR((report, rest) -> {
            Calc.Node tree = Calc.parse(rest);
            return Calc.show(tree) + " = " + Calc.value(tree);
        }),
        PUT((report, rest) -> {
            String[] words = rest.split(" ");
            report.cache.put(words[0], Integer.valueOf(words[1]));
            return "evicts " + report.cache.evicted;
        }),
        GET((report, rest) -> "finds " + report.cache.get(rest)),
        EDGE((report, rest) -> report.addRoad(rest.split(" "))),
        JSON((report, rest) -> {
            Matcher matcher = Report.ID.matcher(rest);
            if (!matcher.find()) throw new IllegalArgumentException("no id");
            return matcher.group(1) + " " + digest("SHA-256", rest.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
        });

        interface Handler {
            String handle(Report report, String rest) throws Exception;
        }

        private final Handler handler;

        Kind(Handler handler) {
            this.handler = handler;
        }
    }

    static final class Report {
        private static final Pattern ID = Pattern.compile("\"id\":\\s*(?<id>\\d+)");
        final Lru<String, Integer> cache = new Lru<>(20);
        final Map<String, Map<String, Integer>> roads = new TreeMap<>();
        final List<Integer> unknown = new ArrayList<>();
        private final Map<String, Kind> kinds =
                Arrays.stream(Kind.values()).collect(Collectors.toMap(kind -> kind.name().toLowerCase(), Function.identity()));

        String addRoad(String[] words) {
            int length = Integer.parseInt(words[2]);
            roads.computeIfAbsent(words[0], node -> new HashMap<>()).merge(words[1], length, Math::min);
            roads.computeIfAbsent(words[1], node -> new HashMap<>()).merge(words[0], length, Math::min);
            return words[0] + "↔" + words[1];
        }

        String answer(int number, String line) {
            int blank = line.indexOf(' ');
            Kind kind = kinds.get(line.substring(0, Math.max(blank, 0)));
            if (kind == null) {
                unknown.add(number);
                return "unknown of " + line.strip().length();
            }
            try {
                return kind.handler.handle(this, line.substring(blank + 1));
            } catch (Calc.CalcException e) {
                return "%s at %d".formatted(e.getMessage(), e.column());
            } catch (Exception e) {
                return e.getClass().getSimpleName() + ": " + e.getMessage();
            }
        }
    }

    static String digest(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, Integer> shortest(Map<String, Map<String, Integer>> roads, String start) {
        record Step(int length, String node) {}
        Map<String, Integer> known = new TreeMap<>();
        var open = new PriorityQueue<>(Comparator.comparingInt(Step::length).thenComparing(Step::node));
        open.add(new Step(0, start));
        for (Step here; (here = open.poll()) != null; ) {
            if (known.putIfAbsent(here.node, here.length) != null) continue;
            for (var road : roads.get(here.node).entrySet()) open.add(new Step(here.length + road.getValue(), road.getKey()));
        }
        return known;
    }

    static String countInThreads(List<String> lines, int workers) throws InterruptedException {
        BlockingQueue<List<String>> queue = new ArrayBlockingQueue<>(2);
        LongAdder letters = new LongAdder();
        CountDownLatch done = new CountDownLatch(workers);
        for (int i = 0; i < workers; i++) {
            Thread.ofPlatform().name("worker ", i).start(() -> {
                try {
                    for (List<String> chunk; !(chunk = queue.take()).isEmpty(); ) {
                        chunk.forEach(line -> letters.add(line.codePoints().filter(Character::isLetter).count()));
                    }
                    done.countDown();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        for (int start = 0; start < lines.size(); start += 600) {
            queue.put(lines.subList(start, Math.min(start + 600, lines.size())));
        }
        for (int i = 0; i < workers; i++) queue.put(List.of());
        return done.await(1, TimeUnit.MINUTES) ? letters + " letters by " + workers + " threads" : "late";
    }

    static String takeTurns(int players) throws InterruptedException {
        ReentrantLock lock = new ReentrantLock();
        Condition changed = lock.newCondition();
        StringBuilder trail = new StringBuilder();
        List<Thread> threads = IntStream.range(0, players).mapToObj(me -> Thread.ofVirtual().start(() -> {
            for (int round = 0; round < 4; round++) {
                lock.lock();
                try {
                    while (trail.length() % players != me) changed.awaitUninterruptibly();
                    trail.append((char) ('a' + me));
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        })).toList();
        for (Thread thread : threads) thread.join();
        return trail.toString();
    }

    static final class Product extends RecursiveTask<BigInteger> {
        private final int from;
        private final int to;

        Product(int from, int to) {
            this.from = from;
            this.to = to;
        }

        @Override
        protected BigInteger compute() {
            if (to - from < 8) {
                return IntStream.rangeClosed(from, to).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
            }
            int middle = (from + to) / 2;
            var left = new Product(from, middle).fork();
            return new Product(middle + 1, to).compute().multiply(left.join());
        }
    }

    static List<String> futures() throws InterruptedException {
        List<Callable<String>> tasks = List.of(
                () -> new Product(1, 300).invoke().toString(),
                () -> String.valueOf(1 / Integer.parseInt("0")),
                () -> CompletableFuture.supplyAsync(() -> "chain").thenCombine(CompletableFuture.completedFuture("ed"), String::concat)
                        .thenApply(String::toUpperCase).get());
        try (var pool = Executors.newFixedThreadPool(2)) {
            List<String> results = new ArrayList<>();
            for (Future<String> future : pool.invokeAll(tasks)) {
                try {
                    results.add(future.get());
                } catch (ExecutionException e) {
                    results.add(e.getCause().toString());
                }
            }
            return results;
        }
    }

    record Ended(int code, String output, String errors) {}

    static Ended run(String input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        var output = CompletableFuture.supplyAsync(() -> drain(process.getInputStream()));
        var errors = CompletableFuture.supplyAsync(() -> drain(process.getErrorStream()));
        try (var stdin = process.outputWriter(StandardCharsets.UTF_8)) {
            stdin.write(input);
        }
        return new Ended(process.waitFor(), output.join(), errors.join());
    }

    static String drain(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> runChildren(String input) throws IOException, InterruptedException {
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        sleeper.destroy();
        Ended sorted = run(input, "env", "LC_ALL=C", "sort", "-r");
        Ended shell = run("piped ü", "sh", "-c", "cat; echo complaint >&2; exit 42");
        List<Process> pipeline = ProcessBuilder.startPipeline(List.of(
                new ProcessBuilder("printf", "b\\nc\\na\\n"), new ProcessBuilder("sort"), new ProcessBuilder("tr", "-d", "\\n")));
        String missing;
        try {
            missing = run("", "/no/such/program").toString();
        } catch (IOException e) {
            missing = e.getMessage().replaceAll(".*error", "error");
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Ended itself = run("", java.toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
                System.getProperty("java.class.path"), "Main", "--child", "ünïcode");
        return List.of("sleeper " + sleeper.waitFor(), "sorted " + digest("MD5", sorted.output.getBytes(StandardCharsets.UTF_8)),
                shell.toString(), "pipeline " + drain(pipeline.getLast().getInputStream()), missing, itself.toString());
    }

    static List<String> workWithFiles() throws IOException {
        Path folder = Files.createTempDirectory("report-");
        Path first = folder.resolve("naïve 日本.txt");
        Files.writeString(first, "one\ntwo\nthree\n", StandardOpenOption.CREATE_NEW);
        Files.setPosixFilePermissions(first, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), first.getFileName());
        byte[] tail = new byte[6];
        try (var file = new RandomAccessFile(first.toFile(), "rw")) {
            file.seek(4);
            file.write("TWO".getBytes());
            file.seek(file.length() - 6);
            file.readFully(tail);
        }
        Path moved = Files.createDirectories(folder.resolve("deep/er")).resolve("moved");
        Files.move(first, moved);
        try (var channel = FileChannel.open(moved, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {'!'}), (1 << 20) - 1);
            channel.map(FileChannel.MapMode.READ_WRITE, 0, 3).put("ONE".getBytes());
        }
        List<String> report = new ArrayList<>();
        report.add(new String(tail).strip() + " dangling " + (Files.isSymbolicLink(link) && Files.notExists(link)));
        try (var reader = Files.newBufferedReader(moved)) {
            report.add(reader.readLine() + " " + Files.size(moved) + " " + PosixFilePermissions.toString(Files.getPosixFilePermissions(moved)));
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            report.add(paths.map(folder::relativize).map(Path::toString).sorted().collect(Collectors.joining("|")));
        }
        Files.walkFileTree(folder, new Remover());
        report.add("removed " + Files.notExists(folder));
        return report;
    }

    static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException error) throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
        }
    }

    static int deeper(int level) {
        return deeper(level + 1) + 1;
    }

    static List<String> failures() {
        List<Callable<Object>> attempts = List.of(
                () -> ((String) null).length(),
                () -> new int[3].clone()[7],
                () -> new int[3][7 - 9],
                () -> List.of(1).get(3),
                () -> Integer.parseInt("٣x"),
                () -> (String) (Object) 7,
                () -> List.of().add(null),
                () -> deeper(0),
                () -> Files.readString(Path.of("/nowhere")),
                () -> StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(new byte[] {-1})));
        return attempts.stream().map(attempt -> {
            try {
                return attempt.call().getClass().getSimpleName();
            } catch (CharacterCodingException e) {
                return "coding " + e.getMessage();
            } catch (Exception | StackOverflowError e) {
                return e.getClass().getSimpleName();
            }
        }).toList();
    }

    static String serialized() throws IOException, ClassNotFoundException {
        var bytes = new ByteArrayOutputStream();
        try (var stream = new ObjectOutputStream(bytes)) {
            stream.writeObject(new ArrayList<>(List.of("é", 7, Kind.JSON)));
        }
        try (var stream = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return bytes.size() + " bytes of " + stream.readObject();
        }
    }

    static void report(String[] arguments) throws Exception {
        boolean atHome = Files.isSameFile(Path.of(System.getenv("HOME")), Path.of(""));
        out.println(Arrays.toString(arguments) + " " + System.getenv("GREETING") + " at home " + atHome);
        String input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        List<String> lines = List.of(input.split("\n", -1));
        Report report = new Report();
        int number = 0;
        for (String line : lines) out.println(++number + " " + report.answer(number, line));
        out.println(shortest(report.roads, "n0"));
        lines.parallelStream().flatMap(Text::words).collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet().stream().sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(25).forEach(out::println);
        out.println(countInThreads(lines, 3));
        out.println(takeTurns(3));
        futures().forEach(out::println);
        runChildren(input).forEach(out::println);
        workWithFiles().forEach(out::println);
        out.println(serialized());
        out.println(failures());
        System.err.println(report.unknown.size() + " lines were not understood, the first is " + report.unknown.getFirst());
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 2 && arguments[0].equals("--child")) {
            out.println("child says " + new StringBuilder(arguments[1]).reverse());
            out.flush();
            throw new IllegalStateException("child complains");
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.err.println("goodbye")));
        report(arguments);
        out.flush();
        System.exit(7);
    }
}
