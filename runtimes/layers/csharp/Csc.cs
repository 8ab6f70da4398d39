// The C# compiler driver of a jail: dotnet csc.dll -o main.dll FILE.cs...
// With @FIFO for the files it gets itself warm, and then reads their names from the FIFO, NUL after each. When a
// NUL is ahead of them, it says on descriptor 3 how it went, one byte, and waits for the next FIFO of that name.
//
// It makes one console program of all the files, as the SDK's console template would. It exists
// because the packages we can get hold Roslyn as a library, without its csc. Each compile is a
// cold process of IL that must be jitted first, so every stage of Roslyn that is not entered is
// time saved: hence no analyzers, no generators and no warnings.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

static class Csc
{
    // What the SDK generates into obj/ for <ImplicitUsings>enable</ImplicitUsings>.
    const string Implicit = """
        global using global::System;
        global using global::System.Collections.Generic;
        global using global::System.IO;
        global using global::System.Linq;
        global using global::System.Net.Http;
        global using global::System.Threading;
        global using global::System.Threading.Tasks;
        [assembly: global::System.Runtime.Versioning.TargetFramework(".NETCoreApp,Version=v8.0")]
        """;

    // DEBUG although the code is optimized: it is what dotnet run defines, and without it a failing
    // Debug.Assert, with which small programs test themselves, would be dropped and pass.
    static readonly CSharpParseOptions ParseOptions = new(
        LanguageVersion.Latest,
        DocumentationMode.None,
        preprocessorSymbols: ["DEBUG", "TRACE", "NET", "NETCOREAPP", "NET8_0", "NET5_0_OR_GREATER",
            "NET6_0_OR_GREATER", "NET7_0_OR_GREATER", "NET8_0_OR_GREATER", "NETCOREAPP3_1_OR_GREATER"]);

    static int Main(string[] args)
    {
        if (args is ["--version"])
        {
            // What runs the programs, as asked of the real thing: the compiler has no own releases.
            Console.WriteLine(Environment.Version);
            return 0;
        }
        if (args is not ["-o", var output, _, ..])
        {
            Console.Error.WriteLine("usage: csc -o OUTPUT.dll FILE.cs...");
            return 2;
        }
        if (!args[2].StartsWith('@'))
            return Compile(output, args[2..]);
        Build("sample", [Path.Combine(AppContext.BaseDirectory, "Sample.cs")]);
        GC.Collect(); // now, not in the middle of what somebody waits for
        return CompileWhatCome(output, args[2][1..]);
    }

    static int CompileWhatCome(string output, string fifo)
    {
        while (true)
        {
            // Not ReadAllText: a name may begin with a byte order mark.
            var message = new UTF8Encoding(false).GetString(File.ReadAllBytes(fifo));
            var code = Compile(output, message.Trim('\0').Split('\0'));
            if (message[0] != '\0')
                return code;
            File.WriteAllBytes("/dev/fd/3", [(byte)code]);
            GC.Collect(); // what this one took is not the next one's
            while (!File.Exists(fifo))
                Thread.Sleep(1); // what was compiled is taken away, and all else that is there
        }
    }

    static int Compile(string output, string[] paths)
    {
        try
        {
            return Make(output, paths);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A missing source, a full disk: the client's to see, not a crash of the compiler.
            Console.Error.WriteLine($"error: {error.Message}");
            return 1;
        }
    }

    static int Make(string output, string[] paths)
    {
        var image = Build(Path.GetFileNameWithoutExtension(output), paths);
        if (image is null)
            return 1;
        // Only now, so that a failed compile leaves nothing that could be run.
        File.WriteAllBytes(output, image.ToArray());
        File.Copy(Path.Combine(AppContext.BaseDirectory, "program.runtimeconfig.json"),
            Path.ChangeExtension(output, ".runtimeconfig.json"), overwrite: true);
        return 0;
    }

    static MemoryStream? Build(string name, string[] paths)
    {
        // Metadata and sources are independent, and both are mostly waiting for the JIT.
        var references = loaded ??= Task.Run(References);
        var sources = paths.Select(path => Task.Run(() => Parse(path))).ToArray();
        var usings = CSharpSyntaxTree.ParseText(Implicit, ParseOptions, "GlobalUsings.g.cs", Encoding.UTF8);

        var compilation = CSharpCompilation.Create(
            name,
            // Not Task.Result: that would wrap the exceptions that Main looks for.
            sources.Select(source => source.GetAwaiter().GetResult()).Append(usings),
            references.GetAwaiter().GetResult(),
            Options());
        var image = new MemoryStream();
        var errors = Emit(compilation, image);
        if (FirstOfSeveralMains(compilation, errors) is { } main)
        {
            compilation = compilation.WithOptions(compilation.Options.WithMainTypeName(main));
            image.SetLength(0);
            errors = Emit(compilation, image);
        }
        if (errors.Count > 0)
        {
            foreach (var error in errors)
                Console.Error.WriteLine(error);
            return null;
        }
        return image;
    }

    static CSharpCompilationOptions Options() => new(
        OutputKind.ConsoleApplication,
        optimizationLevel: OptimizationLevel.Release,
        allowUnsafe: true,
        deterministic: true,
        concurrentBuild: true,
        // Warnings are not shown: a compile's stderr reaches the client even if it succeeds, and
        // people who send one small program compare it. "Annotations" is nullable "enable" less
        // its warnings, and spares the flow analysis that would find them.
        warningLevel: 0,
        generalDiagnosticOption: ReportDiagnostic.Suppress,
        nullableContextOptions: NullableContextOptions.Annotations,
        // The trees keep the names as given, for messages; this makes them absolute in stack
        // traces, as dotnet build does.
        sourceReferenceResolver: new SourceFileResolver([], Environment.CurrentDirectory));

    static SyntaxTree Parse(string path)
    {
        using var stream = File.OpenRead(path);
        // ./-x.cs is how a name beginning with a dash arrives; people wrote -x.cs.
        var name = path.StartsWith("./") ? path[2..] : path;
        return CSharpSyntaxTree.ParseText(
            SourceText.From(stream, Encoding.UTF8, SourceHashAlgorithm.Sha256), ParseOptions, name);
    }

    static Task<MetadataReference[]>? loaded; // with the symbols that were found in them

    // There are no reference assemblies here, so the runtime's own libraries stand in for them:
    // the host lists them, together with ours (Roslyn), which no program shall see.
    static MetadataReference[] References()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Where(path => Path.GetDirectoryName(path) == framework)
            .Order(StringComparer.Ordinal)
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))
            .ToArray();
    }

    static List<Diagnostic> Emit(CSharpCompilation compilation, Stream image)
    {
        // As csc does, syntax errors first and alone: what a method read only in part seems to mean
        // is noise, and binding it costs as much as a good compile.
        var diagnostics = compilation.GetParseDiagnostics();
        if (!diagnostics.Any(IsError))
        {
            // Embedded: a program that is one file can be moved and still names its lines.
            var options = new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded);
            diagnostics = compilation.Emit(image, options: options).Diagnostics;
        }
        var order = compilation.SyntaxTrees.Select((tree, i) => (tree, i)).ToDictionary(x => x.tree, x => x.i);
        // Methods are compiled concurrently; sorted, the same source gives the same messages.
        return diagnostics
            .Where(IsError)
            .OrderBy(error => error.Location.SourceTree is { } tree ? order[tree] : -1)
            .ThenBy(error => error.Location.SourceSpan.Start)
            .ToList();
    }

    static bool IsError(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error;

    // Clients name the file to start by putting it first; Roslyn would only say CS0017. It reports
    // that at the first Main in the order of the files.
    static string? FirstOfSeveralMains(CSharpCompilation compilation, List<Diagnostic> errors)
    {
        if (errors.Find(error => error.Id == "CS0017")?.Location is not { SourceTree: { } tree } location)
            return null;
        var method = tree.GetRoot().FindNode(location.SourceSpan);
        return compilation.GetSemanticModel(tree).GetDeclaredSymbol(method)?.ContainingType.ToDisplayString();
    }
}
