"""Which requests a program may serve that was started before they came."""

import pytest

from protocol.messages import Execute, SourceFile, StageRequest
from runtimes.manifest import load_manifests
from runtimes.store import InstalledRuntime
from supervisor.validation import Installed, plan_execution
from supervisor.warm import program_of, serves

AVAILABLE = {
    name: Installed(name, manifest, InstalledRuntime(version="1.0.0", layers=("x",)))
    for name, manifest in load_manifests().items()
    if name in ("python", "bash", "ruby", "c", "go", "rust", "typescript", "csharp")
}


def is_served(language: str, *sources: tuple[str, bytes], **fields: object) -> bool:
    files = [SourceFile(name=name or None, content=content) for name, content in sources]
    request = Execute(id=1, execution_id="0" * 32, language=language, version="*", files=files, **fields)  # type: ignore[arg-type]  # by name
    program = program_of(AVAILABLE[language])
    return program is not None and serves(program, plan_execution(request, AVAILABLE))


@pytest.mark.parametrize("language", ["python", "bash", "ruby", "c", "rust", "typescript", "csharp"])
def test_lone_source(language: str) -> None:
    assert is_served(language, ("", b"# a comment\n"))


def test_nothing_waits_where_the_manifest_does_not_say_so() -> None:
    assert program_of(AVAILABLE["go"]) is None


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


def test_exercised_compiler_serves_any_sources_with_the_memory_it_was_started_for() -> None:
    assert is_served("csharp", ("A.cs", b""), ("B/C.cs", b""), args=["x"], environment={"X": "y"})
    assert not is_served("csharp", ("A.cs", b""), compile=StageRequest(memory_bytes=1 << 28))


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("python", b"# coding: latin-1"), ("python", b"PK\0"), ("python", b"#" * 65_537),
        ("c", b"// __FILE__"), ("c", b"#pragma once"), ("rust", b'include_str!("main.rs")'), ("rust", b"file!()"),
        ("bash", b"echo $SECONDS"), ("bash", b"echo x >>main.sh"), ("bash", b"#" * 2_049),
        ("ruby", b""), ("ruby", b"#!ruby -w"), ("ruby", b"# x\nDATA\n__END__\n"),
    ],
)  # fmt: skip
def test_source_that_is_otherwise_when_it_comes_later(language: str, source: bytes) -> None:
    assert not is_served(language, ("", source))


@pytest.mark.parametrize(
    "line",
    [
        b"", b"# x", b"  # <<A", b"require 'json'", b'require_relative "lib/a"', b"class A", b"module A", b"def f", b"def f(x)",
        'puts "Grüße"'.encode(), b"p 5", b"x = 5", b"endless = 'x'", b"n = gets.to_i",
    ],
)  # fmt: skip
def test_plain_first_line(line: bytes) -> None:
    assert is_served("ruby", ("", line + b"\nputs 1\n"))


@pytest.mark.parametrize(
    "line",
    [
        b"puts <<A", b"puts 'abc", b"puts 08", b'puts "#{x}"', b'puts "\\u{110000}"', b"class a", b"def f(", b"def f(a, a)",
        b"x = 5 5", b"end = 5", b"nil = 5", b"break", b"=begin", b"\xef\xbb\xbfputs 1", b"puts 1\r", b"#" * 101,
    ],
)  # fmt: skip
def test_first_line_that_may_be_shown(line: bytes) -> None:
    assert not is_served("ruby", ("", line + b"\nputs 1\n"))
