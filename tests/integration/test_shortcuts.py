"""Compilers called in a quicker way than by hand: what they make and say is what they would by hand."""

import re

import pytest

from tests.service import Service

pytestmark = pytest.mark.service

# Which of Go's two ways is taken: whatever embeds is left to go build.
BY_GO_BUILD = '\nimport _ "embed"\n'
TELL = """package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)
EXTRA
func where() string {
	_, file, line, ok := runtime.Caller(1)
	return fmt.Sprint(file, line, ok)
}

func main() {
	fmt.Println(runtime.Version(), runtime.GOROOT(), runtime.Compiler, runtime.GOOS, runtime.GOARCH)
	fmt.Println(where(), strings.Repeat("x", 3), len(os.Args))
	var none *int
	defer func() { fmt.Println(recover()) }()
	fmt.Println(*none)
}
"""


def test_go_program_is_the_same_either_way(service: Service) -> None:
    quick, usual = (service.run("go", TELL.replace("EXTRA", extra)) for extra in ("\n\n", BY_GO_BUILD))
    assert quick["code"] == 0
    assert quick["stdout"] == usual["stdout"]


def test_go_panics_with_places(service: Service) -> None:
    run = service.run("go", 'package main\n\nfunc f() { panic("x") }\n\nfunc main() { f() }\n')
    assert (run["code"], run["status"]) == (2, "nonzero_exit")
    assert "main.f(...)\n\t/box/main.go:3" in run["stderr"]


GO_ERRORS = {
    "undefined": ("package main\n\nfunc main() { x() }\n", "# command-line-arguments\n./main.go:3:15: undefined: x\n"),
    "unused": (
        'package main\n\nimport "os"\n\nfunc main() {}\n',
        '# command-line-arguments\n./main.go:3:8: "os" imported and not used\n',
    ),
    "syntax": ("package main\n\nfunc main() {\n", "# command-line-arguments\n./main.go:4:1: syntax error"),
    "internal": (
        'package main\n\nimport _ "internal/abi"\n\nfunc main() {}\n',
        "use of internal package internal/abi not allowed",
    ),
    "vendored": ('package main\n\nimport _ "vendor/golang.org/x/net/idna"\n\nfunc main() {}\n', "main.go:3:8: "),
    "unknown": ('package main\n\nimport _ "nothing"\n\nfunc main() {}\n', "package nothing is not in std"),
    "no body": ("package main\n\nfunc f()\n\nfunc main() { f() }\n", "missing function body"),
    "cgo": ('package main\n\nimport "C"\n\nfunc main() {}\n', "no Go source files"),
}


@pytest.mark.parametrize("name", GO_ERRORS)
def test_go_complains_as_ever(service: Service, name: str) -> None:
    source, words = GO_ERRORS[name]
    compiled = service.execute("go", source)["compile"]
    assert (compiled["status"], compiled["code"]) == ("nonzero_exit", 1)
    assert words in compiled["stderr"]


GO_PROGRAMS: dict[str, dict[str, str]] = {
    "two files": {"main.go": "package main\n\nfunc main() { println(x) }\n", "b.go": "package main\n\nvar x = 5\n"},
    "embedded": {"main.go": 'package main\n\nimport _ "embed"\n\n//go:embed a.txt\nvar s string\n\nfunc main() { println(s) }\n', "a.txt": "5"},
    "a module": {"main.go": 'package main\n\nimport "m/in"\n\nfunc main() { println(in.X) }\n', "in/in.go": "package in\n\nvar X = 5\n", "go.mod": "module m\n\ngo 1.27\n"},
    "a name with a suffix": {"main_linux.go": "package main\n\nfunc main() { println(5) }\n"},
    "constrained": {"main.go": "//go:build linux\n\npackage main\n\nfunc main() { println(5) }\n"},
    "build information": {"main.go": 'package main\n\nimport "runtime/debug"\n\nfunc main() {\n\tinfo, ok := debug.ReadBuildInfo()\n\tif ok && info.Path == "command-line-arguments" {\n\t\tprintln(5)\n\t}\n}\n'},
}  # fmt: skip


@pytest.mark.parametrize("name", GO_PROGRAMS)
def test_go_programs_of_other_kinds(service: Service, name: str) -> None:
    run = service.run("go", GO_PROGRAMS[name])
    assert (run["status"], run["stderr"]) == ("ok", "5\n")


CPP_PROGRAMS = {
    "others first": '// a comment\n\n#include <cassert>\n#include <bits/stdc++.h>\nint main() { std::map<int, int> m; assert(m.empty()); puts("5"); }',
    "a macro first": "#define _GLIBCXX_ASSERTIONS\n#include <vector>\n#include <cstdio>\n#include <cstdlib>\n#include <csignal>\n"
    'int main() { signal(SIGABRT, [](int) { puts("5"); fflush(stdout); _Exit(0); }); std::vector<int> v; return v[1]; }',
    "its own header of that name": '#include "iostream"\nint main() { own(); }',
    "code first": 'extern "C" int puts(const char *);\n#include <string>\nint main() { puts(std::string("5").c_str()); }',
    "no include": 'extern "C" int puts(const char *);\nint main() { puts("5"); }',
    "conditional": '#if 0\n#include <bits/stdc++.h>\n#endif\n#include <cstdio>\nint map = 1;\nint main() { puts("5"); }',
    "several sources": '#include <iostream>\nint f();\nint main() { std::cout << f() << "\\n"; }',
}
COMPANIONS = {
    "its own header of that name": {"iostream": '#include <cstdio>\ninline void own() { puts("5"); }'},
    "several sources": {"f.cpp": "int vector = 5;\nint f() { return vector; }"},
}


@pytest.mark.parametrize("name", CPP_PROGRAMS)
def test_cpp_programs_of_all_kinds(service: Service, name: str) -> None:
    run = service.run("c++", {"main.cpp": CPP_PROGRAMS[name], **COMPANIONS.get(name, {})}, compile_timeout=60_000)
    assert (run["status"], run["stdout"]) == ("ok", "5\n"), run


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("#include <iostream>\nint main() { std::map<int, int> m; }", "map is not a member of std"),
        ("#include <cstdio>\nint main() { std::vector<int> v; }", "vector is not a member of std"),
        ("#include <vector>\nint main() { std::cout << 1; }", "cout is not a member of std"),
        ("#include <nothing>\n#include <iostream>\nint main() {}", "main.cpp:1:10: fatal error: nothing: No such file"),
    ],
)
def test_cpp_declares_no_more_than_is_included(service: Service, source: str, words: str) -> None:
    compiled = service.execute("c++", source)["compile"]
    assert compiled["status"] == "nonzero_exit"
    assert words in re.sub("[\u2018\u2019]", "", compiled["stderr"])


def test_precompiled_header_is_used(service: Service) -> None:
    """By what it saves: memory, of which the headers themselves take three times as much."""
    source = "#include <cassert>\n#include <bits/stdc++.h>\nint main() {}"
    used = service.execute("c++", source, compile_timeout=60_000)["compile"]
    other = {"main.cpp": source, "other.cpp": "", "third.cpp": ""}
    unused = service.execute("c++", other, compile_timeout=60_000)["compile"]
    assert used["memory_kb"] < 0.7 * unused["memory_kb"]
