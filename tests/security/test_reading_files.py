"""Group 7: programs that look for secrets: of the host, of the service, of other executions."""

import json
import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.security.attacks import Program, holding, named, outcomes, variants
from tests.service import Service

pytestmark = pytest.mark.service

CHECKOUT = Path(__file__).parents[2]
DENIED = ("permission denied", "eacces", "accessdenied", "is denied")
MISSING = ("no such file", "enoent", "nosuchfile", "could not find", "not found")
# What attackers ask for first. The system's own are there, of the layers, and for nobody to read.
UNREADABLE = (
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/shadow-",
    "/etc/.pwd.lock",
    "/root",
    "/root/.ssh/id_rsa",
    "/root/.bash_history",
)
ABSENT = (
    "/etc/ssh/ssh_host_ed25519_key", "/etc/machine-id", "/etc/kubernetes/admin.conf", "/etc/sudoers", "/etc/krb5.keytab",
    "/home/ubuntu/.ssh/id_rsa", "/home/runner/.aws/credentials", "/box/.aws/credentials", "/box/.ssh/id_ed25519",
    "/box/.config/gcloud/credentials.db", "/box/.kube/config", "/box/.docker/config.json", "/box/.netrc", "/box/.git-credentials",
    "/run/secrets/kubernetes.io/serviceaccount/token", "/var/run/secrets", "/run/docker.sock", "/run/containerd/containerd.sock",
    "/run/systemd/journal/socket", "/run/user", "/run/lock", "/var/lib/docker", "/var/lib/kubelet", "/var/lib/cloud/instance/user-data.txt",
    "/etc/runjail", "/opt/runjail/keys.json", "/run/runjail", "/run/runjail/supervisor.sock",
    "/layers", "/stage", "/stage/upper", "/stage/work", "/stage/root", "/empty", "/work", "/upper", "/old_root", "/.dockerenv",
    "/dev/mem", "/dev/kmem", "/dev/port", "/dev/kmsg", "/dev/vda", "/dev/vda1", "/dev/sda", "/dev/nvme0n1", "/dev/loop0", "/dev/dm-0",
    "/dev/disk", "/dev/mapper/control", "/dev/fuse", "/dev/kvm", "/dev/tty0", "/dev/console", "/dev/ptmx", "/dev/vsock", "/dev/mqueue",
    "/proc/1/environ", "/proc/1/root/etc/shadow", "/proc/1/cwd", "/proc/1/maps", "/proc/1/fd", "/sys/firmware", "/sys/fs/cgroup",
    "/var/log/syslog", "/var/log/auth.log", "/var/spool/cron/crontabs/root", "/boot/vmlinuz", "/swapfile", "/var/swap", "/lost+found",
)  # fmt: skip


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A secret of the host that all the host may read."""
    tmp_path.chmod(0o755)
    path = tmp_path / f"canary-{uuid.uuid4().hex}"
    path.write_text(f"secret-{uuid.uuid4().hex}")
    path.chmod(0o644)
    return path


def real_paths(service: Service, canary: Path) -> list[str]:
    """What is on the host for certain."""
    found = [
        canary, canary.parent, service.key_file, service.config, service.socket_path, service.log, service.run_dir,
        service.state, service.state / "layers", CHECKOUT / "pyproject.toml", CHECKOUT / "tests" / "service.py",
    ]  # fmt: skip
    assert [path for path in found if not path.exists()] == []
    return [str(path) for path in found]


def ways_to(path: str) -> list[str]:
    """The same by names that lead astray."""
    prefixes = (
        "/../../../..",
        "/proc/self/root",
        "/proc/self/cwd/../../..",
        "/proc/thread-self/root/..",
        "/dev/fd/../root",
        "/dev/shm/../..",
    )
    return [prefix + path for prefix in prefixes]


def not_refused(told: dict[str, str]) -> dict[str, str]:
    words = (*DENIED, *MISSING)
    return {path: outcome for path, outcome in told.items() if not any(word in outcome.lower() for word in words)}


@pytest.mark.parametrize("program", variants("reading_files/read"), ids=named)
def test_secrets_are_not_read(service: Service, canary: Path, program: Program) -> None:
    paths = [*UNREADABLE, *ABSENT, *real_paths(service, canary), *ways_to(str(canary)), *ways_to(str(service.key_file))]
    told = outcomes(program.run(service, args=[*paths, "/etc/passwd", "/etc"])["stdout"])
    assert (told.pop("/etc/passwd"), told.pop("/etc")) == ("done", "done")
    assert (list(told), not_refused(told)) == (paths, {})
    unreadable = [path for path, outcome in told.items() if any(word in outcome.lower() for word in DENIED)]
    assert set(unreadable) <= set(UNREADABLE)
    assert {"/etc/shadow", "/root"} <= set(unreadable)


@pytest.mark.parametrize("program", variants("reading_files/read"), ids=named)
def test_secrets_are_read_outside(service: Service, program: Program) -> None:
    """The control: the layers' own, by the real root."""
    paths = ["/etc/shadow", "/root", "/proc/1/environ", "/proc/1/cwd"]
    told = outcomes(program.run_outside(service.state, args=paths, as_root=True).stdout)
    assert told == dict.fromkeys(paths, "done")


def test_secrets_are_not_read_by_links(service: Service, canary: Path) -> None:
    """Symbolic and hard, to the file and its folder; by a handle; by running it."""
    paths = [str(canary), str(service.key_file), "/etc/shadow"]
    told = outcomes(Program("reading_files/links.py").run(service, args=[*paths, "/etc/passwd"])["stdout"])
    assert [told.pop(f"{way} /etc/passwd") for way in ("symlink", "relative", "folder", "handle")] == ["done"] * 4
    assert len(told) == 6 * 3 + 2
    assert [what for what, outcome in told.items() if outcome == "done"] == []


def test_no_way_leads_out_of_the_root(service: Service, canary: Path) -> None:
    """Dots, /proc, chroot with and without a folder kept, handles, namespaces, mounts."""
    program = Program("reading_files/escape.c")
    told = outcomes(program.run(service, args=[str(canary)])["stdout"])
    assert len(told) == 18
    assert set(told.values()) == {"No such file or directory", "Operation not permitted"}
    # The control: a plain chroot is left just so, for a file of the root that it is in.
    outside = outcomes(program.run_outside(service.state, args=["/etc/debian_version"], as_root=True).stdout)
    assert outside.keys() == told.keys()
    assert [outside[way] for way in ("chroot", "chroot with a folder kept", "setns", "unshare")] == ["done"] * 4
    assert outside["inherited"] == "No such file or directory"


def host_words(service: Service, canary: Path) -> list[str]:
    """What nothing inside may hold: secrets and paths of the host."""
    keys = [
        value
        for key in json.loads(service.key_file.read_text())["keys"]
        for value in key.values()
        if isinstance(value, str)
    ]
    return [
        canary.read_text(), canary.name, str(canary.parent), str(service.run_dir), service.cgroup_name, str(service.state / "layers"),
        str(service.state), str(CHECKOUT), f"127.0.0.1:{service.port}", *service.keys.values(), *(word for word in keys if len(word) > 30),
    ]  # fmt: skip


SEARCH = Program("reading_files/search.sh").source


def search(service: Service, program: Program, words: list[str], **fields: Any) -> list[str]:
    run = program.run(service, args=["bash", "-c", SEARCH], stdin="\n".join(words) + "\n", run_timeout=60_000, **fields)
    assert run["status"] == "ok" or run["code"] == 1, run  # a shell's code is that of its last command
    return str(run["stdout"]).splitlines()


@pytest.mark.parametrize("program", variants("command/run"), ids=named)
def test_whole_tree_holds_nothing_of_the_host(service: Service, canary: Path, program: Program) -> None:
    """Every file of every layer and all of /proc, by name and content; the list of words is found itself."""
    assert search(service, program, host_words(service, canary)) == ["tmp/search/words", "end"]


def test_what_is_searched_for_would_be_found(service: Service) -> None:
    """The control for the search: in a file, an environment, a name, a command line and a shared memory of its own."""
    word = f"secret-{uuid.uuid4().hex}"
    start = f"mkdir -p /var/tmp/{word}; echo {word} > /dev/shm/x; (exec -a {word} sleep 5) & {SEARCH}"
    run = Program("command/run.sh").run(service, args=["bash", "-c", start], stdin=word + "\n", env={"SECRET": word})
    found = run["stdout"].splitlines()
    assert {"tmp/search/words", "dev/shm/x", f"/var/tmp/{word}", "end"} <= set(found)
    assert [line for line in found if line.startswith("/proc/") and line.endswith("/environ")] != []
    assert [line for line in found if line.startswith("/proc/") and line.endswith("/cmdline")] != []


def hidden(word: str) -> str:
    return bytes(byte ^ 0x55 for byte in word.encode()).hex()


def test_own_memory_holds_nothing_of_the_service(service: Service, canary: Path) -> None:
    """A program is started by a fork of what knew more; a word of its environment is the control."""
    own = f"secret-{uuid.uuid4().hex}"
    words = [own, *host_words(service, canary)][:16]
    run = Program("reading_files/own_memory.c").run(service, stdin="\n".join(map(hidden, words)), env={"OWN": own})
    counts = [int(count) for count in outcomes(run["stdout"]).values()]
    assert counts[0] > 0
    assert counts[1:-1] == [0] * (len(words) - 1)
    assert counts[-1] > 1_000_000


def test_memory_comes_clean(service: Service) -> None:
    """After another execution filled as much of it by a word, by all ways to get some."""
    program = Program("reading_files/memory.c")
    for word in ("written1", "written2"):
        told = outcomes(program.run(service, args=[word], run_timeout=30_000)["stdout"])
        assert told == dict.fromkeys(told, "clean")
        assert len(told) == 8


@pytest.fixture
def held_word(service: Service) -> Iterator[str]:
    """While another execution holds this word in every place there is."""
    word = f"secret-{uuid.uuid4().hex}"
    with holding(service, Program("reading_files/hold.py"), stdin=word + "\n") as held:
        yield word
    assert (held.result()["status"], held.result()["stdout"]) == ("ok", "held\n")


@pytest.mark.parametrize(
    "program", [Program("command/run.py"), Program("command/run.c"), Program("command/run.sh")], ids=named
)
def test_neighbour_at_the_same_time_is_not_seen(service: Service, held_word: str, program: Program) -> None:
    """Neither its files and folders nor its processes, arguments, environment, memory, sockets and queues."""
    assert search(service, program, [held_word]) == ["tmp/search/words", "end"]


def test_neighbour_is_seen_by_itself(service: Service) -> None:
    """The control: the same search, started by the one who holds the word."""
    word = f"secret-{uuid.uuid4().hex}"
    wait = "while [ ! -e /box/ready ]; do sleep 0.02; done"
    script = (
        f"echo \"$PROGRAM\" > /box/hold.py; python3 /box/hold.py <<< '{word}' & {wait}\n{SEARCH}\ntouch /box/end; wait"
    )
    source = Program("reading_files/hold.py").source
    run = Program("command/run.py").run(
        service, args=["bash", "-c", script], stdin=word + "\n", env={"PROGRAM": source}
    )
    found = run["stdout"]
    for place in ("box", "tmp", "var/tmp", "dev/shm"):
        assert f"{place}/{word}/{word}\n" in found
    for trace in ("/environ\n", "/cmdline\n", "/net/unix\n", "memfd:", word[:15]):
        assert trace in found
    assert len([line for line in found.splitlines() if line.split()[:1] == ["4242"]]) == 2  # SysV memory and queue


def test_neighbour_before_is_not_seen(service: Service) -> None:
    word = f"secret-{uuid.uuid4().hex}"
    with holding(service, Program("reading_files/hold.py"), stdin=word + "\n"):
        pass
    for _ in range(2):  # as many as there are warm jails, and one more
        assert search(service, Program("command/run.py"), [word]) == ["tmp/search/words", "end"]


INCLUDES = {
    "c": '#include "{}"\nint main(void) {{ return 0; }}',
    "c macro": '#define F "{}"\n#include F\nint main(void) {{ return 0; }}',
    "c incbin": 'int main(void) {{ return 0; }}\n__asm__(".incbin \\"{}\\"");',
    "c include of the assembler": 'int main(void) {{ return 0; }}\n__asm__(".include \\"{}\\"");',
    "c++": '#include "{}"\nint main() {{}}',
    "rust": 'fn main() {{ print!("{{}}", include_str!("{}")); }}',
    "rust bytes": 'fn main() {{ println!("{{:?}}", include_bytes!("{}")); }}',
    "rust module": '#[path = "{}"] mod secret; fn main() {{}}',
    "typescript": 'import secret from "{}"; console.log(secret);',
    "typescript reference": '/// <reference path="{}" />\nconsole.log(1);',
    "go": 'package main\n\nimport _ "embed"\n\n//go:embed {}\nvar secret string\n\nfunc main() {{ print(secret) }}',
    "go relative": 'package main\n\nimport _ "embed"\n\n//go:embed ../..{}\nvar secret string\n\nfunc main() {{ print(secret) }}',
    "javascript": 'console.log(require("{}"))',
    "python": 'exec(compile(open("{}").read(), "x", "exec"))',
    "ruby": 'load "{}"',
    "bash": '. "{}"',
}


@pytest.mark.parametrize("how", INCLUDES)
def test_secrets_do_not_come_in_by_compiling(service: Service, canary: Path, how: str) -> None:
    """Nor a line of them in an error message."""
    for path in (str(canary), "/etc/shadow"):
        answer = service.execute(how.split()[0], INCLUDES[how].format(path), compile_timeout=60_000)
        stages = [answer.get("compile"), answer["run"]]
        output = "".join(stage["stdout"] + stage["stderr"] for stage in stages if stage)
        refused = output.lower()
        assert not [
            word
            for word in host_words(service, canary)
            if word not in path and not path.startswith(word) and word in output
        ]
        assert "root:" not in output
        assert any(
            word in refused
            for word in (
                *DENIED,
                *MISSING,
                "cannot find",
                "could not resolve",
                "couldn't read",
                "invalid pattern",
                "is not a module",
                "cannot load",
            )
        ), output


@pytest.mark.parametrize(
    "how", [how for how in INCLUDES if how in ("c", "c incbin", "c++", "rust", "typescript reference")]
)
def test_what_may_be_read_comes_in_by_compiling(service: Service, how: str) -> None:
    """The control: a file that is there is not said to be missing."""
    answer = service.execute(how.split()[0], INCLUDES[how].format("/etc/debian_version"), compile_timeout=60_000)
    output = (answer["compile"]["stdout"] + answer["compile"]["stderr"]).lower()
    assert not any(word in output for word in (*DENIED, *MISSING, "couldn't read")), output


def test_attributes_tell_nothing(service: Service) -> None:
    """Of overlayfs and what it covers."""
    lines = Program("reading_files/attributes.py").run(service)["stdout"].splitlines()
    assert len(lines) == 6 * 8
    assert {line.rpartition(": ")[2] for line in lines} <= {
        "No data available",
        "Operation not permitted",
        "Operation not supported",
        "[]",
    }


@pytest.mark.parametrize("program", [Program("command/run.py"), Program("command/run.c")], ids=named)
def test_mount_table_tells_nothing_of_the_host(service: Service, program: Program) -> None:
    """Sources and options are names inside, or of the jailer's own small root, and lead nowhere."""
    run = program.run(
        service,
        args=[
            "bash",
            "-c",
            "cat /proc/self/mountinfo /proc/self/mounts /proc/self/mountstats; ls -d /stage /layers /empty",
        ],
    )
    paths = {
        word
        for line in run["stdout"].splitlines()
        for part in line.split(",")
        for word in part.replace("=", " ").split()
        if word.startswith("/")
    }
    assert {"/", "/proc", "/dev", "/dev/shm"} <= paths
    strange = {path for path in paths if not path.startswith(("/proc", "/dev"))}
    assert strange <= {"/", "/stage/upper", "/stage/work", "/empty", "/null"}
    assert [line for line in run["stdout"].splitlines() if line in ("/stage", "/layers", "/empty")] == []


def test_machine_has_another_name(service: Service) -> None:
    lines = Program("reading_files/names.py").run(service)["stdout"].splitlines()
    assert lines[0] == " ".join(["runjail"] * 5)
    assert lines[-2:] == ["", "False "] or lines[-1].startswith("False")
    words = [socket.gethostname(), Path("/proc/sys/kernel/random/boot_id").read_text().strip()]
    words += [
        line.split()[1] for line in Path("/etc/resolv.conf").read_text().splitlines() if line.startswith("nameserver")
    ]
    words += [name for name in os.listdir("/home") if name not in ("runner",)]
    assert [word for word in words if word in "\n".join(lines[1:])] == []
