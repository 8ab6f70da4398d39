"""Group 15: sources that turn the compiler against the host: by what it reads, executes, makes, or takes for options."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.security.attacks import PROGRAMS, Program, named, variants
from tests.service import Service

pytestmark = pytest.mark.service

READERS = [Program(str(path.relative_to(PROGRAMS))) for path in sorted((PROGRAMS / "compilers").glob("read_*"))]
THERE = "/etc/debian_version"  # what the readers read as they are; everybody may
SECRET = "99.runjail.canary"
COMPILED = ["c", "c++", "csharp", "go", "java", "rust", "typescript"]


@pytest.fixture
def canary(service: Service) -> Iterator[Path]:
    """A file of the host that everybody may read."""
    path = service.run_dir / "canary"
    path.write_text(SECRET + "\n")
    path.chmod(0o644)
    yield path
    path.unlink()


def places(service: Service, canary: Path) -> list[str]:
    """What only the host has, or root; by every way around."""
    assert service.supervisor
    return [
        str(canary), f"/proc/self/root{canary}", f"/proc/self/cwd/../..{canary}", f"/proc/1/root{canary}",
        f"/proc/{service.supervisor.pid}/root{canary}", f"../../../../..{canary}", "/etc/shadow", "/proc/1/environ",
        str(service.key_file), str(service.config), str(service.state / "build.lock"), "/stage/upper/etc/passwd",
        "/proc/kcore/x",
    ]  # fmt: skip


def compiled(answer: dict[str, Any]) -> str:
    """Everything that the compiler said, and what it made."""
    return "".join(answer[stage][stream] for stage in ("compile", "run") for stream in ("stdout", "stderr"))


@pytest.mark.parametrize("program", READERS, ids=named)
def test_reading_a_file_into_a_program(service: Service, canary: Path, program: Program) -> None:
    """What a compiler can read is what the program could: files of the jail, none of the host."""
    told = compiled(service.execute(program.language, program.source))
    assert "13." in told or "first unrecognized character is `1'" in told
    for place in places(service, canary):
        answer = service.execute(program.language, program.source.replace(THERE, place))
        assert (answer["compile"]["status"], answer["run"]["status"]) == ("nonzero_exit", "skipped"), place
        told = compiled(answer).lower()
        assert SECRET not in told
        assert "root:" not in told  # how the first line of /etc/shadow begins
        refusals = ("no such file", "permission denied", "not found", "couldn't read", "could not", "not a directory")
        assert program.name.endswith("_line.c") or any(why in told for why in refusals), (place, told)


def test_asking_what_there_is(service: Service, canary: Path) -> None:
    program = Program("compilers/has_include.c")
    assert program.run(service)["stdout"] == "done\n"
    for place in places(service, canary):
        if place not in ("/etc/shadow", "/proc/1/environ"):
            run = service.run("c", program.source.replace(THERE, place))
            assert run["stdout"] == "no\n", place


def test_what_the_compiler_is_told(service: Service) -> None:
    """Of the request not its variables, of the service nothing, of the host no path."""
    told = Program("compilers/environ.rs").run(service, env={"SECRET": "x", "RUSTFLAGS": "-v"})["stdout"]
    environment, _, rest = told.partition("mounts\n")
    expected = ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/box", "LANG=C.UTF-8", "USER=runner", "LOGNAME=runner"]
    assert environment.splitlines() == [*expected, "None None"]
    mounts, _, status = rest.partition("status\n")
    assert "overlay / overlay" in mounts
    for place in (service.state, service.run_dir, Path("/var/lib"), service.name):
        assert str(place) not in mounts
    assert "CapEff:\t0000000000000000" in status
    assert "Uid:\t1000\t1000\t1000\t1000" in status
    assert "Seccomp:\t2" in status


NO_DOOR = {
    "csharp #load": ("csharp", '#load "PATH"', "only allowed in scripts"),
    "csharp #r": ("csharp", '#r "PATH"', "only allowed in scripts"),
    "csharp key file": ("csharp", '[assembly: System.Reflection.AssemblyKeyFile("PATH")] class M { static void Main() {} }',
                        "CS7027"),
    "csharp #line": ("csharp", '#line 1 "PATH"\nundeclared;', "PATH(1,1)"),
    "csharp resource": ("csharp", "#:project PATH\n", "CS1024"),
    "typescript reference": ("typescript", '/// <reference path="PATH" />', "PATH"),
    "typescript types": ("typescript", '/// <reference types="PATH" />', "Cannot find type definition"),
    "typescript lib": ("typescript", '/// <reference lib="PATH" />', "Cannot find lib definition"),
    "typescript import": ("typescript", 'import x from "PATH"; console.log(x)', "Cannot find module"),
    "typescript json": ("typescript", 'import x from "PATH" with { type: "json" }; console.log(x)', "Cannot find module"),
    "go embed": ("go", 'package main\nimport _ "embed"\n//go:embed PATH\nvar s string\nfunc main() { println(s) }', "PATH"),
    "go embed above": ("go", 'package main\nimport _ "embed"\n//go:embed ../..PATH\nvar s string\nfunc main() { println(s) }',
                       "invalid pattern"),
    "go line": ("go", "package main\n//line PATH:1\nfunc main() { undeclared }", "PATH:1"),
    "go import": ("go", 'package main\nimport "PATH"\nfunc main() {}', "PATH"),
    "cgo": ("go", 'package main\n// #include "PATH"\nimport "C"\nfunc main() {}', "no Go source files"),
    "cgo flags": ("go", 'package main\n// #cgo LDFLAGS: -Wl,@PATH\n// #cgo CFLAGS: -include PATH\nimport "C"\nfunc main() {}',
                  "no Go source files"),
    "go linkname": ("go", 'package main\nimport _ "unsafe"\n//go:linkname f runtime.gcstopm\nfunc f()\nfunc main() { f() }',
                    "invalid reference"),
    "rust feature": ("rust", "#![feature(rustc_private)]\nfn main() {}", "E0554"),
    "rust proc macro": ("rust", "#[proc_macro]\npub fn m(_: proc_macro::TokenStream) -> proc_macro::TokenStream "
                        "{ todo!() }\nfn main() { m!() }", "proc-macro"),
    "rust link": ("rust", '#[link(name = "PATH", modifiers = "+verbatim")]\nunsafe extern "C" { fn f(); }\n'
                  "fn main() { unsafe { f() } }", "PATH"),
    "rust crate": ("rust", "extern crate secret;\nfn main() {}", "E0463"),
    "c embed": ("c", 'char s[] = {\n#embed "PATH"\n};\nint main(void) {}', "#embed"),
    "c macro in a name": ("c", '#define P <PATH>\n#include P\nint main(void) {}', "No such file"),
    "c++ module": ("c++", 'import "PATH";\nint main() {}', "import"),
    "java include": ("java", 'import static PATH; class Main { public static void main(String[] a) {} }', "error"),
}  # fmt: skip


@pytest.mark.parametrize("door", NO_DOOR)
def test_directive_that_reads_nothing_of_the_host(service: Service, canary: Path, door: str) -> None:
    language, source, why = NO_DOOR[door]
    answer = service.execute(language, source.replace("PATH", str(canary)), compile_timeout=60_000)
    assert (answer["compile"]["status"], answer["run"]["status"]) == ("nonzero_exit", "skipped"), answer
    assert why.replace("PATH", str(canary)) in compiled(answer)
    assert SECRET not in compiled(answer)


SH = "touch owned\n"
JS = 'require("child_process").execSync("sh ./owned.sh");\nmodule.exports = () => ({});\n'
COMPANIONS: dict[str, dict[str, str]] = {
    "c": {"specs": "%rename cpp old_cpp\n*cpp:\n%:shell(sh ./owned.sh)\n", "Makefile": "all:\n\tsh ./owned.sh\n", "cc1": SH,
          "as": SH, "ld": SH, "collect2": SH, "owned.so": "x", "CMakeLists.txt": "execute_process(COMMAND sh owned.sh)"},
    "c++": {"specs": "%rename cpp old_cpp\n", "cc1plus": SH, "owned.so": "x", "gcm.cache/x": "x"},
    "go": {"go.mod": "module m\n\ngo 1.24\n", "go.env": "GOFLAGS=-toolexec=./owned.sh\n", "x_amd64.s": "#include \"/etc/passwd\"\n", "x.c": "#error\n",
           "vendor/modules.txt": "", "sub/x.go": "not go"},
    "rust": {"build.rs": 'fn main() { std::process::Command::new("sh").arg("owned.sh").status().unwrap(); }',
             "Cargo.toml": '[package]\nname = "x"\nbuild = "build.rs"\n', "rust-toolchain.toml": '[toolchain]\npath = "/box"\n',
             ".cargo/config.toml": '[build]\nrustc-wrapper = "./owned.sh"\nrustflags = ["-Clinker=./owned.sh"]\n'},
    "typescript": {"tsconfig.json": '{"extends": "/etc/passwd", "compilerOptions": {"plugins": [{"name": "./evil.js"}, '
                   '{"transform": "./evil.js"}], "outDir": "/tmp/elsewhere", "noEmit": true}, "files": ["no.ts"]}',
                   "package.json": '{"scripts": {"preinstall": "sh owned.sh", "prepare": "sh owned.sh"}}', "evil.js": JS,
                   "node_modules/typescript/lib/tsc.js": JS, "node_modules/@types/node/index.js": JS, "types.d.ts": "",
                   ".noderc": JS, ".swcrc": "{}", "tsc": SH},
    "csharp": {"main.csproj": '<Project Sdk="Microsoft.NET.Sdk"><Target Name="X" BeforeTargets="Build">'
               '<Exec Command="sh owned.sh" /></Target></Project>', "csc.rsp": "/analyzer:owned.dll\n", "owned.dll": "x",
               "Directory.Build.targets": '<Project><Target Name="X"><Exec Command="sh owned.sh" /></Target></Project>',
               ".editorconfig": "root = true\n", "global.json": '{"sdk": {"version": "99"}}', "nuget.config": "<x/>",
               "dotnet": SH, "csc.runtimeconfig.json": "{}"},
    "java": {"META-INF/services/javax.annotation.processing.Processor": "Owned\n", ".javacrc": "-processor Owned", "JDK_JAVA_OPTIONS": "-javaagent:x.jar",
             "pom.xml": "<project/>", "build.gradle": '"sh owned.sh".execute()', "javac": SH, "Compile.class": "x",
             "Owned.java": (PROGRAMS / "compilers/config_files/Owned.java").read_text()},
}  # fmt: skip


@pytest.mark.parametrize("program", variants("compilers/config"), ids=named)
def test_nothing_that_is_sent_is_executed_by_the_compiler(service: Service, program: Program) -> None:
    """Neither build scripts nor settings, plugins, processors, or tools of the same name. The program itself may."""
    main = {"java": "Main.java"}.get(program.language, f"main{Path(program.name).suffix}")
    files = {main: program.source, "owned.sh": SH, **COMPANIONS[program.language]}
    answer = service.execute(program.language, files, compile_timeout=60_000)
    assert answer["compile"]["status"] == "ok", answer["compile"]
    assert (answer["run"]["stdout"], answer["run"]["status"]) == ("no\ndone\n", "ok"), answer["run"]


GO_SETTINGS = {
    "flags": "GOFLAGS=-toolexec=sh\\ ./owned.sh\n",
    "compiler": "CGO_ENABLED=1\nCC=/box/owned.sh\n",
    # finding: go reads this file, and executes what it names, before anything of the program is compiled.
    "cache": "GOCACHEPROG=sh /box/owned.sh\n",
    # finding: or looks for the whole toolchain where the file says.
    "toolchain": "GOROOT=/box/root\n",
}


@pytest.mark.parametrize("name", GO_SETTINGS)
def test_settings_of_go_sent_as_a_file(service: Service, name: str) -> None:
    files = {"main.go": Program("compilers/config.go").source, "owned.sh": SH, ".config/go/env": GO_SETTINGS[name]}
    answer = service.execute("go", files, compile_timeout=60_000)
    assert (answer["compile"]["status"], answer["run"]["stdout"]) == ("ok", "no\ndone\n"), answer


@pytest.mark.parametrize("version", ["21", "25"])
def test_plugin_of_javac_sent_as_a_class_file(service: Service, version: str) -> None:
    """The class that is sent does what it should: loaded by the program, as the second line tells."""
    plugin = Program("compilers/make_plugin.java").run(service, version=version, run_timeout=20_000)["stdout"].strip()
    main = Program("compilers/config.java").source.replace("Owned.execute()", 'Class.forName("Owned")')
    files = [
        {"name": "Main.java", "content": main},
        {"name": "owned.sh", "content": SH},
        {"name": "Owned.class", "content": plugin, "encoding": "base64"},
        {"name": "META-INF/services/com.sun.source.util.Plugin", "content": "Owned\n"},
    ]
    body = {"language": "java", "version": version, "files": files, "compile_timeout": 60_000, "run_timeout": 20_000}
    answer = service.post_json(body).json()
    # finding: javac loads it, whatever -proc says, and with it the class path's: it is executed by the compiler.
    assert (answer["compile"]["status"], answer["run"]["stdout"]) == ("ok", "no\ndone\n"), answer


@pytest.mark.parametrize("language", COMPILED)
def test_variables_are_the_programs_not_the_compilers(service: Service, language: str) -> None:
    """The loader and every runtime would say so: as they do of the program."""
    program = next(p for p in variants("compilers/words") if p.language == language)
    env = {
        "LD_PRELOAD": "/box/none.so", "JAVA_TOOL_OPTIONS": "-Dx=y", "NODE_OPTIONS": "--trace-warnings", "GOFLAGS": "-x",
        "RUSTC_BOOTSTRAP": "1", "RUSTC_LOG": "info", "GCC_EXEC_PREFIX": "/box/", "CPATH": "/box", "COMPILER_PATH": "/box",
        "LIBRARY_PATH": "/box", "TMPDIR": "/none", "GCC_COMPARE_DEBUG": "x", "COLLECT_GCC_OPTIONS": "x", "GOROOT": "/none",
        "GOCACHE": "off", "CGO_ENABLED": "1", "PATH": "/none", "HOME": "/none", "DEPENDENCIES_OUTPUT": "/box/deps",
        "DOTNET_gcServer": "1", "MOLD_JOBS": "x",
    }  # fmt: skip
    answer = service.execute(language, program.source, env=env, args=["ran"], compile_timeout=60_000)
    assert (answer["compile"]["status"], answer["compile"]["stderr"], answer["compile"]["stdout"]) == ("ok", "", "")
    assert answer["run"]["stdout"] == "ran\n"
    assert language == "go" or "cannot be preloaded" in answer["run"]["stderr"]  # Go's programs have no loader


WORDS = [
    "", " ", "a b", "$(id)", "`id`", ";id", "| id", "&& id", ">x", "*", "?", "~", "$HOME", "'", '"', "\\", "!!", "#x", "%s",
    "-o", "-e", "-c", "--help", "--version", "-version", "-jar", "--inspect", "--", "-", "@/etc/passwd", "@x", "-Dx=y",
    "é😀", "\x1b[2J", "=", "{}", "{args}", "{main}", "[a]", "-Xmx1m", "--roll-forward",
]  # fmt: skip


@pytest.mark.parametrize("program", variants("compilers/words"), ids=named)
def test_arguments_are_nothing_but_words(service: Service, program: Program) -> None:
    run = program.run(service, args=WORDS)
    assert (run["stdout"].split("\n")[:-1], run["stderr"], run["code"]) == (WORDS, "", 0)


PRINTS = {
    "python": ("main.py", 'print("mine")'), "bash": ("main.sh", "echo mine"), "ruby": ("main.rb", 'puts "mine"'),
    "javascript": ("main.js", 'console.log("mine")'), "typescript": ("main.ts", 'console.log("mine")'),
    "c": ("main.c", '#include <stdio.h>\nint main(void) { puts("mine"); }'),
    "c++": ("main.cpp", '#include <cstdio>\nint main() { puts("mine"); }'),
    "go": ("main.go", 'package main\nimport "fmt"\nfunc main() { fmt.Println("mine") }'),
    "rust": ("main.rs", 'fn main() { println!("mine"); }'),
    "java": ("Main.java", 'class A { public static void main(String[] a) { System.out.println("mine"); } }'),
    "csharp": ("main.cs", 'Console.WriteLine("mine");'),
}  # fmt: skip
STEMS = [
    "-o", "--help", "@x", "@sub/x", "-x c", "$(touch owned)", "`touch owned`", ";touch owned;", "a|touch owned", "a b", "'", '"',
    "a\nb", "*", "-Wl,-o,owned", "-DX", "-include", "-J-version", "=", "--init-file=x", "-rx", "a&b", ">owned",
]  # fmt: skip


@pytest.mark.parametrize("language", PRINTS)
def test_file_name_that_looks_like_an_option(service: Service, language: str) -> None:
    """As one more source it changes nothing; as the entry point it is compiled, or told to be no name."""
    name, source = PRINTS[language]
    suffix = Path(name).suffix
    empty = "package main\n" if language == "go" else ""
    files = {name: source, **{stem + suffix: empty for stem in STEMS if language != "go" or stem.isalpha()}}
    answer = service.execute(language, files, compile_timeout=60_000)
    assert (answer["run"]["stdout"], answer["run"]["stderr"]) == ("mine\n", ""), answer
    for stem in ("-o", "@x"):
        answer = service.execute(language, {stem + suffix: source}, compile_timeout=60_000)
        assert answer["run"]["stdout"] == "mine\n" or (
            answer["compile"]["status"] == "nonzero_exit"
            and any(why in answer["compile"]["stderr"] for why in ("invalid input file name", "crate name"))
        ), answer


WHOLE_NAMES = {
    "python": ["-c", "-m", "-", "--version"], "bash": ["-c", "-", "--help", "-i"], "ruby": ["-e", "-", "--version"],
    # finding: "node inspect" starts the debugger; of a java file without ".java" the driver prints its own stack trace.
    "javascript": ["-e", "-", "--version", "inspect"], "c": ["-", "--version", "@x"], "c++": ["-", "--help", "@x"],
    "csharp": ["-o", "--version", "@x"], "java": ["-version", "@x", "prog"], "rust": ["prog"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language, names in WHOLE_NAMES.items() for name in names]
)
def test_whole_name_that_looks_like_an_option(service: Service, language: str, name: str) -> None:
    run = service.run(language, {name: PRINTS[language][1]}, compile_timeout=60_000)
    assert (run["stdout"], run["stderr"], run["code"]) == ("mine\n", "", 0)


# How a compile that has no end is ended, and what it is with less of it: the control, which compiles.
UNDONE = ("timeout", "out_of_memory")
EXPLOSIONS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "macros.c": (UNDONE, "= A11", "= A2"),
    "include_itself.c": (("output_limit",), "#ifndef ONCE", "#ifdef ONCE"),
    "include_random.c": (UNDONE, "#include </dev/random>", "#include </dev/null>"),
    "include_zero.c": (UNDONE, "/dev/zero", "/dev/null"),
    "templates.cpp": (UNDONE, "F<26, 1>", "F<6, 1>"),
    "type_names.cpp": ((*UNDONE, "output_limit"), "int y = x;", ""),
    "constexpr.cpp": (UNDONE, "200000", "200"),
    "const_loop.rs": (UNDONE, "1 << 60", "1 << 6"),
    "macros.rs": (UNDONE, "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - ", ""),
    "big_static.rs": (UNDONE, "1 << 32", "1 << 12"),
    "include_zero.rs": (UNDONE, "/dev/zero", "/dev/null"),
    "types.ts": (UNDONE, "abcdefghijklmnopqrstuvwxyz", "abc"),
    "nested_repeat.c": (UNDONE, "m 28, 0", "m 5, 0"),
    "strings.go": ((*UNDONE, "nonzero_exit"), "len(s32)", "len(s9)"),
}


@pytest.mark.parametrize("name", EXPLOSIONS)
def test_explosion_is_ended(service: Service, name: str) -> None:
    statuses, large, small = EXPLOSIONS[name]
    program = Program(f"compilers/{name}")
    source = program.source
    if name == "strings.go":  # a constant counts even where it is not used
        small_source = "\n".join(source.split("\n")[:10]) + "\nfunc main() { println(len(s5)) }\n"
    else:
        small_source = source.replace(large, small)
    assert small_source != source
    answer = service.execute(program.language, source, compile_timeout=800)
    compile_, run = answer["compile"], answer["run"]
    assert compile_["status"] in statuses, compile_
    if compile_["status"] != "nonzero_exit":
        assert (compile_["signal"], compile_["code"]) == ("SIGKILL", None)
        assert "limit" in compile_["message"]
    assert compile_["time_ms"] < 5000
    assert compile_["memory_kb"] <= 1_048_576
    assert len(compile_["stderr"]) <= 1 << 20
    assert (run["status"], run["code"], run["signal"], run["stdout"]) == ("skipped", None, None, "")
    control = service.execute(program.language, small_source, compile_timeout=30_000)
    assert control["compile"]["status"] == "ok", control["compile"]


SELF_LIMITED = {
    "template_depth.cpp": ("template instantiation depth exceeds", "F<2000>", "F<20>"),
    "generics.go": ("instantiation cycle", "nest(n-1, Box[T]{value})", "nest(n-1, value)"),
    "big_array.go": ("symbol too large", "1 << 32", "1 << 12"),
    "big_data.c": ("File size limit exceeded", "4UL << 30", "4UL << 10"),
    "space.c": ("File size limit exceeded", "1000000000000", "1000"),
    "repeat.c": ("out of memory allocating", "2000000000", "2000"),
    "strings.cs": ("CS8095", "S32.Length", "S9.Length"),
    "strings.java": ("java.lang.OutOfMemoryError", "S32", "S9"),
}


@pytest.mark.parametrize("name", SELF_LIMITED)
def test_explosion_that_the_compiler_itself_ends(service: Service, name: str) -> None:
    """Or that a limit ends which it meets: of a file's size, or of memory it asks for all at once."""
    why, large, small = SELF_LIMITED[name]
    program = Program(f"compilers/{name}")
    source = program.source
    answer = service.execute(program.language, source, compile_timeout=30_000)
    assert answer["compile"]["status"] in ("nonzero_exit", "file_size_limit", "out_of_memory"), answer["compile"]
    assert why in answer["compile"]["stderr"]
    assert answer["run"]["status"] == "skipped"
    if name.startswith("strings"):  # a constant counts even where it is not used
        lines = [line for line in source.split("\n") if not any(f"S{n} " in line for n in range(10, 33))]
        source = "\n".join(lines)
    control = service.execute(program.language, source.replace(large, small), compile_timeout=30_000)
    assert control["compile"]["status"] == "ok", control["compile"]


def test_four_gigabytes_that_are_in_no_file(service: Service) -> None:
    """They are an address range, until they are touched: then the run's memory limit is met, as by any program."""
    program = Program("compilers/bss.c")
    run = program.run(service, args=["0x1000000"])
    assert (run["stdout"], run["status"]) == (f"1 {4 << 30}\n", "ok")
    run = program.run(service, args=[str(4 << 30)])
    assert (run["status"], run["signal"], run["stdout"]) == ("out_of_memory", "SIGKILL", "")


@pytest.mark.parametrize("field", ["compile_timeout", "compile_cpu_time", "compile_memory_limit"])
def test_limits_of_a_compile_can_be_lowered(service: Service, field: str) -> None:
    program = Program("compilers/macros.c")
    status = {"compile_timeout": "timeout", "compile_cpu_time": "cpu_timeout", "compile_memory_limit": "out_of_memory"}
    limit = 64 << 20 if field == "compile_memory_limit" else 300
    answer = service.execute("c", program.source, **{field: limit})
    assert (answer["compile"]["status"], answer["run"]["status"]) == (status[field], "skipped")
    assert str(limit) in answer["compile"]["message"]
