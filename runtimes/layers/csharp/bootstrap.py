"""Compile Csc.cs when there is no C# compiler yet: drive Roslyn from Python, by pythonnet.

Runs once, when the layer is built, in its chroot. Out of scope: compiling anything else.
"""

# mypy: ignore-errors
# (The imports come into being when the runtime is loaded; no checker can follow them.)

import sys
from pathlib import Path

import pythonnet

HERE = Path(__file__).parent
DOTNET = Path("/opt/dotnet")

pythonnet.load("coreclr", runtime_config=HERE / "csc.runtimeconfig.json", dotnet_root=DOTNET)

import clr  # noqa: E402  (pythonnet's own module, importable only once a runtime is loaded)

clr.AddReference(str(HERE / "Microsoft.CodeAnalysis.dll"))
clr.AddReference(str(HERE / "Microsoft.CodeAnalysis.CSharp.dll"))

from Microsoft.CodeAnalysis import (  # noqa: E402
    FileSystemExtensions,
    MetadataReference,
    NullableContextOptions,
    OptimizationLevel,
    OutputKind,
    SyntaxTree,
)
from Microsoft.CodeAnalysis.CSharp import (  # noqa: E402
    CSharpCompilation,
    CSharpCompilationOptions,
    CSharpSyntaxTree,
)
from System import Array  # noqa: E402


def main() -> None:
    framework = next((DOTNET / "shared/Microsoft.NETCore.App").iterdir())
    libraries = sorted(framework.glob("*.dll")) + sorted(HERE.glob("Microsoft.CodeAnalysis*.dll"))
    options = (
        CSharpCompilationOptions(OutputKind.ConsoleApplication)
        .WithOptimizationLevel(OptimizationLevel.Release)
        .WithNullableContextOptions(NullableContextOptions.Enable)
        .WithDeterministic(True)
    )
    compilation = CSharpCompilation.Create(
        "csc",
        Array[SyntaxTree]([CSharpSyntaxTree.ParseText((HERE / "Csc.cs").read_text())]),
        Array[MetadataReference]([MetadataReference.CreateFromFile(str(p)) for p in libraries]),
        options,
    )
    result = FileSystemExtensions.Emit(compilation, str(HERE / "csc.dll"))
    if not result.Success:
        sys.exit("\n".join(diagnostic.ToString() for diagnostic in result.Diagnostics))


main()
