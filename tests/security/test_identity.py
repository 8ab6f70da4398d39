"""Group 14: who a program is, what it can't become, and what it finds of those who started it."""

import re
import signal

import pytest

from tests.security.attacks import Program, named, variants
from tests.service import Service

pytestmark = pytest.mark.service

BASE_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/box", "LANG": "C.UTF-8", "USER": "runner", "LOGNAME": "runner",
}  # fmt: skip
# The errno of each where it is not EPERM: no such id here, set already, no right to, read-only, not there.
OTHER_ERRNOS = {
    "chown": "22", "new_privs_again": "22", "nice": "13", "nice_20": "13", "autogroup": "30", "oom_score_adj": "30",
    "oom_score_adj_init": "2", "oom_adj": "30", "timerslack": "30", "coredump_filter": "30", "cgroup": "2",
}  # fmt: skip
BECOME = {"py": 16, "c": 10, "go": 7, "js": 8, "rb": 8, "rs": 4, "cs": 5, "java": 4, "sh": 9}


def outcomes(stdout: str) -> list[tuple[str, str]]:
    """Attempt and errno; of the lines after them, none."""
    return re.findall(r"^(?!ids )(\w+) (\d+)$", stdout, re.MULTILINE)


def is_refused(attempts: list[tuple[str, str]]) -> bool:
    return attempts == [(name, OTHER_ERRNOS.get(name, "1")) for name, _ in attempts]


@pytest.mark.parametrize("program", variants("identity/become"), ids=named)
def test_nobody_else_can_be_become(service: Service, program: Program) -> None:
    run = program.run(service)
    *lines, ids = run["stdout"].splitlines()
    attempts = outcomes("\n".join(lines))
    assert len(attempts) == BECOME[program.name.rpartition(".")[2]]
    assert is_refused(attempts), attempts
    # And really nobody else; in C the last is the number of groups.
    assert set(ids.split()[1:]) - {"0"} == {"1000"}
    assert ids.split()[1:4].count("0") == 0


@pytest.mark.parametrize("program", variants("identity/become"), ids=named)
def test_root_outside_can_become_anybody(service: Service, program: Program) -> None:
    """The control. One tool asks for a root that it has already, one for a namespace that it is in."""
    attempts = outcomes(program.run_outside(service.state, as_root=True).stdout)
    assert len(attempts) == BECOME[program.name.rpartition(".")[2]]
    assert [name for name, errno in attempts if errno != "0" and name not in ("chroot_user", "nsenter")] == []


def test_capabilities_can_be_had_in_no_way(service: Service) -> None:
    stdout = Program("identity/capabilities.c").run(service)["stdout"]
    attempts = outcomes(stdout)
    assert len(attempts) == 16
    assert is_refused(attempts), attempts
    found = dict(line.split(":") for line in stdout.splitlines() if ":" in line)
    assert {name: value.strip() for name, value in found.items() if name.startswith("Cap")} == dict.fromkeys(
        ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), "0" * 16
    )
    assert (found["NoNewPrivs"].strip(), found["Seccomp"].strip(), found["Secbits"].strip()) == ("1", "2", "0xcf")


def test_capabilities_can_be_had_outside(service: Service) -> None:
    attempts = outcomes(Program("identity/capabilities.c").run_outside(service.state, as_root=True).stdout)
    assert len(attempts) == 16
    assert [errno for _, errno in attempts].count("0") >= 11  # of the rest, some are possible to nobody


def test_setuid_bits_give_nothing(service: Service) -> None:
    """The image has no such file, and those made here run as who made them."""
    image, capable, *copies = Program("identity/setuid_files.sh").run(service)["stdout"].splitlines()
    assert (image, capable) == ("image 0", "capable 0")
    assert copies[-3:] == ["not chowned"] * 3
    assert len(copies) == 15
    assert {tuple(line.split()[1:]) for line in copies[:-3]} <= {("1000", "1000"), ("1000", "1000:1000")}


def test_setuid_bits_work_outside(service: Service) -> None:
    """The control: there a file can be given away, to root."""
    lines = Program("identity/setuid_files.sh").run_outside(service.state, as_root=True).stdout.splitlines()
    assert lines[-3:] == ["chowned"] * 3


def test_id_maps_are_not_for_writing(service: Service) -> None:
    *lines, maps = Program("identity/id_maps.py").run(service)["stdout"].splitlines()
    assert len(lines) == 35
    assert {line.split()[1] for line in lines} == {"30"}
    assert maps == "1000 1 1000 1"
    outside = Program("identity/id_maps.py").run_outside(service.state).stdout.splitlines()
    assert "30" not in {line.split()[1] for line in outside[:-1]}  # the control: it was not for being read-only


def test_no_limit_can_be_raised(service: Service) -> None:
    lines = Program("identity/rlimits.py").run(service)["stdout"].splitlines()
    attempts = [line for line in lines if not line.endswith("unlimited")]
    assert [line for line in attempts if line.endswith(" 0")] == []
    limited = {line.split()[0] for line in attempts}
    assert limited >= {"FSIZE", "STACK", "CORE", "NOFILE", "MEMLOCK", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO"}
    assert len(attempts) == 5 * len(limited) + 3


def test_nobody_gets_ahead_of_others(service: Service) -> None:
    attempts = outcomes(Program("identity/priority.c").run(service)["stdout"])
    assert len(attempts) == 23
    # Expected: those of init's scheduling are refused from a coming change of the product on.
    assert is_refused(attempts), attempts


def test_root_outside_gets_ahead(service: Service) -> None:
    """The control: done, or refused for another reason."""
    attempts = dict(outcomes(Program("identity/priority.c").run_outside(service.state, as_root=True).stdout))
    assert [name for name, errno in attempts.items() if errno in ("1", "30")] == []
    assert list(attempts.values()).count("0") >= 14


DESCRIPTORS = variants("identity/descriptors")
# Its three pipes, what its runtime opens for itself, the folder that it lists, and files of toolchain and program.
EXPECTED_TARGETS = re.compile(
    r"\d+ (pipe:\[\d+\]|anon_inode:\[event(fd|poll)\]|/proc/\d+/fd|/dev/null|/usr/lib/jvm/.*|/opt/dotnet/.*|/box/main\.(jar|dll|sh))"
)


@pytest.mark.parametrize("program", DESCRIPTORS, ids=named)
def test_no_descriptor_leads_out(service: Service, program: Program) -> None:
    run = program.run(service, stdin="x")
    lines = run["stdout"].splitlines()
    assert run["stderr"] == ""
    assert [line for line in lines if not EXPECTED_TARGETS.fullmatch(line)] == []
    assert {line.split()[0] for line in lines} >= {"0", "1", "2"}


def test_standard_streams_can_be_opened_by_name(service: Service) -> None:
    """They belong to the program, though others have made them; and lead no further than it may write or read."""
    run = service.run("bash", "read x </dev/stdin; echo out $x >/dev/stdout; echo err >/dev/stderr", stdin="in\n")
    assert (run["stdout"], run["stderr"]) == ("out in\n", "err\n")


def test_program_starts_as_if_alone(service: Service) -> None:
    """Signals, descriptors, session, terminal, umask, priority and the like: as for a program of a fresh login."""
    lines = Program("identity/inherited.c").run(service)["stdout"].splitlines()
    assert [line for line in lines if line.startswith("wrong")] == []
    assert "checks 70150" in lines
    assert dict(line.split("=", 1) for line in lines if "=" in line) == BASE_ENVIRONMENT


def test_service_does_not_pass_on_how_it_was_started(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """By nohup, or in the background of a script, with signals ignored or blocked; with secrets in its environment.

    finding: jail/init.py resets four signals; any other that was ignored or blocked when the service started stays so
    in every program.
    """
    monkeypatch.setenv("SECRET", "of the host")
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGHUP, signal.SIGQUIT)}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2, signal.SIGALRM])
    try:
        with Service.start("ignoring", service.state) as own:
            lines = Program("identity/inherited.c").run(own)["stdout"].splitlines()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)
    assert dict(line.split("=", 1) for line in lines if "=" in line) == BASE_ENVIRONMENT
    assert [line for line in lines if line.startswith("wrong")] == []


def test_environment_is_not_the_services(service: Service) -> None:
    """In no language is there a variable of the host's; what the manifests set is known by its prefix."""
    known = re.compile(
        r"(PATH|HOME|LANG|USER|LOGNAME|PWD|SHLVL|OLDPWD|_|LC_CTYPE)|(DOTNET|GO|JAVA|RUBY|NODE|CGO)[A-Z_a-z]*"
    )
    programs = {
        "python": "import os; print('\\n'.join(os.environ))",
        "javascript": "console.log(Object.keys(process.env).join('\\n'))",
        "typescript": "console.log(Object.keys(process.env).join('\\n'))",
        "bash": "env | cut -d= -f1",
        "ruby": "puts ENV.keys",
        "java": "class Main { public static void main(String[] a) { System.getenv().keySet().forEach(System.out::println); } }",
        "c": "#include <stdio.h>\n#include <string.h>\nextern char **environ;\nint main(void) { for (; *environ; environ++) printf(\"%.*s\\n\", (int)(strchr(*environ, '=') - *environ), *environ); }",
    }
    for language, source in programs.items():
        names = service.run(language, source)["stdout"].split()
        assert {"PATH", "HOME"} <= set(names), language
        assert [name for name in names if not known.fullmatch(name)] == [], language
