"""Group 9: files of a request that want to lie elsewhere, be something else, or be too many."""

import json
from typing import Any

import httpx
import pytest

from tests.security.attacks import Program, post_raw
from tests.service import Service
from tests.service import post as http_post

pytestmark = pytest.mark.service

MAX_FILES, MAX_FILE_BYTES, MAX_BYTES = 256, 8 << 20, 10 << 20
LIST = Program("input_files/list.py")
Files = list[dict[str, Any]]


def post(service: Service, files: object, language: str = "bash", **fields: object) -> httpx.Response:
    return service.post_json({"language": language, "files": files, "run_timeout": 30_000, **fields})


def file(name: str, content: str = "x", **fields: object) -> dict[str, Any]:
    return {"name": name, "content": content, **fields}


MAIN = file("main.sh", "find . -type f | wc -l")


def found(service: Service, *files: dict[str, Any]) -> list[list[object]]:
    """What a program finds in its working directory next to itself."""
    response = post(service, [file("list.py", LIST.source), *files], "python")
    assert response.status_code == 200, response.text
    listed: list[list[object]] = json.loads(response.json()["run"]["stdout"])
    return listed


def assert_refused(response: httpx.Response, status: int, path: list[object], why: str) -> None:
    error = response.json()["error"]
    code = "invalid_request" if status == 400 else "too_large"
    assert (response.status_code, error["code"], error.get("path", [])) == (status, code, path), error
    assert why in error["message"]


LEAVING = "leaves the working directory"
BAD_NAMES = {
    "../x": LEAVING, "..": LEAVING, "a/..": LEAVING, "a/../b": LEAVING, "a/../../b": LEAVING, "./../x": LEAVING,
    "a//..//../x": LEAVING, "a/" * 30 + "../" * 31 + "x": LEAVING, "../box/x": LEAVING, "../../../../etc/passwd": LEAVING,
    "/x": "absolute", "//x": "absolute", "/etc/passwd": "absolute", "/box/x": "absolute", "/": "absolute",
    "a\0b": "NUL", "\0": "NUL", "x\0/../../y": "NUL", "main.sh\0": "NUL",
    "": "empty", ".": "folder", "./": "folder", "././.": "folder", "a/": "folder", "a//": "folder", "a/b/": "folder",
    # finding: accepted as the file "a", though it names a folder as "a/" does.
    "a/.": "folder", "a/./": "folder",
    "a" * 256: "255 bytes", "é" * 128: "255 bytes", "d/" + "a" * 256 + "/x": "255 bytes", "a" * 1025: "1024",
    "é" * 600: "255 bytes", "/".join(["é" * 100] * 6): "1024 in all", "d/" * 1000 + "x": "1024",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: ascii(name)[:40])
def test_name_that_can_not_be_one(service: Service, name: str) -> None:
    assert_refused(post(service, [MAIN, file(name)]), 400, ["files", 1, "name"], BAD_NAMES[name])
    # As the entry point too, whose name becomes part of a command; a good one is accepted in both places.
    assert_refused(post(service, [file(name), MAIN]), 400, ["files", 0, "name"], BAD_NAMES[name])
    assert post(service, [MAIN, file("a/b")]).json()["run"]["stdout"] == "2\n"


ODD_NAMES = [
    "...", "..a", "a..", ".a/..b/c", "....//x", "..\\x", "..;/x", "%2e%2e/x", "\uff0e\uff0e/x", "..\u2215x", "..\u2044x", "~", "~/x",
    "~root/x", "-o", "--help", "-", "--", "-x/-y", "@file", "@/etc/passwd", "$(id)", "`id`", "a;id", "a|id", "a&id", "a>b",
    "*", "?", "[a-z]", "{a,b}", "$HOME", "${IFS}", "!x", "#x", "%s%n", "a=b", "a:b", "a,b", " ", " a ", "\t", "a\nb", "\n",
    "a\r\nb", "'", '"', "a'b\"c", "\\", "\\n", "\x01", "\x1b[2J", "\x7f", "é", "e\u0301", "\u202egnp.sh", "\ufeff", "\uffff",
    "😀", "con", "nul.txt", "a" * 255, "é" * 127 + "a", "/".join(["d"] * 512),
]  # fmt: skip


@pytest.mark.parametrize("start", range(0, len(ODD_NAMES), 8))
def test_odd_name_is_a_name_like_any_other(service: Service, start: int) -> None:
    """It is there once, as it was sent, as a plain file of the program's own, and within the working directory."""
    for name in ODD_NAMES[start : start + 8]:
        stored = name.replace("//", "/").encode().decode("latin-1")
        assert found(service, file(name, "mine")) == [[stored, "mine", "-rw-r--r--", 1000]]


def test_odd_names_all_together(service: Service) -> None:
    """None is another: neither case nor normal forms are folded, nothing is expanded."""
    names = [*(name for name in ODD_NAMES if name not in ("~/x", "-x/-y")), "A", "a", "\ufb01", "fi", "\u212b", "\xc5"]
    stored = sorted(name.replace("//", "/").encode().decode("latin-1") for name in names)
    assert [name for name, *_ in found(service, *map(file, names))] == stored


@pytest.mark.parametrize("escaped", [True, False])
@pytest.mark.parametrize("half", ["low", "high", "inside"])
def test_name_that_is_no_unicode(service: Service, half: str, escaped: bool) -> None:
    name = {"low": "\udc80", "high": "\ud800", "inside": "a\udcffb/../x"}[half]
    response = post_raw(service, {"language": "bash", "files": [MAIN, file(name)]}, escaped=escaped)
    assert_refused(response, 400, [], "")
    response = post_raw(service, {"language": "bash", "files": [MAIN, file("a", name)]}, escaped=escaped)
    assert_refused(response, 400, [], "")


@pytest.mark.parametrize("raw", [b"\xc0\xae\xc0\xae/x", b"\xff", b"caf\xe9", b"\xe2\x82"], ids=ascii)
def test_name_in_bytes_that_are_no_utf8(service: Service, raw: bytes) -> None:
    """The first is an old way to spell ``../x``."""
    body = b'{"language": "bash", "files": [{"name": "%s", "content": ""}]}'
    headers = {"Authorization": f"Bearer {service.keys['execute']}", "Content-Type": "application/json"}
    response = http_post(f"{service.url}/v1/execute", content=body.replace(b"%s", raw), headers=headers)
    assert_refused(response, 400, [], "")
    assert http_post(f"{service.url}/v1/execute", content=body, headers=headers).status_code == 200


def test_name_that_is_given_twice(service: Service) -> None:
    """Of two equal keys the last one counts, and is what is checked."""
    body = '{"language": "bash", "files": [{"name": "NAMES", "content": "ls -A"}]}'
    headers = {"Authorization": f"Bearer {service.keys['execute']}", "Content-Type": "application/json"}
    for names, status in (('good", "name": "../x', 400), ('../x", "name": "good', 200)):
        content = body.replace("NAMES", names)
        response = http_post(f"{service.url}/v1/execute", content=content, headers=headers)
        assert response.status_code == status
        assert status == 400 or response.json()["run"]["stdout"] == "good\n"


TWICE, CLASH = "is there twice", "a file in one place and a folder in another"
CLASHES = {
    ("a", "a"): TWICE, ("a/b", "a//b"): TWICE, ("a/b", "./a/./b"): TWICE, ("a", "././a"): TWICE, ("main.sh", "b"): TWICE,
    ("a", "a/b"): CLASH, ("a/b", "a"): CLASH, ("a/b/c/d", "a/b/c"): CLASH, ("a/b", "a/b/c/d"): CLASH,
    ("x", "main.sh/x"): CLASH, ("./a", "a//b"): CLASH,
}  # fmt: skip


@pytest.mark.parametrize("names", CLASHES, ids=" ".join)
def test_names_that_clash(service: Service, names: tuple[str, str]) -> None:
    files = [MAIN, *map(file, names)]
    index = 1 if names[0] == "main.sh" else 2
    assert_refused(post(service, files), 400, ["files", index, "name"], CLASHES[names])


BAD_CONTENTS = [
    ("base64", "?"), ("base64", "YQ"), ("base64", "YQ=\n="), ("base64", "YQ==YQ=="), ("base64", " YQ=="), ("base64", "_-8="),
    ("base64", "é"), ("base64", "="), ("hex", "0"), ("hex", "zz"), ("hex", "0x61"), ("hex", "é"), ("hex", "\uff16\uff11"), ("hex", "-1"),
    # finding: spaces are skipped, which base64 refuses.
    ("hex", "61 62"), ("hex", " 61\n"),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "content"), BAD_CONTENTS, ids=ascii)
def test_content_that_is_not_what_it_says(service: Service, encoding: str, content: str) -> None:
    response = post(service, [MAIN, file("f", content, encoding=encoding)])
    assert_refused(response, 400, ["files", 1, "content"], f"is not valid {encoding}")
    good = {"base64": "AP8K", "hex": "00fF0a"}[encoding]
    assert found(service, file("f", good, encoding=encoding))[0][1] == "\x00\xff\n"


BAD_FILES: dict[str, tuple[list[object], object]] = {
    "none": (["files"], []),
    "null": ([], None),
    "an object": (["files"], {"main.sh": "true"}),
    "a string": (["files"], "true"),
    "a list of strings": (["files", 0], ["true"]),
    "null in the list": (["files", 1], [MAIN, None]),
    "no content": (["files", 0], [{"name": "a"}]),
    "content null": (["files", 0, "content"], [file("a") | {"content": None}]),
    "content a number": (["files", 0, "content"], [file("a") | {"content": 5}]),
    "name a number": (["files", 0, "name"], [file("a") | {"name": 5}]),
    "name a list": (["files", 0, "name"], [file("a") | {"name": ["..", "x"]}]),
    "second without a name": (["files", 1, "name"], [MAIN, {"content": ""}]),
    "encoding unknown": (["files", 0, "encoding"], [file("a", encoding="utf-16")]),
    "mode": (["files", 0, "mode"], [file("a", mode="4755")]),
    "link": (["files", 0, "target"], [file("a", target="/etc/passwd")]),
    "owner": (["files", 0, "uid"], [file("a", uid=0)]),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_files_that_are_none(service: Service, name: str) -> None:
    path, files = BAD_FILES[name]
    assert_refused(post(service, files), 400, path, "")


def test_code_and_files_together(service: Service) -> None:
    assert_refused(post(service, [MAIN], code="true"), 400, [], "exactly one")


def test_the_most_files_there_may_be(service: Service) -> None:
    files = [MAIN, *(file("d/" * 400 + str(number)) for number in range(MAX_FILES - 1))]
    assert post(service, files).json()["run"]["stdout"] == f"{MAX_FILES}\n"
    assert_refused(post(service, [*files, file("one more")]), 413, ["files"], str(MAX_FILES))
    assert_refused(post(service, [file("x")] * 100_000), 413, ["files"], str(MAX_FILES))


def test_more_folders_than_there_are_inodes(service: Service) -> None:
    files = [MAIN, *(file(f"{number}/" * 250 + "x") for number in range(MAX_FILES - 1))]
    assert_refused(post(service, files), 413, ["files"], "do not fit into the jail: No space left")


EXACT = "x" * MAX_FILE_BYTES


@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize("form", ["text", "characters", "hex", "base64", "code"])
def test_largest_file(service: Service, form: str, extra: int) -> None:
    """Bytes are counted, whatever they are sent as."""
    size = MAX_FILE_BYTES + extra
    content, fields = {
        "text": ("x" * size, {}),
        "characters": ("é" * (MAX_FILE_BYTES // 2) + "x" * extra, {}),
        "hex": ("78" * size, {"encoding": "hex"}),
        "base64": ("eHh4" * (size // 3) + ["", "eA==", "eHg="][size % 3], {"encoding": "base64"}),
        "code": ("exit 0\n" + "#" * (size - 7), {}),
    }[form]
    files = [file("main.sh", "wc -c <f"), file("f", content, **fields)]
    answer = service.post("bash", content) if form == "code" else post(service, files)
    if extra:
        path: list[object] = ["code"] if form == "code" else ["files", 1, "content"]
        assert_refused(answer, 413, path, str(MAX_FILE_BYTES))
    else:
        assert answer.json()["run"]["stdout"] == ("" if form == "code" else f"{MAX_FILE_BYTES}\n")


@pytest.mark.parametrize("extra", [0, 1])
def test_largest_files_together(service: Service, extra: int) -> None:
    rest = MAX_BYTES - MAX_FILE_BYTES - len(MAIN["content"]) + extra
    answer = post(service, [MAIN, file("a", EXACT), file("b", "x" * rest)])
    if extra:
        assert_refused(answer, 413, ["files"], str(MAX_BYTES))
    else:
        assert answer.json()["run"]["stdout"] == "3\n"


SYSTEM = [
    "etc/passwd", "etc/ld.so.preload", "ld.so.preload", "usr/bin/python3", "bin/sh", "lib/x86_64-linux-gnu/libc.so.6",
    "libc.so.6", "dev/null", "dev/stdin", "proc/self/environ", "proc/1/root", "tmp/x", "var/tmp/x", "sys/kernel", "box/x",
    "layers/base", "stage/upper/x", ".bashrc", ".profile", ".bash_profile", ".inputrc", ".ssh/authorized_keys",
    ".gdbinit", ".npmrc", ".config/go/env", ".cargo/config.toml", "sitecustomize.py/x", ".pythonstartup", "core",
]  # fmt: skip


def test_names_of_system_files_are_the_programs_own(service: Service) -> None:
    """They lie in the working directory; those of the system, the service and the next program are as before."""
    digests = "cd /; md5sum etc/passwd bin/sh lib/x86_64-linux-gnu/libc.so.6; ls -ld dev/null bin tmp; ls etc | md5sum"
    before = service.run("bash", digests)["stdout"]
    assert before.count("\n") == 7
    files = [file("main.sh", digests + "; cd /box; find . -type f | wc -l"), *map(file, SYSTEM)]
    run = post(service, files).json()["run"]
    assert (run["stdout"], run["stderr"]) == (f"{before}{len(SYSTEM) + 1}\n", "")
    assert service.run("bash", digests)["stdout"] == before


SAYS = {
    "c": ("main.c", '#include <stdio.h>\nint main(void) { puts("mine"); }', ["a.out", "main.o", "cc1", "as", "ld", "ld.mold"]),
    "c++": ("main.cpp", '#include <cstdio>\nint main() { puts("mine"); }', ["a.out", "main.o", "cc1plus", "collect2", "specs"]),
    "rust": ("main.rs", 'fn main() { println!("mine"); }', ["a.out", "main", "main.o", "a.out.d", "cc", "libstd.rlib"]),
    "go": ("main.go", 'package main\nimport "fmt"\nfunc main() { fmt.Println("mine") }', ["main", "main.a", "_obj/x", "_test.go"]),
    "java": ("Main.java", 'class Main { public static void main(String[] a) { System.out.println("mine"); } }',
             ["main.jar", "Main.class", "Main$1.class", "java/lang/String.class", "META-INF/MANIFEST.MF", "compile.jar",
              "META-INF/services/javax.annotation.processing.Processor", "Compile.class", "JDK_JAVA_OPTIONS"]),
    "csharp": ("main.cs", 'System.Console.WriteLine("mine");',
               ["main.dll", "main.exe", "main.pdb", "main.runtimeconfig.json", "System.Private.CoreLib.dll", "csc.dll",
                "csc.rsp", "Directory.Build.targets", "main.csproj", "System.Console.dll"]),
    "typescript": ("main.ts", 'console.log("mine")', ["main.js", "main.d.ts", "main.js.map", "main.tsbuildinfo", "main.mjs", "main"]),
}  # fmt: skip


@pytest.mark.parametrize("language", SAYS)
def test_names_that_clash_with_what_the_compiler_makes(service: Service, language: str) -> None:
    """What is run is what was compiled, never what was sent in its place."""
    name, source, others = SAYS[language]
    files = [file(name, source), *(file(other, "#!/bin/sh\necho theirs\n") for other in others)]
    answer = post(service, files, language, compile_timeout=60_000).json()
    assert (answer["compile"]["status"], answer["run"]["status"], answer["run"]["stdout"]) == ("ok", "ok", "mine\n"), (
        answer
    )


PRODUCTS = {"c": "a.out", "c++": "a.out", "rust": "a.out", "go": "a.out", "java": "main.jar", "csharp": "main.dll", "typescript": "main.js"}  # fmt: skip


@pytest.mark.parametrize("language", PRODUCTS)
def test_folder_in_place_of_what_the_compiler_makes(service: Service, language: str) -> None:
    """Told as what it is, by the compiler or in its place, and nothing is run that was not compiled."""
    name, source, _ = SAYS[language]
    files = [file(name, source), file(f"{PRODUCTS[language]}/x", "#!/bin/sh\necho theirs\n")]
    answer = post(service, files, language, compile_timeout=60_000).json()
    assert "mine" not in answer["run"]["stdout"] + answer["run"]["stderr"]
    assert "theirs" not in answer["run"]["stdout"]
    told = answer["compile"]["stderr"] + answer["compile"]["stdout"] + answer["run"]["stderr"]
    assert PRODUCTS[language] in told, answer
    assert answer["run"]["status"] in ("skipped", "nonzero_exit")


def test_go_does_not_overwrite_what_it_did_not_make(service: Service) -> None:
    name, source, _ = SAYS["go"]
    answer = post(service, [file(name, source), file("a.out", "#!/bin/sh\necho theirs\n")], "go").json()
    assert (answer["compile"]["status"], answer["run"]["status"]) == ("nonzero_exit", "skipped")
    assert 'build output "a.out" already exists and is not an object file' in answer["compile"]["stderr"]
