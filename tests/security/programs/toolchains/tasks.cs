// Tasks, threads, parallel loops, processes, sockets, pipes, files, timers.
using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.IO.Pipes;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

class Program {
    static void Check(bool right) {
        if (!right) throw new Exception("wrong");
    }

    static async Task Parallels() {
        long sum = 0;
        Parallel.For(0, 10_000, i => Interlocked.Add(ref sum, i));
        Check(sum == 49_995_000);
        Check(Enumerable.Range(0, 100_000).AsParallel().Select(i => (long)i).Sum() == 4_999_950_000);
        var seen = new ConcurrentDictionary<int, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), async (i, token) => { await Task.Yield(); seen[i] = i; });
        Check(seen.Count == 100);
    }

    static async Task Tasks() {
        int[] squares = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i => { await Task.Delay(1); return i * i; }));
        Check(squares.Sum(i => (long)i) == 332_833_500);
        var channel = Channel.CreateBounded<int>(10);
        var producer = Task.Run(async () => { for (int i = 0; i < 100; i++) await channel.Writer.WriteAsync(i); channel.Writer.Complete(); });
        int sum = 0;
        await foreach (int item in channel.Reader.ReadAllAsync()) sum += item;
        await producer;
        Check(sum == 4950);
        using var cancel = new CancellationTokenSource(10);
        try { await Task.Delay(60_000, cancel.Token); Check(false); } catch (TaskCanceledException) { }
    }

    static Task Threads() {
        int count = 0;
        using var semaphore = new SemaphoreSlim(3);
        var threads = Enumerable.Range(0, 30).Select(_ => new Thread(() => { semaphore.Wait(); Interlocked.Increment(ref count); semaphore.Release(); })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Check(count == 30);
        using var named = new Mutex(false, "runjail");
        Check(named.WaitOne());
        named.ReleaseMutex();
        return Task.CompletedTask;
    }

    static async Task Processes() {
        var start = new ProcessStartInfo("tr", "a-z A-Z") { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start);
        await process.StandardInput.WriteAsync("abc");
        process.StandardInput.Close();
        Check(await process.StandardOutput.ReadToEndAsync() == "ABC");
        await process.WaitForExitAsync();
        using var sleeper = Process.Start("sleep", "100");
        sleeper.Kill(true);
        sleeper.WaitForExit();
        Check(sleeper.ExitCode == 137);
    }

    static async Task Sockets() {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint("/tmp/socket"));
        server.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var accepting = server.AcceptAsync();
        await client.ConnectAsync(new UnixDomainSocketEndPoint("/tmp/socket"));
        using var accepted = await accepting;
        await client.SendAsync(new byte[] { 42 });
        Check(await accepted.ReceiveAsync(new byte[1]) == 1);
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var reader = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        pipe.WriteByte(42);
        Check(reader.ReadByte() == 42);
    }

    static async Task Files() {
        using (var mapped = MemoryMappedFile.CreateFromFile("/tmp/file", FileMode.Create, null, 4096))
        using (var view = mapped.CreateViewAccessor())
            view.Write(0, (byte)42);
        Check(File.ReadAllBytes("/tmp/file")[0] == 42);
        var created = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher("/tmp") { EnableRaisingEvents = true };
        watcher.Created += (_, _) => created.TrySetResult();
        await File.WriteAllTextAsync("/tmp/new", "x");
        await created.Task.WaitAsync(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        Check(await timer.WaitForNextTickAsync());
        GC.Collect();
    }

    static async Task Main() {
        foreach (var part in new Func<Task>[] { Parallels, Tasks, Threads, Processes, Sockets, Files }) {
            await part();
            Console.WriteLine($"{part.Method.Name} ok");
        }
    }
}
