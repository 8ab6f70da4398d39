"""Programs for compilers that wait: the files of each, its first one first. Names that begin with ``error`` do not compile."""

PROGRAMS: dict[str, dict[str, dict[str, str]]] = {
    "java": {
        "hello": {"Main.java": "class Main { public static void main(String[] a) { System.out.println(a.length); } }"},
        "another name": {"Ünï cöde.java": "public class Other { public static void main(String[] a) { System.out.println(1); } }"},
        "a name that is no operand": {"@a.java": "class Main { public static void main(String[] a) {} }"},
        "the name of the FIFO": {
            "Main.java": "class Main { public static void main(String[] a) throws Exception "
            "{ System.out.println(java.nio.file.Files.readString(java.nio.file.Path.of(\".operands\"))); } }",
            ".operands": "mine",
        },
        "a package": {
            "Main.java": "public class Main { public static void main(String[] a) { System.out.println(p.Helper.X); } }",
            "p/Helper.java": "package p; public class Helper { public static final int X = 5; }",
        },
        "like the sample": {
            "Main.java": "import java.util.*; public class Main { public static void main(String[] a) { System.out.println(new Sample()); } }",
            "Sample.java": "record Sample() {}",
        },
        "stdin": {
            "Main.java": "void main() { var in = new Scanner(System.in); while (in.hasNextLine()) System.out.println(in.nextLine()); }"
        },
        "an exception": {
            "Main.java": "class Main {\n public static void main(String[] a) {\n  Object o = null;\n  o.hashCode(); } }"
        },
        "warnings": {
            "Main.java": "import java.util.*; class Main { public static void main(String[] a) { List x = new ArrayList(); x.add(1); Thread.currentThread().stop(); } }"
        },
        "threads": {
            "Main.java": "class Main { public static void main(String[] a) throws Exception { var t = Thread.ofVirtual().start(() -> System.out.println(2)); t.join(); System.exit(3); } }"
        },
        "its environment": {"Main.java": "void main() { System.out.println(new TreeMap<>(System.getenv())); }"},
        "its properties": {
            "Main.java": "void main() { System.getProperties().forEach((k, v) -> System.out.println(k + \"=\" + v)); }"
        },
        "its files": {
            "Main.java": "void main() throws Exception { for (var f : new File(\".\").list()) System.out.println(f);"
            " for (var f : new TreeSet<>(List.of(new File(\"/proc/self/fd\").list()))) System.out.println(f); }"
        },
        "its signals": {
            "Main.java": "void main() throws Exception { try (var in = new Scanner(new File(\"/proc/self/status\")))"
            " { while (in.hasNextLine()) { var l = in.nextLine(); if (l.startsWith(\"Sig\") || l.startsWith(\"Name\")) System.out.println(l); } } }"
        },
        "its end": {
            "Main.java": "void main() { Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println(2))); System.out.print(1); throw new Error(\"x\"); }"
        },
        "error of types": {"Main.java": "class Main { int x = \"text\"; }"},
        "error of syntax": {"Main.java": "class Main { void f( }\nclass"},
        "error with other files": {"Main.java": "class Main { Missing m; }", "b/B.java": "package b; class B { Missing m; int x = null; }"},
        "error without main": {"Main.java": "class Main {}"},
        "error of an empty file": {"Main.java": ""},
        "error of bytes": {"Main.java": "class Main { String s = \"\\q\"; char c = '\u00e9\u00e9'; }"},
    },
    "csharp": {
        "hello": {"main.cs": "Console.WriteLine(args.Length);"},
        "another name": {"Ünï cöde.cs": "Console.WriteLine(1);"},
        "a name that is no operand": {"@a.cs": "Console.WriteLine(1);"},
        "the name of the FIFO": {"main.cs": "Console.WriteLine(File.ReadAllText(\".operands\"));", ".operands": "mine"},
        "several files": {"main.cs": "Console.WriteLine(P.Helper.X);", "p/helper.cs": "namespace P; static class Helper { public const int X = 5; }"},
        "several mains": {
            "a.cs": "class A { static void Main() => Console.WriteLine(\"a\"); }",
            "b.cs": "class B { static void Main() => Console.WriteLine(\"b\"); }",
        },
        "like the sample": {
            "main.cs": "Console.WriteLine(new Circle(2)); Console.WriteLine(typeof(Circle).Assembly.GetName().Name); record Circle(double R);"
        },
        "reflection": {
            "main.cs": "foreach (var n in System.Reflection.Assembly.GetEntryAssembly()!.GetReferencedAssemblies()) Console.WriteLine(n);"
        },
        "stdin": {"main.cs": "while (Console.ReadLine() is { } line) Console.WriteLine(line);"},
        "an exception": {"main.cs": "string? s = null;\nConsole.WriteLine(s!.Length);"},
        "warnings": {"main.cs": "#warning here\nint unused = 1; async Task F() { } Console.WriteLine(2);"},
        "tasks": {"main.cs": "await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() => n))); return 3;"},
        "its command": {
            "main.cs": "Console.WriteLine(Environment.CommandLine); Console.WriteLine(Environment.ProcessPath);"
            "Console.WriteLine(string.Join('|', Environment.GetCommandLineArgs())); Console.WriteLine(AppContext.BaseDirectory);"
            "Console.WriteLine(Environment.CurrentDirectory); Console.WriteLine(typeof(string).Assembly.Location);"
            "Console.WriteLine(System.Reflection.Assembly.GetEntryAssembly()!.Location);"
            "Console.WriteLine(File.ReadAllText(\"/proc/self/cmdline\")); Console.WriteLine(File.ReadAllText(\"/proc/self/comm\"));"
        },
        "its assemblies": {"main.cs": "foreach (var a in AppDomain.CurrentDomain.GetAssemblies()) Console.WriteLine(a);"},
        "its properties": {
            "main.cs": "foreach (var n in \"TRUSTED_PLATFORM_ASSEMBLIES APP_PATHS NATIVE_DLL_SEARCH_DIRECTORIES PLATFORM_RESOURCE_ROOTS"
            " APP_CONTEXT_DEPS_FILES FX_DEPS_FILE PROBING_DIRECTORIES RUNTIME_IDENTIFIER System.GC.Concurrent\".Split(' '))"
            " Console.WriteLine(n + \"=\" + AppContext.GetData(n));"
        },
        "its environment": {
            "main.cs": "foreach (var n in Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal))"
            " Console.WriteLine(n + \"=\" + Environment.GetEnvironmentVariable(n));"
        },
        "its files": {
            # Not their numbers: two of the runtime's threads open theirs at the same time.
            "main.cs": "foreach (var f in Directory.GetFileSystemEntries(\".\").Concat(Directory.GetFileSystemEntries(\"/proc/self/fd\")"
            ".Select(f => new FileInfo(f).LinkTarget?.Split(':')[0])).Order(StringComparer.Ordinal)) Console.WriteLine(f);"
        },
        "its signals": {
            "main.cs": "foreach (var l in File.ReadLines(\"/proc/self/status\")) if (l.StartsWith(\"Sig\") || l.StartsWith(\"Threads\")) Console.WriteLine(l);"
        },
        "its threads": {
            "main.cs": "foreach (var t in Directory.GetDirectories(\"/proc/self/task\").Select(t => File.ReadAllText(t + \"/comm\")).Order()) Console.Write(t);"
        },
        "its memory": {
            "main.cs": "using System.Runtime; var i = GC.GetGCMemoryInfo(); Console.WriteLine(GCSettings.IsServerGC + \" \" + GCSettings.LatencyMode + \" \""
            " + i.TotalAvailableMemoryBytes + \" \" + GC.CollectionCount(0) + \" \" + GC.MaxGeneration + \" \" + Environment.ProcessorCount);"
        },
        "its end": {
            "main.cs": "AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine(\"exit\"); Console.Write(1); Environment.Exit(4);"
        },
        "a failure that is fast": {"main.cs": "Console.Write(1); Environment.FailFast(\"enough\");"},
        "a stack that overflows": {"main.cs": "int F(int n) => n == -1 ? 0 : F(n + 1) + n; Console.Write(F(0));"},
        "bytes of stdin": {
            "main.cs": "using var i = Console.OpenStandardInput(); var b = new byte[4]; for (int n; (n = i.Read(b)) > 0;) Console.Write(n + \" \"); Console.Write(Console.IsInputRedirected);"
        },
        "a library beside it": {
            "main.cs": "Console.WriteLine(AppContext.GetData(\"TRUSTED_PLATFORM_ASSEMBLIES\")!.ToString()!.Contains(\"helper.dll\"));"
            " try { System.Reflection.Assembly.Load(\"helper\"); } catch (Exception e) { Console.WriteLine(e.Message); }",
            "helper.dll": "not a library",
        },
        "a library of the runtime's beside it": {"main.cs": "Console.WriteLine(Enumerable.Range(0, 3).Sum());", "System.Linq.dll": "mine"},
        "settings beside it": {"main.cs": "Console.WriteLine(1);", "main.deps.json": "{}"},
        "settings of its own": {
            "main.cs": "Console.WriteLine(AppContext.GetData(\"mine\"));",
            "main.runtimeconfig.json": '{"runtimeOptions": {"configProperties": {"mine": "5"}}}',
        },
        "a file of the FIFO's name": {"main.cs": "Console.WriteLine(File.ReadAllText(\".held\"));", ".held": "mine"},
        "error of types": {"main.cs": "int n = \"text\";"},
        "error of syntax": {"main.cs": "class {"},
        "error with other files": {"main.cs": "Missing m;", "b/b.cs": "class B { Missing M; int X = null; }"},
        "error without main": {"main.cs": "class A { }"},
        "error of an empty file": {"main.cs": ""},
        "error of the compiler's own library": {"main.cs": "using Microsoft.CodeAnalysis; Console.WriteLine(1);"},
    },
}  # fmt: skip
