"""Judge0's API over real HTTP, in the ways that its clients speak it."""

import base64
import io
import time
import zipfile
from typing import Any

import httpx
import pytest

from frontend.keys import Ceilings, Quota, Scope
from tests.service import Service, get, post

pytestmark = pytest.mark.service

HELLO: dict[str, Any] = {"source_code": "print(input()[::-1])", "language_id": 71, "stdin": "olleh"}
_PATIENCE_S = 60


def headers(service: Service) -> dict[str, str]:
    return {"X-Auth-Token": service.keys["execute"]}


def submit(service: Service, query: str = "?wait=true", **changes: Any) -> httpx.Response:
    body = {name: value for name, value in (HELLO | changes).items() if value is not ...}
    return post(f"{service.url}/submissions{query}", json=body, headers=headers(service), timeout=60)


def told(service: Service, **changes: Any) -> dict[str, Any]:
    response = submit(service, **changes)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def fetch(service: Service, path: str) -> httpx.Response:
    return get(f"{service.url}{path}", headers=headers(service))


def test_hello(service: Service) -> None:
    answer = told(service)
    assert float(answer.pop("time")) > 0
    assert answer.pop("memory") > 0
    assert len(answer.pop("token")) == 36
    assert answer == {
        "stdout": "hello\n", "stderr": None, "compile_output": None, "message": None,
        "status": {"id": 3, "description": "Accepted"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "changes", "status", "message"),
    [
        ("print(1)", {"expected_output": "1"}, 3, None),
        ("print('1  \\n2\\n\\n')", {"expected_output": "1\n2  "}, 3, None),
        ("print(1)", {"expected_output": "2"}, 4, None),
        ("while True: pass", {"cpu_time_limit": 0.2}, 5, "Time limit exceeded"),
        ("import time; time.sleep(9)", {"wall_time_limit": 1}, 5, "Time limit exceeded (wall clock)"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", {}, 7, "Caught fatal signal 11"),
        ("while True: print('x' * 9999)", {}, 8, "stdout length exceeded"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGFPE)", {}, 9, "Caught fatal signal 8"),
        ("import os; os.abort()", {}, 10, "Caught fatal signal 6"),
        ("exit(3)", {"expected_output": "x"}, 11, "Exited with error status 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGUSR1)", {}, 12, "Caught fatal signal 10"),
        ("x = bytearray(1 << 30)", {}, 12, "out of memory"),
    ],
)
def test_statuses(service: Service, code: str, changes: dict[str, Any], status: int, message: str | None) -> None:
    answer = told(service, source_code=code, **changes)
    assert answer["status"]["id"] == status, answer
    assert (answer["message"] or "").startswith(message or "")
    assert bool(answer["message"]) is bool(message)


def test_slash_at_the_end(service: Service) -> None:
    assert submit(service, "/?wait=true").json()["stdout"] == "hello\n"
    assert fetch(service, "/languages/").status_code == 200


def test_what_would_be_too_much_is_refused_and_disturbs_nobody(service: Service) -> None:
    for changes in ({"source_code": "x" * (9 << 20)}, {"stdin": "x" * (11 << 20)}):
        for query in ("", "?wait=true"):
            response = submit(service, query, **changes)
            assert (response.status_code, "more than" in response.json()["error"]) == (413, True)
    assert told(service)["stdout"] == "hello\n"


def test_key_with_less_than_judge0_gives(service: Service) -> None:
    quota = Quota(languages=("python",), run=Ceilings(timeout=1500, memory_limit=64 << 20))
    mine = {"X-Auth-Token": service.add_key("little", Scope.EXECUTE, quota=quota)}
    url = f"{service.url}/submissions?wait=true"
    assert post(url, json=HELLO, headers=mine, timeout=60).json()["stdout"] == "hello\n"
    refused = post(url, json=HELLO | {"wall_time_limit": 3}, headers=mine)
    assert (refused.status_code, refused.json()) == (422, {"wall_time_limit": ["must be less than or equal to 1.5"]})
    for query in ("", "?wait=true"):
        other = post(f"{service.url}/submissions{query}", json=HELLO | {"language_id": 46}, headers=mine)
        assert other.status_code == 403


def test_what_does_not_compile(service: Service) -> None:
    answer = told(service, language_id=50, source_code="int main(void) { return x; }")
    assert "undeclared" in answer.pop("compile_output")
    assert answer.pop("status") == {"id": 6, "description": "Compilation Error"}
    answer.pop("token")
    assert set(answer.values()) == {None}


def test_exit_code_and_signal(service: Service) -> None:
    for code, ends in (("exit 7", (7, None)), ("kill -9 $$", (0, 9)), ("true", (0, None))):
        response = submit(service, "?wait=true&fields=exit_code,exit_signal", language_id=46, source_code=code)
        assert (response.json()["exit_code"], response.json()["exit_signal"]) == ends


def test_base64(service: Service) -> None:
    source = base64.b64encode(b"import sys; sys.stdout.buffer.write(sys.stdin.buffer.read() * 30)").decode()
    stdin = base64.b64encode(b"\xff\x00a").decode()
    answer = submit(service, "?wait=true&base64_encoded=true", source_code=source, stdin=stdin).json()
    assert base64.b64decode(answer["stdout"]) == b"\xff\x00a" * 30
    lines = answer["stdout"].split("\n")
    assert ([len(line) for line in lines[:-2]], lines[-1]) == ([60] * (len(lines) - 2), "")


def test_what_is_no_text(service: Service) -> None:
    code = "import sys; sys.stdout.buffer.write(b'\\xff')"
    response = submit(service, source_code=code)
    assert (response.status_code, set(response.json())) == (201, {"token", "error"})
    token = response.json()["token"]
    assert fetch(service, f"/submissions/{token}").status_code == 400
    assert fetch(service, f"/submissions/batch?tokens={token}").status_code == 400
    assert fetch(service, f"/submissions/{token}?base64_encoded=true").json()["stdout"] == "/w==\n"


def test_arguments_files_and_merged_outputs(service: Service) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("helper.py", "X = 5")
    code = "import sys, helper; print(sys.argv[1:], helper.X, flush=True); print('err', file=sys.stderr)"
    files = base64.b64encode(buffer.getvalue()).decode()
    changes = {"source_code": code, "additional_files": files, "command_line_arguments": "'a b' c"}
    assert told(service, **changes)["stdout"] == "['a b', 'c'] 5\n"
    merged = told(service, **changes, redirect_stderr_to_stdout=True)
    assert (merged["stdout"], merged["stderr"]) == ("['a b', 'c'] 5\nerr\n", None)


def test_several_runs(service: Service) -> None:
    answer = submit(service, "?wait=true&fields=stdout,number_of_runs,time,wall_time,status", number_of_runs=4).json()
    assert (answer["stdout"], answer["number_of_runs"], answer["status"]["id"]) == ("hello\n", 4, 3)
    assert float(answer["wall_time"]) > 0
    code = "import random; print(random.randint(0, 1))"
    answer = told(service, source_code=code, number_of_runs=20, expected_output="1")
    assert (answer["status"]["id"], answer["stdout"]) == (4, "0\n")  # the first that is wrong: all right are 1 in 2**20


def wait_for(service: Service, path: str) -> Any:
    """Fetch it until nothing of it is under way."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        answer = fetch(service, path).json()
        if all(one["status"]["id"] > 2 for one in answer.get("submissions", [answer]) if one):
            return answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.05)


def test_fetched_later(service: Service) -> None:
    response = submit(service, "")
    assert response.status_code == 201
    assert set(response.json()) == {"token"}
    assert wait_for(service, f"/submissions/{response.json()['token']}")["stdout"] == "hello\n"


def test_batch(service: Service) -> None:
    url = f"{service.url}/submissions/batch"
    body = {"submissions": [HELLO, HELLO | {"language_id": 1}, HELLO | {"stdin": "x"}]}
    response = post(url, json=body, headers=headers(service))
    assert response.status_code == 201
    first, wrong, last = response.json()
    assert wrong == {"language_id": ["language with id 1 doesn't exist"]}
    tokens = f"{first['token']},nothing,{last['token']}"
    answer = wait_for(service, f"/submissions/batch?tokens={tokens}&fields=stdout,status")
    assert [one and one["stdout"] for one in answer["submissions"]] == ["hello\n", None, "x\n"]
    assert post(url, json={"submissions": [{}]}, headers=headers(service)).status_code == 422
    for number, message in ((0, "at least one"), (21, "less than or equal to 20")):
        response = post(url, json={"submissions": [HELLO] * number}, headers=headers(service))
        assert (response.status_code, message in response.json()["error"]) == (400, True)


def test_every_field(service: Service) -> None:
    answer = submit(service, "?wait=true&fields=*").json()
    assert answer["source_code"] == HELLO["source_code"]
    assert (answer["cpu_time_limit"], answer["memory_limit"], answer["language_id"]) == ("5.0", 128_000, 71)
    assert answer["created_at"] <= answer["finished_at"]
    assert answer["language"]["id"] == 71
    assert len(answer) == 35


@pytest.mark.parametrize(
    ("query", "changes", "status", "answer"),
    [
        ("", {"source_code": ...}, 422, {"source_code": ["can't be blank"]}),
        ("", {"language_id": 999}, 422, {"language_id": ["language with id 999 doesn't exist"]}),
        ("", {"enable_network": True}, 422, {"enable_network": ["this option cannot be enabled"]}),
        ("?fields=status,a,b", {}, 400, {"error": "invalid fields: [a, b]"}),
    ],
)
def test_what_is_refused(
    service: Service, query: str, changes: dict[str, Any], status: int, answer: dict[str, Any]
) -> None:
    response = submit(service, query, **changes)
    assert (response.status_code, response.json()) == (status, answer)


def test_body_that_is_not_json(service: Service) -> None:
    response = post(f"{service.url}/submissions", content=b"{", headers=headers(service))
    assert response.status_code == 400
    form = post(
        f"{service.url}/submissions?wait=true",
        data={"source_code": "print(4)", "language_id": "71"},
        headers=headers(service),
    )
    assert form.json()["stdout"] == "4\n"


def test_keys(service: Service) -> None:
    key = service.keys["execute"]
    ways: list[dict[str, Any]] = [
        {"headers": {"X-Auth-Token": key}},
        {"headers": {"Authorization": f"Bearer {key}"}},
        {"params": {"wait": "true", "X-Auth-Token": key}},
    ]
    for way in ways:
        response = httpx.post(f"{service.url}/submissions?wait=true", json=HELLO, trust_env=False, timeout=60, **way)
        assert response.status_code == 201, response.text
    wrong: list[dict[str, Any]] = [{}, {"headers": {"X-Auth-Token": "rt_live_x"}}]
    for way in wrong:
        response = httpx.post(f"{service.url}/submissions", json=HELLO, trust_env=False, **way)
        assert (response.status_code, response.content) == (401, b"")


def test_submissions_are_their_key_s(service: Service) -> None:
    token = submit(service).json()["token"]
    other = service.add_key("other", Scope.EXECUTE)
    assert get(f"{service.url}/submissions/{token}", headers={"X-Auth-Token": other}).status_code == 404
    assert fetch(service, f"/submissions/{token}").status_code == 200
    assert fetch(service, "/submissions/nothing").status_code == 404


def test_what_there_is(service: Service) -> None:
    languages = fetch(service, "/languages").json()
    assert {language["id"] for language in languages} >= {71, 63, 74, 46, 50, 54, 60, 72, 73, 62, 51}
    python = next(language for language in languages if language["id"] == 71)
    assert python["name"].startswith("Python (3.")
    assert fetch(service, "/languages/71").json()["name"] == python["name"]
    assert fetch(service, "/languages/1").status_code == 404
    assert [status["id"] for status in fetch(service, "/statuses").json()] == list(range(1, 15))
    assert fetch(service, "/about").json()["version"]
    assert fetch(service, "/config_info").json()["max_cpu_time_limit"] == 15


@pytest.mark.parametrize("id_", [46, 50, 51, 54, 60, 62, 63, 71, 72, 73, 74])
def test_every_language(service: Service, id_: int) -> None:
    """As long as nobody asks for more memory than Judge0 gives."""
    code = {
        46: "echo hi", 50: '#include <stdio.h>\nint main(void) { puts("hi"); }', 51: 'Console.WriteLine("hi");',
        54: '#include <iostream>\nint main() { std::cout << "hi\\n"; }', 60: 'package main\nimport "fmt"\nfunc main() { fmt.Println("hi") }',
        62: 'class Main { public static void main(String[] a) { System.out.println("hi"); } }', 63: 'console.log("hi")', 71: "print('hi')",
        72: 'puts "hi"', 73: 'fn main() { println!("hi"); }', 74: 'console.log("hi");',
    }[id_]  # fmt: skip
    answer = told(service, language_id=id_, source_code=code)
    assert (answer["status"]["id"], answer["stdout"]) == (3, "hi\n"), answer
