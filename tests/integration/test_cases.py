"""One program and many inputs: compiled once, each run in a jail of its own."""

from typing import Any

import pytest

from tests.service import Service

pytestmark = pytest.mark.service

# Sums what comes; the second is compiled.
SUMS = {
    "python": "import sys; print(sum(map(int, sys.stdin.read().split())))",
    "c": '#include <stdio.h>\nint main(void) { long s = 0, n; while (scanf("%ld", &n) == 1) s += n; printf("%ld\\n", s); }',
}


def run_cases(service: Service, language: str, code: str, cases: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return service.execute(language, code, cases=cases, **fields)


def verdicts(answer: dict[str, Any]) -> list[str]:
    return [case["verdict"] for case in answer["cases"]]


@pytest.mark.parametrize("language", SUMS)
def test_each_case_has_its_input_and_its_verdict(service: Service, language: str) -> None:
    cases = [{"stdin": f"{n} {n}", "expected_stdout": f"{2 * n}"} for n in range(20)]
    cases[7]["expected_stdout"] = "15"
    answer = run_cases(service, language, SUMS[language], [*cases, {"stdin": "1"}])
    assert verdicts(answer) == ["passed"] * 7 + ["wrong_answer"] + ["passed"] * 13
    assert [case["stdout"] for case in answer["cases"]] == [f"{2 * n}\n" for n in range(20)] + ["1\n"]
    assert answer["run"] == {name: value for name, value in answer["cases"][7].items() if name != "verdict"}
    assert min(case["memory_kb"] for case in answer["cases"]) > 0
    assert min(case["time_ms"] for case in answer["cases"]) > 0


def test_compiled_once(service: Service) -> None:
    code = SUMS["c"] + "// of test_compiled_once"
    first = run_cases(service, "c", code, [{"stdin": "1"}, {"stdin": "2"}])
    assert first["compile"]["cpu_ms"] > 0
    assert first["cached"] is False
    again = run_cases(service, "c", code, [{"stdin": "3", "expected_stdout": "3"}])
    assert (again["cached"], again["compile"]["cpu_ms"], verdicts(again)) == (True, 0, ["passed"])


def test_no_case_meets_another(service: Service) -> None:
    code = "import os; print(os.listdir('.'), os.listdir('/tmp')); open('left', 'w'); open('/tmp/left', 'w')"
    answer = run_cases(service, "python", code, [{} for _ in range(8)])
    assert {case["stdout"] for case in answer["cases"]} == {"['main.py'] []\n"}


def test_arguments_of_each(service: Service) -> None:
    code = "import sys; print(sys.argv[1:])"
    answer = run_cases(
        service, "python", code, [{"args": ["a b", "-x"]}, {"args": []}, {"args": ["ü"]}], env={"X": "y"}
    )
    assert [case["stdout"] for case in answer["cases"]] == ["['a b', '-x']\n", "[]\n", "['ü']\n"]


@pytest.mark.parametrize(
    ("code", "expected", "verdict"),
    [
        ("print('a  \\nb\\n\\n')", "a\nb", "passed"),
        ("print('a\\n b')", "a\nb", "wrong_answer"),
        ("print('a\\n\\nb')", "a\nb", "wrong_answer"),
        ("pass", "", "passed"),
        ("print('a'); exit(1)", "a", "failed"),
        ("import os; os.kill(os.getpid(), 9)", None, "failed"),
    ],
)
def test_what_counts(service: Service, code: str, expected: str | None, verdict: str) -> None:
    assert verdicts(run_cases(service, "python", code, [{"expected_stdout": expected}])) == [verdict]


def test_bytes_are_compared_as_they_come(service: Service) -> None:
    code = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
    cases = [{"stdin": "AP8=", "expected_stdout": "AP8="}, {"stdin": "AP8=", "expected_stdout": "AAA="}]
    answer = run_cases(service, "python", code, cases, stdin_encoding="base64", output_encoding="base64")
    assert verdicts(answer) == ["passed", "wrong_answer"]
    assert answer["cases"][0]["stdout"] == "AP8="


def test_a_case_that_is_too_slow_fails_alone(service: Service) -> None:
    code = "import sys\nif input() == 'slow':\n    while True: pass\nprint('done')"
    answer = run_cases(
        service, "python", code, [{"stdin": word} for word in ("quick", "slow", "quick")], run_timeout=500
    )
    assert verdicts(answer) == ["passed", "failed", "passed"]
    assert answer["cases"][1]["status"] == answer["run"]["status"] == "timeout"


def test_stop_on_failure(service: Service) -> None:
    cases = [{"stdin": str(n), "expected_stdout": "0"} for n in range(50)]
    answer = run_cases(service, "python", SUMS["python"], cases, stop_on_failure=True)
    told = verdicts(answer)
    assert told[0] == "passed"
    assert "wrong_answer" in told
    skipped = [case for case in answer["cases"] if case["verdict"] == "skipped"]
    assert len(skipped) > 30
    assert told[-len(skipped) :] == ["skipped"] * len(skipped)
    assert {(case["status"], case["message"]) for case in skipped} == {("skipped", "an earlier case did not pass")}


def test_what_does_not_compile_is_run_by_no_case(service: Service) -> None:
    answer = run_cases(service, "c", "int main(void) { return x; }", [{}, {}])
    assert verdicts(answer) == ["skipped", "skipped"]
    assert (answer["compile"]["status"], answer["run"]["status"]) == ("nonzero_exit", "skipped")
    assert answer["cases"][0]["message"] == "the compile stage failed"


def test_program_that_is_too_large_to_be_handed_on(service: Service) -> None:
    code = "char x[40 << 20] = {1}; int main(void) { return x[0] - 1; }"
    assert service.run("c", code)["code"] == 0
    response = service.post("c", code, cases=[{}])
    assert response.status_code == 413, response.text
    assert response.json()["error"]["path"] == ["cases"]


def test_output_is_shared_out(service: Service) -> None:
    share = 8 * 1024 * 1024 // 20
    code = "import sys; print('x' * int(input()), end='')"
    cases = [{"stdin": str(share + extra)} for extra in (0, 1)] + [{"stdin": "1"} for _ in range(18)]
    answer = run_cases(service, "python", code, cases)
    assert [case["status"] for case in answer["cases"][:2]] == ["ok", "output_limit"]
    assert [len(case["stdout"]) for case in answer["cases"][:3]] == [share, share, 1]


@pytest.mark.parametrize(
    ("fields", "status", "code", "path"),
    [
        ({"cases": []}, 400, "invalid_request", ["cases"]),
        ({"cases": [{}] * 101}, 413, "too_large", ["cases"]),
        ({"cases": [{}], "stdin": "x"}, 400, "invalid_request", ["cases"]),
        ({"cases": [{}], "args": ["x"]}, 400, "invalid_request", ["cases"]),
        ({"cases": [{}], "outputs": ["*"]}, 400, "invalid_request", ["cases"]),
        ({"cases": [{"stdin": "x" * 6_000_000}] * 2}, 413, "too_large", ["cases"]),
        ({"cases": [{"expected_stdout": "x" * 6_000_000}] * 2}, 413, "too_large", ["cases"]),
        ({"cases": [{}, {"args": ["a\0"]}]}, 400, "invalid_request", ["cases", 1, "args", 0]),
        ({"cases": [{"stdin": "x" * 5_000_000}] * 6}, 413, "too_large", ["cases"]),  # more than goes to the supervisor
        ({"cases": [{"args": ["x" * 33_000] * 200}] * 4}, 413, "too_large", ["cases", 0, "args"]),
        ({"cases": [{"args": ["x" * 33_000]}]}, 413, "too_large", ["cases", 0, "args"]),
        ({"cases": [{"args": ["x"] * 300}]}, 413, "too_large", ["cases", 0, "args"]),
        ({"cases": [{"stdin": "!"}], "stdin_encoding": "base64"}, 400, "invalid_request", ["cases", 0, "stdin"]),
        ({"cases": [{"input": "x"}]}, 400, "invalid_request", ["cases", 0, "input"]),
        ({"stop_on_failure": True}, 400, "invalid_request", ["stop_on_failure"]),
    ],
)
def test_cases_that_are_refused(
    service: Service, fields: dict[str, Any], status: int, code: str, path: list[Any]
) -> None:
    response = service.post("python", "print(1)", **fields)
    assert response.status_code == status, response.text
    assert (response.json()["error"]["code"], response.json()["error"]["path"]) == (code, path)
