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
        "error of types": {"main.cs": "int n = \"text\";"},
        "error of syntax": {"main.cs": "class {"},
        "error with other files": {"main.cs": "Missing m;", "b/b.cs": "class B { Missing M; int X = null; }"},
        "error without main": {"main.cs": "class A { }"},
        "error of an empty file": {"main.cs": ""},
        "error of the compiler's own library": {"main.cs": "using Microsoft.CodeAnalysis; Console.WriteLine(1);"},
    },
}  # fmt: skip
