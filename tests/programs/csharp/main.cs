// Reads records from standard input, reports on each, then tries what a program may want of its surroundings.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Report.Lib;

var utf8 = new UTF8Encoding(false);
if (args is ["--child", var word])
{
    Console.WriteLine($"child says {string.Concat(word.EnumerateRunes().Reverse())}");
    Console.Error.WriteLine("child complains");
    return 5;
}

await using var output = new StreamWriter(Console.OpenStandardOutput(), utf8, 1 << 16);
Console.SetOut(output);
var home = new DirectoryInfo(Environment.GetEnvironmentVariable("HOME") ?? "/").FullName.TrimEnd('/');
Console.WriteLine($"{JsonSerializer.Serialize(args)} {Environment.GetEnvironmentVariable("GREETING")}");
Console.WriteLine($"at home {home == Environment.CurrentDirectory} {CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator} {1234.5:N2}");

using var input = new StreamReader(Console.OpenStandardInput(), utf8);
var text = await input.ReadToEndAsync();
var lines = text.Split('\n');
var records = new Records();
foreach (var (line, index) in lines.Select((line, index) => (line, index)))
    Console.WriteLine($"{index + 1} {records.Answer(index + 1, line)}");
Console.WriteLine(string.Join(' ', records.Graph.Shortest("n0").Select(step => $"{step.Node}={step.Length}")));
foreach (var (entry, count) in records.TopWords(25)) Console.WriteLine($"{entry,-12}|{count,6}");

Console.WriteLine(await Concurrency.CountAsync(lines, 3));
Console.WriteLine(Concurrency.TakeTurns(3));
Console.WriteLine(await Concurrency.FailuresAsync());
await foreach (var line in Children.RunAsync(text)) Console.WriteLine(line);
foreach (var line in Files.Work()) Console.WriteLine(line);
Console.WriteLine(string.Join(' ', Failures.All()));
Console.WriteLine(Enumerable.Range(1, 300).Aggregate(BigInteger.One, (product, factor) => product * factor));
Console.WriteLine(Compression.RoundTrip(text));
await output.FlushAsync();
Console.Error.WriteLine($"{records.Unknown.Count} lines were not understood: {string.Join(", ", records.Unknown.Take(4))}");
return 7;

class Records
{
    private static readonly Regex Word = new(@"\p{L}[\p{L}\p{M}]*", RegexOptions.CultureInvariant);
    private readonly Lru<string, int> cache = new(20);
    private readonly Dictionary<string, Func<string, string>> handlers;
    private readonly Dictionary<string, int> words = [];
    private string evicted = "";

    public Graph Graph { get; } = new();
    public List<int> Unknown { get; } = [];

    public Records()
    {
        handlers = new()
        {
            ["text"] = Describe,
            ["expr"] = Calculate,
            ["put"] = Put,
            ["get"] = rest => cache.TryGet(rest, out var value) ? $"{value:D5}" : "nothing",
            ["edge"] = Edge,
            ["json"] = Rewrite,
        };
        cache.Evicted += (key, value) => evicted = $" for {key}:{value}";
    }

    public string Answer(int number, string line)
    {
        var blank = line.IndexOf(' ');
        if (blank < 1 || !handlers.TryGetValue(line[..blank], out var handler))
        {
            Unknown.Add(number);
            return $"unknown {JsonSerializer.Serialize(line)}";
        }
        try
        {
            return handler(line[(blank + 1)..]);
        }
        catch (CalcException e) when (e.Column > 0)
        {
            return $"{e.Message} at {e.Column}";
        }
        catch (ArithmeticException e)
        {
            return e.GetType().Name;
        }
    }

    public IEnumerable<(string Word, int Count)> TopWords(int count) =>
        (from pair in words
         orderby pair.Value descending
         group pair.Key by pair.Value into tied
         from key in tied.Order(StringComparer.Ordinal)
         select (key, tied.Key)).Take(count);

    private string Describe(string rest)
    {
        foreach (Match match in Word.Matches(rest))
            words[match.Value.ToLowerInvariant()] = words.GetValueOrDefault(match.Value.ToLowerInvariant()) + 1;
        var clusters = new StringInfo(rest).LengthInTextElements;
        var categories = rest.EnumerateRunes().GroupBy(Rune.GetUnicodeCategory).ToDictionary(group => group.Key, group => group.Count());
        var marks = categories.GetValueOrDefault(UnicodeCategory.NonSpacingMark);
        var symbols = categories.GetValueOrDefault(UnicodeCategory.OtherSymbol);
        return $"{Encoding.UTF8.GetByteCount(rest)}B {rest.Length}u {rest.EnumerateRunes().Count()}cp {clusters}g {marks}m {symbols}s";
    }

    private static string Calculate(string rest)
    {
        var tree = Parser.Parse(rest);
        return $"{tree.Show()} = {tree.Evaluate<BigInteger>()} ~ {tree.Evaluate<double>():F3}";
    }

    private string Put(string rest)
    {
        if (rest.Split(' ') is not [var key, var value]) return "bad put";
        evicted = "";
        cache[key] = int.Parse(value);
        return "kept" + evicted;
    }

    private string Edge(string rest)
    {
        var (a, b, length) = rest.Split(' ') switch { [var x, var y, var z] => (x, y, int.Parse(z)), _ => ("?", "?", 0) };
        Graph.Add(a, b, length);
        return $"{a}⇄{b}";
    }

    private static string Rewrite(string rest)
    {
        var node = JsonNode.Parse(rest)!.AsObject();
        node.Remove("name");
        node["sum"] = (int)node["pos"]!["x"]! + (int)node["pos"]!["y"]!;
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(node.ToJsonString())));
        return $"{node["id"]} {node["sum"]} {hash[..12]}";
    }
}

static class Concurrency
{
    public static async Task<string> CountAsync(string[] lines, int workers)
    {
        var channel = Channel.CreateBounded<ArraySegment<string>>(2);
        var counts = new ConcurrentDictionary<UnicodeCategory, int>();
        long total = 0;
        var tasks = Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            await foreach (var chunk in channel.Reader.ReadAllAsync())
            {
                Interlocked.Add(ref total, chunk.Sum(line => line.Length));
                foreach (var rune in chunk.SelectMany(line => line.EnumerateRunes()))
                    counts.AddOrUpdate(Rune.GetUnicodeCategory(rune), 1, (_, count) => count + 1);
            }
        })).ToArray();
        for (var start = 0; start < lines.Length; start += 500)
            await channel.Writer.WriteAsync(new(lines, start, Math.Min(500, lines.Length - start)));
        channel.Writer.Complete();
        await Task.WhenAll(tasks);
        return $"{total} {string.Join(' ', counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}:{pair.Value}"))}";
    }

    public static string TakeTurns(int players)
    {
        var trail = new StringBuilder();
        var barrier = new Barrier(players);
        var threads = Enumerable.Range(0, players).Select(me => new Thread(() =>
        {
            barrier.SignalAndWait();
            for (var round = 0; round < 4; round++)
                lock (trail)
                {
                    while (trail.Length % players != me) Monitor.Wait(trail);
                    trail.Append((char)('a' + me));
                    Monitor.PulseAll(trail);
                }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return trail.ToString();
    }

    public static async Task<string> FailuresAsync()
    {
        using var source = new CancellationTokenSource(10);
        var cancelled = "never";
        try
        {
            await Task.Delay(Timeout.Infinite, source.Token);
        }
        catch (OperationCanceledException e)
        {
            cancelled = e.GetType().Name;
        }
        var all = Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() => 12 / (number % 2))));
        try
        {
            await all;
        }
        catch (DivideByZeroException)
        {
        }
        return $"{cancelled} {all.Exception?.InnerExceptions.Count} {all.Status}";
    }
}

static class Children
{
    record Ended(int Code, string Output, string Errors);

    private static async Task<Ended> Run(string stdin, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(stdin);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await errors);
    }

    public static async IAsyncEnumerable<string> RunAsync(string text)
    {
        using var sleeper = Process.Start("sleep", "60");
        yield return $"killing sleeper: {(await Run("", "sh", "-c", $"kill -TERM {sleeper.Id}")).Code}";
        await sleeper.WaitForExitAsync();
        yield return $"sleeper {sleeper.ExitCode}";
        yield return (await Run("piped ü", "sh", "-c", "cat; echo complaint >&2; exit 42")).ToString();
        var sorted = (await Run(text, "sort", "-r")).Output;
        yield return $"sorted {Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(sorted)))}";
        var assembly = Assembly.GetExecutingAssembly().Location;
        var host = Environment.ProcessPath!;
        yield return (await Run("", host, "exec", assembly, "--child", "ünï🎈")).ToString();
        using var late = Process.Start("sleep", "60");
        late.Kill(entireProcessTree: true);
        await late.WaitForExitAsync();
        yield return $"late {late.ExitCode}";
    }
}

static class Files
{
    public static IEnumerable<string> Work()
    {
        var folder = Directory.CreateTempSubdirectory("report-").FullName;
        try
        {
            var first = Path.Combine(folder, "naïve 日本.txt");
            File.WriteAllText(first, "one\ntwo\nthree\n");
            File.SetUnixFileMode(first, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            var link = File.CreateSymbolicLink(Path.Combine(folder, "link"), "naïve 日本.txt");
            yield return Patch(first);
            var moved = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "deep", "er")).FullName, "moved");
            File.Move(first, moved);
            yield return $"{File.ReadLines(moved).Skip(1).First()} {File.GetUnixFileMode(moved)} -> {link.LinkTarget}, dangling {!File.Exists(link.ResolveLinkTarget(true)?.FullName)}";
            File.WriteAllBytes(Path.Combine(folder, "zeros"), new byte[1 << 20]);
            var names = Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories);
            yield return string.Join('|', names.Select(name => Path.GetRelativePath(folder, name)).Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        yield return $"still there {Directory.Exists(folder)}";
    }

    private static string Patch(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Seek(4, SeekOrigin.Begin);
        file.Write("TWO"u8);
        file.Seek(-6, SeekOrigin.End);
        Span<byte> tail = stackalloc byte[5];
        file.ReadExactly(tail);
        return Encoding.UTF8.GetString(tail);
    }
}

static class Compression
{
    public static string RoundTrip(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(bytes);
        packed.Position = 0;
        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true)) gzip.CopyTo(unpacked);
        return $"{unpacked.Length} {packed.Length < unpacked.Length} {bytes.AsSpan().SequenceEqual(unpacked.ToArray())}";
    }
}

static class Failures
{
    public static IEnumerable<string> All()
    {
        object seven = 7;
        string? nothing = null;
        Func<object?>[] attempts =
        [
            () => nothing!.Length,
            () => (string)seven,
            () => new List<int> { 1, 2 }[(int)seven],
            () => checked(int.MaxValue + (int)seven),
            () => int.Parse("٣x"),
            () => File.ReadAllText("/nowhere/file"),
            () => new Lru<string, int>(1)["missing"],
            () => new[] { 1, 2 }.Single(),
            () => JsonDocument.Parse("{\"a\": tru}"),
            () => new UTF8Encoding(false, true).GetString([0xff]),
            () => Process.Start("/no/such/program"),
            () => Enum.Parse<DayOfWeek>("Caturday"),
        ];
        foreach (var attempt in attempts) yield return Name(attempt);
    }

    private static string Name(Func<object?> attempt)
    {
        try
        {
            return $"fine: {attempt()}";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }
}
