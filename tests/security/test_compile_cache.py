"""Group 13, between executions by way of the compiler: what is kept compiled is nobody else's, and nobody's to change."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import trio

from frontend.keys import Scope
from tests.service import Service, files_body

pytestmark = pytest.mark.service

# Each prints a word, and then does what it can to the files it was made of and from.
POISON = {
    "c": r"""
#include <stdio.h>
#include <stdlib.h>
int main(void) {
    puts("honest");
    fflush(stdout);
    return system("for f in $(find . -type f); do printf '#!/bin/sh\necho poisoned\n' > x; chmod 755 x; mv -f x $f; done; echo left > left");
}
""",
    "go": r"""
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("honest")
	entries, _ := os.ReadDir(".")
	for _, entry := range entries {
		os.Remove(entry.Name())
		os.WriteFile(entry.Name(), []byte("#!/bin/sh\necho poisoned\n"), 0755)
	}
}
""",
    "java": r"""
import java.nio.file.*;

class Main {
    public static void main(String[] args) throws Exception {
        System.out.println("honest");
        for (var file : Files.list(Path.of(".")).toList()) { Files.delete(file); Files.writeString(file, "poisoned"); }
    }
}
""",
    "rust": r"""
use std::fs;
fn main() {
    println!("honest");
    for entry in fs::read_dir(".").unwrap() {
        let path = entry.unwrap().path();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "poisoned").unwrap();
    }
}
""",
    "typescript": r"""
import { readdirSync, rmSync, writeFileSync } from "fs";
console.log("honest");
for (const name of readdirSync(".")) { rmSync(name); writeFileSync(name, "console.log('poisoned')"); }
""",
}


@pytest.mark.parametrize("language", POISON)
def test_program_does_not_change_what_is_kept_of_it(service: Service, language: str) -> None:
    """It is packed before the program runs, and each execution has its own copy."""
    code = POISON[language] + f"\n// {time.monotonic_ns()}\n"
    for turn in range(3):
        answer = service.execute(language, code, compile_timeout=60_000)
        assert (answer["cached"], answer["run"]["stdout"]) == (turn > 0, "honest\n"), answer


def test_what_a_compile_left_running_changes_nothing(service: Service) -> None:
    """Nothing does, here: a compiler that can be made to start a program would be a finding of its own."""
    code = f'#include <stdio.h>\nint main(void) {{ puts("1"); }} // {time.monotonic_ns()}'
    first, second = (service.execute("c", code, outputs=["**"]) for _ in range(2))
    assert (first["cached"], second["cached"]) == (False, True)
    assert first["files"] == second["files"]


@pytest.fixture
def other_key(service: Service) -> Iterator[str]:
    service.add_key("other", Scope.EXECUTE)
    yield "other"
    service.revoke_key("other")


def test_other_keys_compile_for_themselves(service: Service, other_key: str) -> None:
    """Nor can one tell by it, or by the time it takes, what another has compiled."""
    body = {"language": "c", "code": f"int main(void) {{ return 3; }} // {time.monotonic_ns()}"}
    cached = [service.post_json(body, key).json()["cached"] for key in ("execute", "execute", other_key, other_key)]
    assert cached == [False, True, False, True]


def test_every_byte_counts(service: Service) -> None:
    code = f'#include "a.h"\nint main(void) {{ return A; }} // {time.monotonic_ns()}'
    sources = [
        {"main.c": code, "a.h": "#define A 1"},
        {"main.c": code, "a.h": "#define A 2"},
        {"main.c": code, "a.h": "#define A 1", "b.h": ""},
        {"main.c": code + " ", "a.h": "#define A 1"},
        {"other.c": code, "a.h": "#define A 1"},
    ]
    for files in sources:
        answer = service.execute("c", files)
        assert not answer["cached"]
        assert answer["run"]["code"] == int(files["a.h"][-1])
    assert service.execute("c", sources[0])["cached"]


def test_versions_are_apart(service: Service) -> None:
    body = {
        "language": "java",
        "code": f"class M {{ public static void main(String[] a) {{ }} }} // {time.monotonic_ns()}",
    }
    answers = [service.post_json({**body, "version": version}).json() for version in ("25", "21", "25", "21")]
    assert [answer["cached"] for answer in answers] == [False, False, True, True]
    assert answers[0]["version"] == answers[2]["version"] != answers[1]["version"]


def test_what_does_not_compile_is_compiled_again(service: Service) -> None:
    code = f"int main(void) {{ nothing }} // {time.monotonic_ns()}"
    for _ in range(2):
        answer = service.execute("c", code)
        assert (answer["cached"], answer["compile"]["status"]) == (False, "nonzero_exit")


def test_compiler_is_quoted_and_its_limits_are_no_others(service: Service) -> None:
    """What it said is said again; a limit that it would not have kept does not come into it, for it does not run."""
    code = f"#warning careful\nint main(void) {{ }} // {time.monotonic_ns()}"
    first = service.execute("c", code)
    second = service.execute("c", code, compile_timeout=1, compile_memory_limit=1)
    assert "careful" in first["compile"]["stderr"]
    assert second["compile"] == {**first["compile"], "time_ms": 0, "cpu_ms": 0, "memory_kb": 0}
    assert second["run"]["status"] == "ok"


@pytest.mark.parametrize("own_service", [{"runtimes": ["bash", "cpp"]}], indirect=True)
async def test_one_compiles_and_the_others_wait(own_service: Service) -> None:
    body = {"language": "c++", "code": "#include <iostream>\nint main() { std::cout << 1; }", "compile_timeout": 60_000}
    answers: list[dict[str, Any]] = []

    async def execute() -> None:
        async with own_service.client() as client:
            answers.append((await client.post("/v1/execute", json=body)).json())

    async with trio.open_nursery() as nursery:
        for _ in range(6):
            nursery.start_soon(execute)
    assert sorted(answer["cached"] for answer in answers) == [False] + [True] * 5
    assert {answer["run"]["stdout"] for answer in answers} == {"1"}
    cache = own_service.pool()["compile_cache"]
    assert (cache["entries"], cache["hits"], cache["misses"]) == (1, 5, 1)


@pytest.mark.parametrize("own_service", [{"compile_cache_bytes": 160_000}], indirect=True)
def test_it_has_an_end(own_service: Service) -> None:
    """Thirty programs of some 16 kB, of which fewer than that fit; and one that is larger than its share."""
    programs = [f"int main(void) {{ return {number}; }}" for number in range(30)]
    for number, code in enumerate(programs):
        assert own_service.run("c", code)["code"] == number
        assert own_service.pool()["compile_cache"]["bytes"] <= 160_000
    assert 3 < own_service.pool()["compile_cache"]["entries"] < 30
    assert own_service.execute("c", programs[-1])["cached"]
    assert not own_service.execute("c", programs[0])["cached"]
    large = "char x[100000] = {1}; int main(void) { return x[0]; }"
    assert [own_service.execute("c", large)["cached"] for _ in range(2)] == [False, False]


@pytest.mark.parametrize("own_service", [{"compile_cache_bytes": 0}], indirect=True)
def test_it_can_be_switched_off(own_service: Service) -> None:
    assert [own_service.execute("c", "int main(void) { }")["cached"] for _ in range(2)] == [False, False]
    assert own_service.pool()["compile_cache"]["entries"] == 0


def test_interpreted_languages_have_none(service: Service) -> None:
    assert "cached" not in service.execute("bash", "true")
    assert "cached" not in service.post_json({"language": "python", "files": files_body({"main.py": ""})}).json()
