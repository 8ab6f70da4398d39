"""Group 6: programs that write where they must not, or more than they may."""

import re
import uuid

import pytest

from tests.outside import manifest_of
from tests.security.attacks import Program, holding, named, outcomes, variants
from tests.service import Service

pytestmark = pytest.mark.service

# Of every runtime's disk.
FILE_BYTES = 64 << 20
DISK_BYTES = 128 << 20
INODES = 16_384
SOME = 64  # of the inodes are taken already: the files of the program and the folders above them

FOLDERS = (
    "/", "/usr", "/usr/bin", "/usr/lib", "/usr/local/bin", "/etc", "/var", "/var/lib", "/opt", "/home", "/root", "/run",
    "/boot", "/sys", "/srv", "/mnt", "/media", "/dev", "/proc", "/proc/self", "/proc/sys/kernel",
)  # fmt: skip
FILES = (
    "/etc/passwd",
    "/etc/ld.so.cache",
    "/usr/bin/env",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/proc/sys/kernel/hostname",
)
# What compiles or runs the program itself.
TOOLCHAIN = {
    "python": "/usr/bin/python3", "c": "/usr/bin/gcc", "c++": "/usr/bin/g++", "javascript": "/usr/local/bin/node",
    "typescript": "/opt/typescript/lib/tsc", "java": "/opt/runjail/java/compile.jar", "go": "/usr/lib/go-1.27/bin/go",
    "rust": "/usr/bin/rustc", "ruby": "/usr/bin/ruby", "bash": "/usr/bin/bash", "csharp": "/opt/runjail/csharp/csc.dll",
}  # fmt: skip


@pytest.mark.parametrize("program", variants("writing_files/change"), ids=named)
def test_system_files_are_not_changed(service: Service, program: Program) -> None:
    files = [*FILES, TOOLCHAIN[program.language]]
    told = outcomes(program.run(service, args=files)["stdout"])
    assert {what: outcome for what, outcome in told.items() if outcome == "done"} == {}
    missing = [what for what, outcome in told.items() if "no such file" in outcome.lower()]
    assert [what for what in missing if "/proc/" not in what] == []  # the files are there; /proc lets none be made
    # The control: outside, the real root does it, as far as anybody can.
    outside = outcomes(program.run_outside(service.state, args=["/etc/passwd"], as_root=True).stdout)
    assert len(told) == len(outside) * len(files)
    assert len([what for what, outcome in outside.items() if outcome == "done"]) >= len(outside) / 2


def test_system_folders_are_not_changed(service: Service) -> None:
    """Nor anything in them made, moved or removed."""
    program = Program("writing_files/change.py")
    told = outcomes(program.run(service, args=FOLDERS)["stdout"])
    assert len(told) == 12 * len(FOLDERS)
    assert {what: outcome for what, outcome in told.items() if outcome == "done"} == {}
    own = outcomes(program.run(service, args=["/box/main.py"])["stdout"])
    assert own.pop("remove /box/main.py") == "No such file or directory"  # it was moved away just before
    assert own == dict.fromkeys(own, "done")


SEARCH = ["find", "/", "-xdev", "!", "-type", "l", "(", "-writable", "-o", "-perm", "/6000", "-type", "f", ")"]


@pytest.mark.parametrize("program", variants("command/run"), ids=named)
def test_nothing_else_can_be_written_in_any_runtime(service: Service, program: Program) -> None:
    """Looked for in the whole tree, every layer of it; nor is there any setuid program."""
    found = program.run(service, args=SEARCH)["stdout"].splitlines()
    assert [path for path in found if not path.startswith("/box/")] == ["/tmp", "/var/tmp", "/box"]
    assert f"/box/{manifest_of(program.language)[1].source_name}" in found  # the control


def test_nothing_else_can_be_opened_for_writing(service: Service) -> None:
    """The same by trying, which no wrong answer of access(2) deceives."""
    lines = Program("writing_files/writable.py").run(service)["stdout"].splitlines()
    assert set(lines[:-1]) == {
        *(f"folder {path}" for path in ("/box", "/tmp", "/var/tmp", "/dev/shm")),
        *(f"file /dev/{name}" for name in ("null", "zero", "full", "random", "urandom")),
        "file /box/main.py",
    }
    assert int(lines[-1].removeprefix("tried ")) > 4000


def test_files_are_not_written_through_descriptors(service: Service) -> None:
    """/proc/self/fd, root and mem, mappings, splice and the dirty pipe."""
    told = outcomes(Program("writing_files/descriptors.c").run(service, args=["/etc/passwd"])["stdout"])
    assert (told.pop("first byte"), told.pop("splice from it")) == ("same", "done")
    assert len(told) == 15
    assert [what for what, outcome in told.items() if outcome == "done"] == []
    outside = Program("writing_files/descriptors.c").run_outside(service.state, args=["/etc/passwd"], as_root=True)
    done = [what for what, outcome in outcomes(outside.stdout).items() if outcome == "done"]
    assert {"fd", "root", "cwd", "memory", "write to memory"} <= set(done)


def test_running_programs_are_not_changed(service: Service) -> None:
    told = outcomes(Program("writing_files/running.c").run(service)["stdout"])
    assert told.pop("shell") == "ran"
    own = {what: told.pop(what) for what in list(told) if "own" in what}
    assert (len(own), set(own.values())) == (3, {"Text file busy"})
    assert (len(told), set(told.values())) == (4, {"Permission denied"})


ALLOWED_NODES = ("fifo", "socket", "plain", "setuid bits")


def test_files_that_are_more_than_files(service: Service) -> None:
    """Devices, whiteouts, overlay's and security's attributes, flags; FIFOs, sockets and mode bits are the control."""
    told = outcomes(Program("writing_files/special.c").run(service)["stdout"])
    assert [told.pop(what) for what in ALLOWED_NODES] == ["done"] * 4
    assert told.pop("renamed whiteout") in ("Invalid argument", "Operation not permitted")
    assert (len(told), set(told.values())) == (25, {"Operation not permitted"})


def test_setuid_bits_give_nothing(service: Service) -> None:
    lines = Program("writing_files/setuid.py").run(service)["stdout"].splitlines()
    assert lines[0] == "setuid files of the system: 0"
    ids = " ".join(["1000"] * 8)
    assert lines[1:] == [f"{folder} 0o6777 {ids} {'0' * 16} 1" for folder in ("/box", "/tmp", "/var/tmp", "/dev/shm")]


def test_names_of_every_kind(service: Service) -> None:
    """255 bytes are allowed, 256 are not; what the bytes are is the program's own affair."""
    told = outcomes(Program("writing_files/names.py").run(service)["stdout"])
    assert len(told) == 40
    assert {told.pop(f"{kind} 256 bytes") for kind in ("file", "folder")} == {"File name too long"}
    assert set(told.values()) == {"done"}


DEPTHS = [
    ("py", ["/tmp", "1000", "1"]), ("py", ["/box", "1000", "255"]), ("c", ["/box", "1000"]), ("c", ["/var/tmp", "1000"]),
    ("c", ["/dev/shm", "1000"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("suffix", "args"), DEPTHS, ids=lambda value: "-".join(value) if isinstance(value, list) else value
)
def test_thousand_nested_folders(service: Service, suffix: str, args: list[str]) -> None:
    """They are made, and cleared away, however long their path."""
    run = Program(f"writing_files/deep.{suffix}").run(service, args=args)
    assert (run["status"], run["stdout"]) == ("ok", "there\ndepth 1000\n")


@pytest.mark.parametrize("program", variants("writing_files/deep"), ids=named)
def test_nested_folders_end_with_the_inodes(service: Service, program: Program) -> None:
    run = program.run(service, args=["/tmp", "1000000", "1"], run_timeout=30_000)
    refusal, depth = run["stdout"].splitlines()
    assert (run["status"], refusal) == ("ok", "No space left on device")
    assert INODES - SOME < int(depth.removeprefix("depth ")) < INODES


def number(output: str) -> int:
    return int(re.findall(r"^(?:size|number|touched) (\d+)$", output, re.MULTILINE)[-1])


FILLERS = variants("writing_files/fill_file")


@pytest.mark.parametrize("program", FILLERS, ids=named)
def test_file_ends_at_its_limit(service: Service, program: Program) -> None:
    """A program that bears it and goes on is none of ours."""
    run = program.run(service, args=["/tmp", "0"], run_timeout=30_000)
    assert (run["status"], run["code"], run["message"]) == ("ok", 0, None)
    assert "file too large" in run["stdout"].lower()
    assert number(run["stdout"]) == FILE_BYTES


@pytest.mark.parametrize("program", FILLERS, ids=named)
def test_file_limit_is_told(service: Service, program: Program) -> None:
    """To whoever fails for it."""
    run = program.run(service, args=["/box", "3"], run_timeout=30_000)
    assert (run["status"], run["code"], run["signal"]) == ("file_size_limit", 3, None)
    assert str(FILE_BYTES) in run["message"]


@pytest.mark.parametrize("folder", ["/box", "/var/tmp"])
def test_file_limit_has_a_signal(service: Service, folder: str) -> None:
    run = Program("writing_files/fill_file.c").run(service, args=[folder], run_timeout=30_000)
    assert (run["status"], run["code"], run["signal"]) == ("file_size_limit", None, "SIGXFSZ")
    assert str(FILE_BYTES) in run["message"]


def test_no_file_is_larger_by_any_call(service: Service) -> None:
    """Truncated, allocated, written far away, of memory."""
    told = outcomes(Program("writing_files/sizes.c").run(service)["stdout"])
    assert (told.pop("exactly as large as allowed"), told.pop("open")) == ("done", "done")
    assert (len(told), set(told.values())) == (9, {"File too large"})


# How the disk is filled, and whether it is full still when the program has ended.
WAYS = {"named": True, "copied": True, "unnamed": False, "removed": False, "allocated": False}


@pytest.mark.parametrize("way", WAYS)
def test_disk_is_filled(service: Service, way: str) -> None:
    program = Program("writing_files/fill_disk.py")
    run = program.run(service, args=[way, "0"], run_timeout=30_000)
    assert (run["status"], run["stdout"].splitlines()[0]) == ("ok", "No space left on device")
    assert DISK_BYTES - (17 << 20) < number(run["stdout"]) < DISK_BYTES
    run = program.run(service, args=[way, "3"], run_timeout=30_000)
    assert (run["status"], run["code"]) == ("disk_limit" if WAYS[way] else "nonzero_exit", 3)
    assert not WAYS[way] or str(DISK_BYTES) in run["message"]


def test_disk_is_filled_by_touching_memory(service: Service) -> None:
    run = Program("writing_files/mapped.c").run(service)
    assert (run["status"], run["stdout"].splitlines()[0]) == ("ok", "refused")
    assert DISK_BYTES - (1 << 20) < number(run["stdout"]) < DISK_BYTES


def test_shared_memory_has_a_limit_too(service: Service) -> None:
    """A disk of its own, as large as the other, and memory all the same."""
    run = Program("writing_files/fill_file.py").run(service, args=["/dev/shm", "0"])
    assert (run["status"], number(run["stdout"])) == ("ok", FILE_BYTES)
    run = Program("writing_files/fill_file.py").run(service, args=["/dev/shm", "0"], run_memory_limit=32 << 20)
    assert (run["status"], run["signal"]) == ("out_of_memory", "SIGKILL")


INODE_FILLERS = [
    *((Program("writing_files/fill_inodes.py"), kind) for kind in ("files", "folders", "symlinks", "links", "fifos", "long names")),
    (Program("writing_files/fill_inodes.c"), "files"),
    (Program("writing_files/fill_inodes.go"), "files"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "kind"), INODE_FILLERS, ids=named)
def test_million_files(service: Service, program: Program, kind: str) -> None:
    """There are as many as there are inodes, and whoever fails for it is told."""
    run = program.run(service, args=[kind, "3"], run_timeout=30_000)
    assert "no space left on device" in run["stdout"].lower()
    assert INODES - SOME < number(run["stdout"]) < INODES
    assert (run["status"], run["code"]) == ("inode_limit", 3)
    assert str(INODES) in run["message"]


def test_million_files_borne(service: Service) -> None:
    run = Program("writing_files/fill_inodes.c").run(service, args=["files", "0"], run_timeout=30_000)
    assert (run["status"], run["code"], run["message"]) == ("ok", 0, None)


def look_for(service: Service, word: str, **files: str) -> list[str]:
    return str(
        service.run("bash", {"main.sh": Program("writing_files/look.sh").source, **files}, stdin=word)["stdout"]
    ).split()


def test_what_was_written_is_found(service: Service) -> None:
    """The control for the next two: in the same execution."""
    word = f"planted-{uuid.uuid4().hex}"
    assert look_for(service, word, deep=word, **{f"folder/{word}": "x"}) == ["/box/deep", f"/box/folder/{word}", "end"]


PLANT = Program("writing_files/plant.py")


def planted_everywhere(output: str) -> bool:
    told = outcomes(output)
    refused = [place for place, outcome in told.items() if outcome == "Permission denied"]
    return len(refused) == 15 and list(told.values()).count("done") == len(told) - 15


def test_next_execution_sees_nothing_written(service: Service) -> None:
    """In no place that can be written to, or that runs what is there: start-up files, module folders, preloads."""
    word = f"planted-{uuid.uuid4().hex}"
    for _ in range(2):  # as many as there are warm jails, and one more
        assert planted_everywhere(PLANT.run(service, args=[word])["stdout"])
        assert look_for(service, word) == ["end"]


def test_execution_at_the_same_time_sees_nothing_written(service: Service) -> None:
    word = f"planted-{uuid.uuid4().hex}"
    with holding(service, PLANT, args=[word, "stay"]) as held:
        assert look_for(service, word) == ["end"]
        assert planted_everywhere(PLANT.run(service, args=[word])["stdout"])
    assert planted_everywhere(held.result()["stdout"])


def test_full_disk_is_nobody_elses(service: Service) -> None:
    """While one has filled its disk and its inodes, another has all of its own."""
    with holding(service, Program("writing_files/fill_and_stay.py")) as held:
        run = Program("writing_files/fill_disk.py").run(service, args=["named", "0"], run_timeout=30_000)
        assert number(run["stdout"]) > DISK_BYTES - (1 << 20)
        run = Program("writing_files/fill_inodes.c").run(service, args=["files", "0"], run_timeout=30_000)
        assert number(run["stdout"]) > INODES - SOME
    assert held.result()["stdout"] == "No space left on device\n" * 2


def test_places_stay_where_they_are(service: Service) -> None:
    """They are neither removed, moved nor replaced; closing one's own box hurts oneself."""
    told = outcomes(Program("writing_files/places.py").run(service)["stdout"])
    assert len(told) == 24
    assert [what for what, outcome in told.items() if outcome == "done"] == []
