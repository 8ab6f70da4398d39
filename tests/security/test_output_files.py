"""Group 8: files a program leaves to be brought back, and what it would have brought back instead."""

import base64
from typing import Any

import pytest

from protocol.messages import MAX_OUTPUT_FILE_BYTES, MAX_OUTPUT_FILES, MAX_OUTPUT_FILES_BYTES
from tests.security.attacks import Program, named, variants
from tests.service import Service

pytestmark = pytest.mark.service

EVERYTHING = ["**"]


def outputs(service: Service, name: str, *patterns: str, **fields: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Contents and reasons, by name, without the program itself."""
    answer = Program(f"output_files/{name}").execute(service, outputs=list(patterns or EVERYTHING), **fields)
    files = {file["name"]: file["content"] for file in answer["files"] if not file["name"].startswith("main.")}
    return files, {file["name"]: file["reason"] for file in answer["files_skipped"]}


@pytest.mark.parametrize("program", variants("output_files/links"), ids=named)
def test_links_are_not_followed(service: Service, program: Program) -> None:
    """What lies behind them is of the jail only, and still it is not what was asked for."""
    files, skipped = outputs(service, program.name.rpartition("/")[2])
    assert {name for name in files if name in skipped or "passwd" in name or "etc" in name or "folder" in name} <= {
        "folder/honest"
    }
    assert files["honest"] == "honest"
    assert "root:" not in "".join(files.values())
    assert skipped["passwd"] == "it is a symbolic link"
    assert set(skipped.values()) == {"it is a symbolic link"}


@pytest.mark.parametrize(
    "pattern", ["passwd", "etc/passwd", "etc/*", "folder/etc/passwd", "root/etc/passwd", "proc/**", "parent/etc/*"]
)
def test_links_are_not_followed_by_name_either(service: Service, pattern: str) -> None:
    files, _ = outputs(service, "links.py", pattern)
    assert files == {}


def test_a_link_to_the_program_s_own_file_is_no_file(service: Service) -> None:
    files, skipped = outputs(service, "links.py", "inside", "honest", "folder/*")
    assert files == {"honest": "honest", "folder/honest": "honest too"}
    assert skipped == {"inside": "it is a symbolic link", "folder/etc": "it is a symbolic link"}


def test_parent_swapped_for_a_link(service: Service) -> None:
    """Whoever would swap it is dead before the first file is looked at: either state is told whole."""
    for _ in range(10):
        files, skipped = outputs(service, "swap_parent.c", "folder/*", "link/*", "folder", "link")
        assert list(files.values()) == ["mine"]
        assert list(skipped.values()) == ["it is a symbolic link"]


def test_file_that_grows(service: Service) -> None:
    """Its size and its content are of one moment, after its writer's death."""
    answer = Program("output_files/grow.py").execute(service, outputs=["growing"])
    (file,) = answer["files"]
    assert file["size"] == len(file["content"]) >= 2000


def test_what_is_not_a_regular_file(service: Service) -> None:
    files, skipped = outputs(service, "special.py")
    assert files.keys() == {"empty", "bytes", 'line\nbreak "quoted" \x1b[31m'}
    assert files["empty"] == ""
    assert base64.b64decode(files["bytes"]) == bytes(range(256))
    assert skipped == {
        "fifo": "it is not a regular file",
        "socket": "it is not a regular file",
        "sparse": f"its 62914560 bytes are more than the {MAX_OUTPUT_FILE_BYTES} there is room for",
        "unreadable": "Permission denied",
        "closed": "the folder can't be entered, or lies too deep",
        "not � utf-8": "its name is not UTF-8",
    }


def test_hundred_links_to_one_file(service: Service) -> None:
    files, skipped = outputs(service, "hard_links.py", "[0-9]*")
    assert len(files) == MAX_OUTPUT_FILES
    assert set(files.values()) == {"x" * 1000}
    assert set(skipped.values()) == {"too many files"}
    assert len(skipped) == 100 - MAX_OUTPUT_FILES


@pytest.mark.parametrize("count", [MAX_OUTPUT_FILES, MAX_OUTPUT_FILES + 1, 10_000])
def test_more_files_than_allowed(service: Service, count: int) -> None:
    """None is lost in silence: those left out are named, or at least counted."""
    files, skipped = outputs(service, "many.py", "*.out", args=[str(count)], run_timeout=20_000)
    assert list(files) == [f"{number:05}.out" for number in range(MAX_OUTPUT_FILES)]
    left = count - MAX_OUTPUT_FILES
    rest = skipped.pop("", None)
    assert len(skipped) == min(left, MAX_OUTPUT_FILES)
    assert rest == (f"and {left - MAX_OUTPUT_FILES} more" if left > MAX_OUTPUT_FILES else None)


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ([MAX_OUTPUT_FILE_BYTES], [True]),
        ([MAX_OUTPUT_FILE_BYTES + 1], [False]),
        ([MAX_OUTPUT_FILE_BYTES, MAX_OUTPUT_FILES_BYTES - MAX_OUTPUT_FILE_BYTES], [True, True]),
        ([MAX_OUTPUT_FILE_BYTES, MAX_OUTPUT_FILES_BYTES - MAX_OUTPUT_FILE_BYTES + 1, 1], [True, False, True]),
    ],
)
def test_size_of_files(service: Service, sizes: list[int], kept: list[bool]) -> None:
    files, skipped = outputs(service, "large.py", "*.out", args=list(map(str, sizes)))
    assert [f"{number}.out" in files for number in range(len(sizes))] == kept
    assert all(len(files[f"{number}.out"]) == size for number, size in enumerate(sizes) if kept[number])
    assert len(files) + len(skipped) == len(sizes)


def test_depth_of_folders(service: Service) -> None:
    files, skipped = outputs(service, "deep.py", "**/file.out", "**")
    assert len(files) == 17
    assert set(skipped.values()) == {"the folder can't be entered, or lies too deep"}


def test_locked_out(service: Service) -> None:
    """Without a right to the folder there is nothing to be had, and that is said."""
    files, skipped = outputs(service, "lock_out.py", "*.out")
    assert (files, list(skipped)) == ({}, ["*.out"])


@pytest.mark.parametrize("fields", [{"run_timeout": 300}, {"run_memory_limit": 32 << 20}], ids=["timeout", "memory"])
def test_killed_program_leaves_no_files(service: Service, fields: dict[str, int]) -> None:
    code = "open('x.out', 'w').write('x')\nwhile True: x = bytearray(1 << 28)"
    answer = service.execute("python", code, outputs=["*.out"], **fields)
    assert answer["run"]["status"] in ("timeout", "out_of_memory")
    assert answer["files"] == []
    assert answer["files_skipped"] == [{"name": "*.out", "reason": "the jail was ended together with the program"}]


def test_pattern_that_takes_long_to_match(service: Service) -> None:
    code = "import os\nos.makedirs('/'.join('a' * 16))\nopen('a' * 255, 'w')"
    patterns = ["/".join(["**", "a"] * 100), "/".join(["**"] * 200) + "/x", "*a" * 120 + "b"]
    answer = service.execute("python", code, outputs=patterns)
    assert (answer["run"]["status"], answer["files"]) == ("ok", [])


@pytest.mark.parametrize(
    "pattern", ["/etc/passwd", "../etc/passwd", "a/../../etc", "", ".", "a//b", "a/", "./a", "\0", "\ud800", "x" * 1025, 7, None],
    ids=["absolute", "parent", "inner parent", "empty", "dot", "double", "slash", "dotted", "NUL", "surrogate", "long", "number", "null"],
)  # fmt: skip
def test_patterns_that_are_none(service: Service, pattern: object) -> None:
    response = service.post("bash", "true", outputs=["*", pattern])
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "invalid_request"


def test_too_many_patterns(service: Service) -> None:
    assert service.post("bash", "true", outputs=["*"] * 33).status_code == 413
    assert service.post("bash", "true", outputs=["*"] * 32).status_code == 200
    assert "files" not in service.execute("bash", "true")


def test_no_files_when_nothing_ran(service: Service) -> None:
    answer = service.execute("c", "int main(", outputs=["*"])
    assert (answer["run"]["status"], answer["files"]) == ("skipped", [])
