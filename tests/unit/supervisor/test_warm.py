"""Which requests a program may serve that was started before they came."""

import pytest

from protocol.messages import Execute, SourceFile, StageRequest
from runtimes.manifest import load_manifests
from runtimes.store import InstalledRuntime
from supervisor.box import Box
from supervisor.validation import Installed, Plan, plan_execution
from supervisor.warm import Program, programs_of, serves

AVAILABLE = {
    name: Installed(name, manifest, InstalledRuntime(version="1.0.0", layers=("x",)))
    for name, manifest in load_manifests().items()
    if name in ("python", "javascript", "bash", "ruby", "c", "go", "rust", "typescript", "csharp", "java")
}


def planned(language: str, *sources: tuple[str, bytes], **fields: object) -> Plan:
    files = [SourceFile(name=name or None, content=content) for name, content in sources]
    request = Execute(id=1, execution_id="0" * 32, language=language, version="*", files=files, **fields)  # type: ignore[arg-type]  # by name
    return plan_execution(request, AVAILABLE)


def program_of(language: str, stage: str) -> Program:
    (program,) = [program for program in programs_of(AVAILABLE[language]) if program.stage == stage]
    return program


def is_served(language: str, *sources: tuple[str, bytes], **fields: object) -> bool:
    plan = planned(language, *sources, **fields)
    first = plan.compile or plan.run
    return serves(program_of(language, first.name), first, lambda: plan.files)


def box_is_served(*files: tuple[str, bytes], language: str = "typescript", **fields: object) -> bool:
    return serves(program_of(language, "run"), planned(language, ("", b""), **fields).run, lambda: files)


@pytest.mark.parametrize("language", ["python", "bash", "ruby", "c", "rust", "typescript", "csharp"])
def test_lone_source(language: str) -> None:
    assert is_served(language, ("", b"# a comment\n"))


def test_nothing_waits_where_the_manifest_does_not_say_so() -> None:
    assert programs_of(AVAILABLE["go"]) == []


def test_what_tells_of_the_wait_is_looked_for_in_every_file() -> None:
    main = ("main.js", b"require('./a')")
    assert is_served("javascript", main, ("a.js", b"1"))
    assert not is_served("javascript", main, ("a.js", b"process.uptime()"))
    assert not is_served("c", ("main.c", b""), ("main.c.gch", b""))
    for text in (b"new PerformanceObserver(f)", b"performance.now()", b"event.timeStamp"):
        assert not is_served("javascript", ("main.js", text))


def test_other_command_line_or_environment() -> None:
    source = ("", b"1")
    assert not is_served("python", source, args=["x"])
    assert not is_served("python", source, environment={"X": "y"})
    assert not is_served("python", ("other.py", b"1"))
    assert is_served("python", ("main.py", b"1"), ("other.py", b"2"))
    assert not is_served("python", ("main.py", b"1"), (".settings", b""))


def test_compiler_at_its_source_serves_what_has_the_same_command_line() -> None:
    assert is_served("c", ("main.c", b'#include "a.h"'), ("a.h", b""), compile=StageRequest(memory_bytes=1 << 28))
    assert is_served("rust", ("main.rs", b"mod a;"), ("a.rs", b""), args=["x"], environment={"X": "y"})
    assert not is_served("c", ("main.c", b""), ("a.c", b""))
    assert not is_served("typescript", ("other.ts", b""))
    assert not is_served("typescript", ("main.ts", b""), ("package.json", b"{}"))


def test_run_stage_serves_what_was_compiled() -> None:
    assert box_is_served(("main.js", b"1"), ("main.ts", b"1"), ("lib/a.js", b"2"))
    assert not box_is_served(("main.ts", b"1"), ("other.js", b"1"))
    assert not box_is_served(("main.js", b"1"), args=["x"])
    assert not box_is_served(("main.js", b"1"), ("lib/a.js", b"process.uptime()"))
    assert not box_is_served(("main.js", b"1"), ("package.json", b"{}"))


def test_virtual_machine_that_is_held_serves_any_program_with_its_command() -> None:
    sources = ("Main.java", b"class Main {}"), ("main.jar", b"PK\0")
    assert box_is_served(*sources, language="java")
    assert not box_is_served(*sources, language="java", args=["x"])
    assert not box_is_served(*sources, language="java", run=StageRequest(memory_bytes=1 << 28))
    assert not box_is_served(*sources, (".hotspotrc", b""), language="java")
    assert not box_is_served(*sources, ("A.class", b"\0java/lang/management/RuntimeMXBean"), language="java")
    assert not box_is_served(*sources, ("A.java", b"ProcessHandle.current()"), language="java")


def test_runtime_that_is_held_has_listed_the_libraries_beside_its_program() -> None:
    made = ("main.cs", b""), ("main.dll", b"MZ"), ("main.runtimeconfig.json", b"{}"), ("data.txt", b"")
    assert box_is_served(*made, language="csharp")
    assert not box_is_served(*made, language="csharp", args=["x"])
    for other in ("helper.dll", "libcoreclr.so", "main.deps.json", "main.runtimeconfig.dev.json"):
        assert not box_is_served(*made, (other, b""), language="csharp")
    assert not box_is_served(("main.dll", b"MZ\0get_StartTime\0"), language="csharp")


def test_box_that_is_none_is_served_by_nobody() -> None:
    program, run = program_of("typescript", "run"), planned("typescript", ("", b"")).run
    good = b'[["main.js",1,420]]'
    assert serves(program, run, Box(good + b"1", len(good)).files)
    for header in (
        b"",
        b"[",
        b"{}",
        b'[["main.js"]]',
        b'[["main.js",2,420]]',
        b'[["main.js",-1,420]]',
        b'[["main.js",1,420,1]]',
    ):
        assert not serves(program, run, Box(header + b"1", len(header)).files)


def test_exercised_compiler_serves_any_sources_with_the_memory_it_was_started_for() -> None:
    assert is_served("csharp", ("A.cs", b""), ("B/C.cs", b""), args=["x"], environment={"X": "y"})
    assert not is_served("csharp", ("A.cs", b""), compile=StageRequest(memory_bytes=1 << 28))


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("python", b"# coding: latin-1"), ("python", b"PK\0"), ("python", b"#" * 65_537),
        ("c", b"// __FILE__"), ("c", b"#pragma once"), ("rust", b'include_str!("main.rs")'), ("rust", b"file!()"),
        ("bash", b"echo $SECONDS"), ("bash", b"echo x >>main.sh"), ("bash", b"#" * 2_049),
        ("bash", b"printf '%(%s)T' -2"), ("bash", b"echo x >>a"), ("python", "é = 1".encode()), ("python", b"\xf3\r\r\n"),
        ("ruby", b"class A"), ("ruby", b"def f\n \n"), ("ruby", b""), ("ruby", b"#!ruby -w"), ("ruby", b"# x\nDATA\n__END__\n"),
    ],
)  # fmt: skip
def test_source_that_is_otherwise_when_it_comes_later(language: str, source: bytes) -> None:
    assert not is_served(language, ("", source))


@pytest.mark.parametrize(
    "line",
    [
        b"", b"# x", b"  # <<A", b"require 'json'", b'require_relative "lib/a"', b"class A", b"module A", b"def f", b"def f(x)",
        'puts "Grüße"'.encode(), b"p 5", b"x = 5", b"endless = 'x'", b"n = gets.to_i", b"class BEGINNER", b"def end",
    ],
)  # fmt: skip
def test_plain_first_line(line: bytes) -> None:
    assert is_served("ruby", ("", line + b"\nputs 1\n"))


@pytest.mark.parametrize(
    "line",
    [
        b"puts <<A", b"puts 'abc", b"puts 08", b'puts "#{x}"', b'puts "\\u{110000}"', b"class a", b"def f(", b"def f(a, a)",
        b"x = 5 5", b"end = 5", b"nil = 5", b"break", b"=begin", b"\xef\xbb\xbfputs 1", b"puts 1\r", b"#" * 101,
        b"class BEGIN", b"module END", b"def f(end)", b"def f(nil)", b"def f(self)", b"puts 'a\nb'", b"puts 1 2",
    ],
)  # fmt: skip
def test_first_line_that_may_be_shown(line: bytes) -> None:
    assert not is_served("ruby", ("", line + b"\nputs 1\n"))
