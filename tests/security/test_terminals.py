"""A program that is talked to has a terminal, and an init that listens: neither gives it anything more."""

from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.running import wait_settled
from tests.service import Service
from tests.talk import program

pytestmark = pytest.mark.service

# <asm-generic/ioctls.h>: they type into a terminal, or change what it is to others.
REFUSED = {
    "TIOCSTI": 0x5412, "TIOCEXCL": 0x540C, "TIOCLINUX": 0x541C, "TIOCCONS": 0x541D, "TIOCPKT": 0x5420,
    "TIOCSETD": 0x5423, "TIOCVHANGUP": 0x5437, "TIOCSIG": 0x40045436, "TIOCSRS485": 0x542F,
}  # fmt: skip
_IOCTLS = f"""
import fcntl
for name, number in {REFUSED | {"TCGETS": 0x5401, "TIOCGWINSZ": 0x5413}}.items():
    try:
        fcntl.ioctl(0, number, bytearray(64))
        print(name, 'done')
    except OSError as error:
        print(name, error.strerror)
"""


def test_ioctls_that_are_not_a_program_s(service: Service) -> None:
    with program(service, "python", _IOCTLS, terminal={}) as talking:
        told = dict(line.split(" ", 1) for line in talking.until("result")["run"]["stdout"].splitlines())
    assert (told.pop("TCGETS"), told.pop("TIOCGWINSZ")) == ("done", "done")  # the control
    assert told == dict.fromkeys(REFUSED, "Operation not permitted")


def test_nobody_else_s_terminal_is_there(service: Service) -> None:
    """Its own is a file of its own uid, which nobody else may open; there are no others, and no way to make one."""
    code = (
        "import os, stat\n"
        "status = os.fstat(0)\n"
        "print(status.st_uid, oct(stat.S_IMODE(status.st_mode)))\n"
        "for path in ('/dev/ptmx', '/dev/pts', '/dev/pts/0', '/dev/console', '/dev/tty0', '/dev/ttyS0'):\n"
        "    print(os.path.exists(path))\n"
        "print(os.readlink('/proc/self/fd/0').startswith('/dev/pts/'))\n"
    )
    with program(service, "python", code, terminal={}) as talking:
        told = talking.until("result")["run"]["stdout"].splitlines()
    assert told == ["1000 0o600", *["False"] * 6, "True"]


def test_terminal_ends_with_its_program(service: Service) -> None:
    code = "(trap '' HUP; exec setsid sleep 1000) & (trap '' HUP TERM; while :; do :; done) & echo started; read -r _"
    with program(service, "bash", code, terminal={}, run_timeout=20_000) as talking:
        talking.read("started")
        assert len(terminals(service)) == 1
        talking.say("stdin", data="\n")
        talking.until("result")
    wait_settled(service)
    assert terminals(service) == []


def terminals(service: Service) -> list[str]:
    """The host's that belong to a uid of its jails; others' come and go."""
    ids = range(service.first_host_id, service.first_host_id + 65_536)
    found = []
    for terminal in Path("/dev/pts").iterdir():
        with suppress(FileNotFoundError):
            if terminal.stat().st_uid in ids:
                found.append(terminal.name)
    return found


def test_output_that_is_stopped(service: Service) -> None:
    """By the program itself, as by Ctrl-S: its time runs out all the same."""
    code = "import sys, termios; print('before', flush=True); termios.tcflow(1, termios.TCOOFF); print('after', flush=True)"
    with program(service, "python", code, terminal={}, run_timeout=500) as talking:
        result = talking.until("result")
    assert (result["run"]["status"], result["run"]["stdout"]) == ("timeout", "before\r\n")


def test_storm_of_signals(service: Service) -> None:
    code = "trap 'exit 3' USR1; trap : USR2; echo ready; while :; do read -t 0.01; done"
    with program(service, "bash", code, run_timeout=30_000) as talking:
        talking.read("ready\n")
        for _ in range(5000):
            talking.say("signal", signal="SIGUSR2")
        assert service.run("bash", "echo fine")["stdout"] == "fine\n"
        while not any(message["type"] == "exit" for message in talking.messages):
            talking.say("signal", signal="SIGUSR1")
            talking.next()
        assert talking.until("result")["run"]["code"] == 3


def test_init_is_not_kept_from_its_work(service: Service) -> None:
    """It has a handler now for the end of a child, so that may be sent to it; nothing else is heard."""
    code = (
        "import os, signal\n"
        "for _ in range(20_000): os.kill(1, signal.SIGCHLD)\n"
        "for number in signal.valid_signals(): os.kill(1, number)\n"
        "print(input())\n"
    )
    with program(service, "python", code, run_timeout=20_000) as talking:
        talking.say("stdin", data="alive\n")
        result = talking.until("result")
    assert (result["run"]["stdout"], result["run"]["code"]) == ("alive\n", 0)


def test_client_that_says_too_much(service: Service) -> None:
    """To a program that reads nothing: it is not collected for it, and nobody else waits."""
    with program(service, "python", "import time; print(1, flush=True); time.sleep(3)") as talking:
        talking.read("1\n")
        with suppress(ConnectionClosed):  # its program ends before all of it is taken
            for _ in range(40):
                talking.socket.send(bytes(100_000))
        assert service.run("bash", "echo fine")["stdout"] == "fine\n"
        assert talking.until("result")["run"]["status"] == "ok"
