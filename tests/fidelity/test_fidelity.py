"""Nobody can tell whether a program's interpreter was started before its request came.

Every program is run by a service that starts interpreters in advance and by one
that never does; all that is told of it must be the same, but for times and memory.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import state_folder
from tests.fidelity import (
    snippets_bash,
    snippets_compiled,
    snippets_javascript,
    snippets_python,
    snippets_ruby,
    snippets_sources,
)
from tests.service import Service

pytestmark = pytest.mark.service

PROGRAMS = {
    "python": snippets_python.PROGRAMS,
    "javascript": snippets_javascript.PROGRAMS,
    "ruby": snippets_ruby.PROGRAMS,
    "bash": snippets_bash.PROGRAMS,
}
COMPILED = snippets_compiled.PROGRAMS | snippets_sources.PROGRAMS
STDIN = "first line\nsecond line\n\nlast without end"
# Between any two executions: addresses, threads, durations, seeds.
DIFFERENT = re.compile(
    r"0x[0-9a-f]{6,}|started \d{9,}|[\d.]+ ?(ms|s|runs/s|assertions/s)\b|duration_ms:? [\d.]+|seed \d+|/tmp/cc\w{6}|Repeat \d+ times"
)
Told = Callable[[dict[str, Any]], dict[str, Any]]
TOLD = ("stdout", "stderr", "code", "signal", "status", "message", "stdout_truncated", "stdout_replaced")


@pytest.fixture(scope="module")
def cold() -> Iterator[Service]:
    with Service.start("cold", state_folder(), warm=False) as running:
        yield running


@pytest.fixture(scope="module")
def resident() -> Iterator[Service]:
    with Service.start(
        "resident", state_folder(), resident_compilers=2, compile_cache_bytes=0, runtimes=["java", "csharp"]
    ) as running:
        yield running


def told(service: Service, body: dict[str, Any]) -> dict[str, Any]:
    response = service.post_json({"run_timeout": 20_000, **body})
    assert response.status_code == 200, response.text
    answer = response.json()
    stages = [
        {name: stage[name] for name in TOLD}
        | {stream: DIFFERENT.sub("~", stage[stream]) for stream in ("stdout", "stderr")}
        if (stage := answer.get(kind))
        else {}
        for kind in ("compile", "run")
    ]
    return stages[1] | {"compile": stages[0], "files": answer.get("files")}


@pytest.fixture(scope="module")
def told_cold(cold: Service) -> Told:
    """Asked for once: two tests compare with the same."""
    known: dict[str, dict[str, Any]] = {}

    def told_once(body: dict[str, Any]) -> dict[str, Any]:
        key = json.dumps(body)
        if key not in known:
            known[key] = told(cold, body)
        return known[key]

    return told_once


def waiting(service: Service, language: str) -> int:
    """How many jails with a program that waits there are; the next request takes one."""
    pools = [pool for pool in service.pool()["pools"] if pool["language"] == language and pool["mode"] == "started"]
    return min((int(pool["warm"]) for pool in pools), default=0)


def wait_warm(service: Service, language: str) -> None:
    """Until one waits; looked at now and then, for the processors are wanted for getting it warm."""
    while not waiting(service, language):
        time.sleep(0.02)


def assert_same(warm: Service, cold: Service, body: dict[str, Any]) -> dict[str, Any]:
    wait_warm(warm, body["language"])
    started, begun = told(warm, body), told(cold, body)
    assert started == begun
    return started


@pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language, programs in PROGRAMS.items() for name in programs]
)
def test_program_is_told_the_same(service: Service, cold: Service, language: str, name: str) -> None:
    assert waiting(cold, language) == 0
    code = PROGRAMS[language][name]
    assert_same(service, cold, {"language": language, "code": code, "stdin": STDIN})


@pytest.mark.parametrize(
    ("language", "name"),
    [(language, name) for language, programs in COMPILED.items() for name in programs],
)
def test_compiler_says_and_makes_the_same(
    service: Service, cold: Service, told_cold: Told, language: str, name: str
) -> None:
    assert waiting(cold, language) == 0
    files = [{"name": path, "content": content} for path, content in COMPILED[language][name].items()]
    body = {"language": language, "files": files, "stdin": STDIN, "compile_timeout": 60_000}
    expected = "nonzero_exit" if name.startswith("error") else "ok"
    wait_warm(service, language)
    same = told(service, body)
    assert same == told_cold(body)
    assert same["compile"]["status"] == expected, same


@pytest.mark.parametrize("name", [(language, name) for language in ("java", "csharp") for name in COMPILED[language]])
def test_compiler_that_stays_says_and_makes_the_same(resident: Service, told_cold: Told, name: tuple[str, str]) -> None:
    """The first time, and whatever it has compiled before."""
    language = name[0]
    files = [{"name": path, "content": content} for path, content in COMPILED[language][name[1]].items()]
    body = {"language": language, "files": files, "stdin": STDIN, "compile_timeout": 60_000}
    begun = told_cold(body)
    assert [told(resident, body) for _ in range(2)] == [begun, begun]


@pytest.mark.parametrize("language", COMPILED)
def test_compiler_that_waited_has_its_limits(service: Service, cold: Service, language: str) -> None:
    name, code = next(iter(COMPILED[language]["hello"].items()))
    body = {"language": language, "files": [{"name": name, "content": code}]}
    for limit, status in (
        ({"compile_cpu_time": 1}, "cpu_timeout"),
        ({"compile_timeout": 1}, "timeout"),
        ({"compile_memory_limit": 1 << 20}, "out_of_memory"),
    ):
        body["files"] = [{"name": name, "content": f"{code}// {status}"}]  # not one that is compiled already
        assert assert_same(service, cold, {**body, **limit})["compile"]["status"] == status


def test_there_are_hundreds() -> None:
    assert sum(map(len, PROGRAMS.values())) > 400


# What the service has to see: that another program would have been started.
OTHERS: dict[str, dict[str, Any]] = {
    "arguments": {"language": "python", "code": "import sys; print(sys.argv, sys.orig_argv)", "args": ["a b", "-c", ""]},
    "an environment": {"language": "python", "code": "import os, sys; print(os.environ['X'], sys.flags.hash_randomization)",
                       "env": {"X": "y", "PYTHONHASHSEED": "0"}},
    "options of the interpreter": {"language": "javascript", "code": "console.log(process.execArgv, x)", "env": {"NODE_OPTIONS": "--trace-uncaught"}},
    "another name": {"language": "python", "files": [{"name": "other.py", "content": "print(__file__, __import__('sys').argv)"}]},
    "a name in a folder": {"language": "javascript", "files": [{"name": "src/main.js", "content": "console.log(__filename)"}]},
    "a package of modules": {"language": "javascript", "files": [
        {"name": "main.js", "content": "import { x } from './x.js'; console.log(x, import.meta.url)"},
        {"name": "x.js", "content": "export const x = 5"}, {"name": "package.json", "content": '{"type": "module"}'}]},
    "settings": {"language": "python", "files": [
        {"name": "main.py", "content": "import sys; print(sys.path[-1], 'mark' in sys.modules)"},
        {"name": ".local/lib/python3.13/site-packages/mark.pth", "content": "import mark"},
        {"name": ".local/lib/python3.13/site-packages/mark.py", "content": "print('marked')"}]},
    "a zip archive": {"language": "python", "files": [{"name": "main.py", "encoding": "base64", "content": (
        "UEsDBBQAAAAAAAAAIQCpi9KnCwAAAAsAAAALAAAAX19tYWluX18ucHlwcmludCgnemlwJylQSwECFAMUAAAAAAAAACEAqYvSpwsAAAALAAAACwAA"
        "AAAAAAAAAAAAgAEAAAAAX19tYWluX18ucHlQSwUGAAAAAAEAAQA5AAAANAAAAAAA")}]},
    "little memory": {"language": "javascript", "code": "console.log(require('v8').getHeapStatistics().heap_size_limit)",
                      "run_memory_limit": 200_000_000},
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_other_program_is_started_as_itself(service: Service, cold: Service, name: str) -> None:
    assert_same(service, cold, OTHERS[name])


FILES = {
    "siblings": ("python", "import helper, pkg.inner\nprint(helper.x, pkg.inner.y, helper.__file__)",
                 {"helper.py": "x = 1", "pkg/__init__.py": "", "pkg/inner.py": "y = 2"}),
    "shadowing": ("python", "import random\nprint(random.__file__, random.x)", {"random.py": "x = 'mine'"}),
    "shadowing what is loaded": ("python", "import os, io\nprint(os.__file__)", {"os.py": "x = 'mine'", "io.py": "x = 'mine'"}),
    "data": ("python", "print(open('d/a.txt').read(), sorted(__import__('os').listdir('.')))", {"d/a.txt": "text"}),
    "required": ("javascript", "console.log(require('./a'), require('./lib'))", {"a.js": "module.exports = 1", "lib/index.js": "module.exports = 2"}),
    "node_modules": ("javascript", "console.log(require('m'))", {"node_modules/m/index.js": "module.exports = 'm'"}),
    "required by ruby": ("ruby", "require_relative 'a'\np X, $LOADED_FEATURES.last\nload './a.rb'", {"a.rb": "X = __FILE__"}),
    "sourced": ("bash", ". ./a.inc; echo $x $LINENO; bash b", {"a.inc": "x=$LINENO", "b": "echo $LINENO"}),
    "esm beside": ("javascript", "import('./a.mjs').then((m) => console.log(m.x))", {"a.mjs": "export const x = 5"}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_beside_the_program(service: Service, cold: Service, name: str) -> None:
    language, code, others = FILES[name]
    main = {"python": "main.py", "javascript": "main.js", "ruby": "main.rb", "bash": "main.sh"}[language]
    files = [{"name": main, "content": code}, *({"name": n, "content": c} for n, c in others.items())]
    assert assert_same(service, cold, {"language": language, "files": files, "outputs": ["**"]})["code"] == 0


UNLIKE = {
    "hash seed": ("python", "print(hash('x'))"),
    "random": ("python", "import random; print(random.random())"),
    "secrets": ("python", "import os, uuid; print(os.urandom(8), uuid.uuid4())"),
    "addresses": ("python", "print(id(object()), id([]))"),
    "random of node": ("javascript", "console.log(Math.random(), require('crypto').randomUUID())"),
    "hash seed of ruby": ("ruby", "p 'x'.hash"),
    "random of ruby": ("ruby", "p rand, Random.seed, [*1..99].shuffle"),
    "random of bash": ("bash", "echo $RANDOM $RANDOM $SRANDOM"),
}


@pytest.mark.parametrize("name", UNLIKE)
def test_what_is_random_differs_between_executions(service: Service, name: str) -> None:
    language, code = UNLIKE[name]
    outputs = set()
    for _ in range(5):
        wait_warm(service, language)
        outputs.add(service.run(language, code)["stdout"])
    assert len(outputs) == 5


@pytest.mark.parametrize("language", PROGRAMS)
def test_limits_hold_for_a_program_that_waited(service: Service, cold: Service, language: str) -> None:
    endless = {
        "python": "while True: pass",
        "javascript": "for (;;) ;",
        "ruby": "loop {}",
        "bash": "while :; do :; done",
    }[language]
    body = {"language": language, "code": endless, "run_timeout": 300}
    assert assert_same(service, cold, body)["status"] == "timeout"
    assert assert_same(service, cold, {**body, "run_timeout": 20_000, "run_cpu_time": 300})["status"] == "cpu_timeout"
    leak = {
        "python": "x = []\nwhile True: x.append(bytearray(1 << 20))",
        "javascript": "const x = []; for (;;) x.push(Buffer.alloc(1 << 20, 1))",
        "ruby": "x = []\nloop { x << '.' * (1 << 20) }",
        "bash": "x=..........; while :; do x=$x$x; done",
    }[language]
    limited = {"language": language, "code": leak, "run_memory_limit": 128 << 20}
    assert assert_same(service, cold, limited)["status"] == "out_of_memory"


@pytest.mark.parametrize("language", ["python", "javascript", "ruby"])
def test_memory_that_does_not_hold_what_waits(service: Service, cold: Service, language: str) -> None:
    """Less than the interpreter has taken by now: the same as if it had taken it later."""
    code = PROGRAMS[language]["hello"]
    assert (
        assert_same(service, cold, {"language": language, "code": code, "run_memory_limit": 1 << 20})["status"]
        == "out_of_memory"
    )


@pytest.mark.parametrize("language", PROGRAMS)
def test_memory_is_told_with_what_the_interpreter_takes(service: Service, cold: Service, language: str) -> None:
    body = {"language": language, "code": PROGRAMS[language]["hello"]}
    wait_warm(service, language)
    started, begun = (s.post_json(body).json()["run"]["memory_kb"] for s in (service, cold))
    assert 0.6 * begun - 1024 < started < 1.6 * begun + 1024
