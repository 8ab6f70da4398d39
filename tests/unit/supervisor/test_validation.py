"""What a request may ask for, and what it gets to hear when it asks for more."""

import pytest

from jail import control
from protocol.messages import MAX_FILE_BYTES, ErrorCode, Execute, SourceFile, StageRequest
from runtimes.manifest import load_manifests
from runtimes.store import InstalledRuntime
from supervisor.errors import Refusal
from supervisor.validation import Installed, Plan, plan_execution

VERSIONS = {"python": "3.13.5", "c": "14.2.0", "java": "25.0.5.1", "java21": "21.0.13.1"}
AVAILABLE = {
    name: Installed(name, load_manifests()[name], InstalledRuntime(version=version, layers=("x",)))
    for name, version in VERSIONS.items()
}


def plan(language: str = "python", version: str = "*", **fields: object) -> Plan:
    arguments: dict[str, object] = {"files": [SourceFile(content=b"1")], **fields}
    return plan_execution(
        Execute(id=1, execution_id="0" * 32, language=language, version=version, **arguments),  # type: ignore[arg-type]  # by name
        AVAILABLE,
    )


def refusal(**fields: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        plan(**fields)  # type: ignore[arg-type]  # by name
    return caught.value


def test_single_source_gets_the_runtimes_name() -> None:
    planned = plan()
    assert planned.files == [("main.py", b"1")]
    assert planned.run.argv == ("python3", "main.py")
    assert planned.compile is None


@pytest.mark.parametrize("name", ["PY", "Python", "python3"])
def test_aliases_in_any_case(name: str) -> None:
    assert plan(language=name).installed.name == "python"


def test_newest_version_unless_asked() -> None:
    assert plan(language="java").installed.name == "java"
    assert plan(language="java", version="21").installed.name == "java21"


def test_unknown_language_and_version_name_what_there_is() -> None:
    unknown = refusal(language="cobol")
    assert (unknown.code, unknown.path) == (ErrorCode.UNKNOWN_LANGUAGE, ["language"])
    assert "c, java, python" in unknown.message
    version = refusal(version="2")
    assert (version.code, version.path) == (ErrorCode.UNKNOWN_VERSION, ["version"])
    assert "3.13.5" in version.message


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a/../../b", "..", "a\0b", "", ".", "./", "a/", "x" * 256, "a/" * 600 + "b", "\udcff"]
)
def test_bad_names(name: str) -> None:
    refused = refusal(files=[SourceFile(content=b""), SourceFile(name=name, content=b"")])
    assert (refused.code, refused.path) == (ErrorCode.INVALID_REQUEST, ["files", 1, "name"])


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "a/b/c.py", "-x.py", " ", "...", "a b$(id)'\".py", "日本.py"])
def test_good_names(name: str) -> None:
    assert plan(files=[SourceFile(name=name, content=b"")]).files == [(name, b"")]


@pytest.mark.parametrize("names", [("a", "a"), ("a", "./a"), ("a", "a/b"), ("a/b", "a"), ("a/b", "a/b/c"), ("a", None)])
def test_names_that_clash(names: tuple[str, str]) -> None:
    assert refusal(files=[SourceFile(name=name, content=b"") for name in names]).path == ["files", 1, "name"]


def test_files_together_are_bounded() -> None:
    files = [SourceFile(name=str(n), content=bytes(MAX_FILE_BYTES)) for n in range(2)]
    assert refusal(files=files).code == ErrorCode.TOO_LARGE


@pytest.mark.parametrize("character", ["a", "\x01"])
def test_names_of_sources_fit_into_one_command(character: str) -> None:
    """As init is told them, where a control character takes six bytes."""
    files = [SourceFile(name=f"{character * 250}/" * 4 + f"{number:03}.c", content=b"") for number in range(256)]
    most = next(number for number in range(1, 256) if not is_planned(files[: number + 1]))
    stage = plan("c", files=files[:most]).compile
    assert stage
    order = control.encode({"order": "stage", "command": stage.command.as_message()})
    assert 0.9 * control.MAX_MESSAGE_BYTES < len(order) < control.MAX_MESSAGE_BYTES
    refused = refusal(language="c", files=files[: most + 1])
    assert (refused.code, refused.path) == (ErrorCode.TOO_LARGE, ["files"])


def is_planned(files: list[SourceFile]) -> bool:
    try:
        return plan("c", files=files) is not None
    except Refusal:
        return False


def test_limits_are_lowered_never_raised() -> None:
    planned = plan(run=StageRequest(wall_time_ms=1.5, cpu_time_ms=2, memory_bytes=3))
    assert (planned.run.wall_time_ms, planned.run.cpu_time_ms, planned.run.memory_bytes) == (1.5, 2, 3)
    ceiling = AVAILABLE["python"].manifest.run.limits
    refused = refusal(run=StageRequest(wall_time_ms=ceiling.wall_time_ms + 1))
    assert (refused.path, str(ceiling.wall_time_ms) in refused.message) == (["run_timeout"], True)
    refused = refusal(run=StageRequest(memory_bytes=ceiling.memory_bytes + 1))
    assert (refused.path, str(ceiling.memory_bytes) in refused.message) == (["run_memory_limit"], True)
    refused = refusal(language="c", compile=StageRequest(cpu_time_ms=1e7))
    assert refused.path == ["compile_cpu_time"]


def test_defaults_of_the_contract() -> None:
    planned = plan(language="c")
    assert planned.compile is not None
    assert (planned.compile.wall_time_ms, planned.run.wall_time_ms) == (10_000, 5_000)
    assert planned.run.memory_bytes == AVAILABLE["c"].manifest.run.limits.memory_bytes


def test_environment_is_the_programs_not_the_compilers() -> None:
    planned = plan(language="c", environment={"FOO": "bar", "HOME": "/tmp"})
    assert planned.compile is not None
    assert "FOO" not in planned.compile.environment
    assert planned.compile.environment["HOME"] == "/box"
    assert planned.run.environment["FOO"] == "bar"
    assert planned.run.environment["HOME"] == "/tmp"


@pytest.mark.parametrize(
    "fields",
    [{"args": ["a\0"]}, {"environment": {"A": "\0"}}, {"environment": {"A=B": "c"}}, {"environment": {"": "c"}}],
)
def test_words_a_program_can_not_be_given(fields: dict[str, object]) -> None:
    assert refusal(**fields).code == ErrorCode.INVALID_REQUEST


def test_words_together_are_bounded() -> None:
    assert refusal(args=["x" * 20_000, "x" * 20_000]).code == ErrorCode.TOO_LARGE
