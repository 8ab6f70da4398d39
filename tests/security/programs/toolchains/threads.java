// Virtual threads, pools, parallel streams, pipes and sockets with a selector, processes, mapped files, timers.
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;

class Main {
    static void check(boolean right) {
        if (!right) throw new AssertionError();
    }

    static void virtualThreads() throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 10_000; i++)
                executor.submit(() -> { Thread.sleep(1); return count.incrementAndGet(); });
        }
        check(count.get() == 10_000);
    }

    static void platformThreads() throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (var executor = Executors.newFixedThreadPool(30)) {
            for (int i = 0; i < 1000; i++)
                executor.submit(count::incrementAndGet);
        }
        check(count.get() == 1000);
        check(CompletableFuture.supplyAsync(() -> 6).thenCombineAsync(CompletableFuture.supplyAsync(() -> 7), (a, b) -> a * b).get() == 42);
        check(new ForkJoinPool(4).invoke(new RecursiveTask<Integer>() { protected Integer compute() { return 42; } }) == 42);
        Thread low = new Thread(count::incrementAndGet);
        low.setPriority(Thread.MIN_PRIORITY);
        low.start();
        low.join();
    }

    static void parallelStreams() {
        check(LongStream.range(0, 1_000_000).parallel().sum() == 499_999_500_000L);
    }

    static void pipes() throws Exception {
        Pipe pipe = Pipe.open();
        try (Selector selector = Selector.open()) {
            pipe.source().configureBlocking(false);
            pipe.source().register(selector, SelectionKey.OP_READ);
            pipe.sink().write(ByteBuffer.wrap(new byte[] {42}));
            check(selector.select(5000) == 1);
        }
    }

    static void sockets() throws Exception {
        var address = UnixDomainSocketAddress.of("/tmp/socket");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            try (var client = SocketChannel.open(address); var accepted = server.accept()) {
                client.write(ByteBuffer.wrap(new byte[] {42}));
                check(accepted.read(ByteBuffer.allocate(1)) == 1);
            }
        }
    }

    static void processes() throws Exception {
        Process process = new ProcessBuilder("tr", "a-z", "A-Z").redirectErrorStream(true).start();
        try (var out = process.getOutputStream()) { out.write("abc".getBytes()); }
        check(new String(process.getInputStream().readAllBytes()).equals("ABC"));
        check(process.waitFor() == 0);
        check(ProcessBuilder.startPipeline(java.util.List.of(new ProcessBuilder("echo", "hello"), new ProcessBuilder("cat"))).getLast().inputReader().readLine().equals("hello"));
        check(Runtime.getRuntime().exec(new String[] {"sh", "-c", "exit 3"}).onExit().get().exitValue() == 3);
        check(ProcessHandle.current().info().command().isPresent());
    }

    static void files() throws Exception {
        try (FileChannel channel = FileChannel.open(Path.of("/tmp/file"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 20);
            mapped.put(0, (byte) 42);
            mapped.force();
            try (FileLock lock = channel.lock()) { check(lock.isValid()); }
        }
        check(Files.readAllBytes(Path.of("/tmp/file"))[0] == 42);
        try (WatchService watcher = FileSystems.getDefault().newWatchService()) {
            Path.of("/tmp").register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
            Files.createFile(Path.of("/tmp/new"));
            check(watcher.poll(20, TimeUnit.SECONDS) != null);
        }
    }

    static void timers() throws Exception {
        try (var scheduler = Executors.newScheduledThreadPool(1)) {
            check(scheduler.schedule(() -> 42, 5, TimeUnit.MILLISECONDS).get() == 42);
        }
        System.gc();
        check(Runtime.getRuntime().availableProcessors() > 0);
    }

    public static void main(String[] args) throws Exception {
        virtualThreads(); System.out.println("virtualThreads ok");
        platformThreads(); System.out.println("platformThreads ok");
        parallelStreams(); System.out.println("parallelStreams ok");
        pipes(); System.out.println("pipes ok");
        sockets(); System.out.println("sockets ok");
        processes(); System.out.println("processes ok");
        files(); System.out.println("files ok");
        timers(); System.out.println("timers ok");
    }
}
