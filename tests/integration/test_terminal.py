"""A program in a terminal: what it finds, what is typed, and what belongs to its size."""

import pytest

from tests.service import Service
from tests.talk import Talk, program

pytestmark = pytest.mark.service


def in_terminal(service: Service, language: str, code: str, rows: int = 24, columns: int = 80, **fields: object):  # type: ignore[no-untyped-def]
    return program(service, language, code, terminal={"rows": rows, "columns": columns}, run_timeout=20_000, **fields)


def finish(talking: Talk) -> str:
    return str(talking.until("result")["run"]["stdout"])


@pytest.mark.parametrize("language", ["python", "bash", "javascript", "ruby", "c"])
def test_it_is_a_terminal(service: Service, language: str) -> None:
    code = {
        "python": "import os; print([os.isatty(n) for n in range(3)], os.get_terminal_size(), os.environ['TERM'])",
        "bash": "test -t 0 -a -t 1 -a -t 2 && stty size && echo $TERM",
        "javascript": "const { isTTY, columns, rows } = process.stdout; console.log(`${process.stdin.isTTY} ${isTTY} ${columns} ${rows}`)",
        "ruby": "require 'io/console'\np $stdin.tty?, $stdout.tty?, $stdout.winsize",
        "c": "#include <stdio.h>\n#include <unistd.h>\n#include <sys/ioctl.h>\nint main(void) { struct winsize w; ioctl(0, TIOCGWINSZ, &w);"
             ' printf("%d%d%d %d %d\\n", isatty(0), isatty(1), isatty(2), w.ws_row, w.ws_col); }',
    }[language]  # fmt: skip
    told = {
        "python": "[True, True, True] os.terminal_size(columns=100, lines=30) xterm-256color\r\n",
        "bash": "30 100\r\nxterm-256color\r\n",
        "javascript": "true true 100 30\r\n",
        "ruby": "true\r\ntrue\r\n[30, 100]\r\n",
        "c": "111 30 100\r\n",
    }[language]
    with in_terminal(service, language, code, 30, 100) as talking:
        assert finish(talking) == told


def test_it_is_the_session_s_own(service: Service) -> None:
    code = "import os; tty = os.open('/dev/tty', os.O_RDWR); os.write(tty, b'%d' % (os.tcgetpgrp(tty) == os.getpgrp())); input()"
    with in_terminal(service, "python", code) as talking:
        talking.read("1")
        talking.say("stdin", data="\n")
        talking.until("result")
    assert service.run("bash", "echo x > /dev/tty")["stderr"].endswith("/dev/tty: No such device or address\n")


def test_what_is_typed_is_shown(service: Service) -> None:
    with in_terminal(service, "python", "print(input('name? ').upper())") as talking:
        talking.read("name? ")
        talking.say("stdin", data="ada\n")
        assert finish(talking) == "name? ada\r\nADA\r\n"


def test_passwords_are_not(service: Service) -> None:
    with in_terminal(service, "python", "import getpass; print(getpass.getpass()[::-1])") as talking:
        talking.read("Password: ")
        talking.say("stdin", data="secret\n")
        assert finish(talking) == "Password: \r\nterces\r\n"


def test_control_c_interrupts(service: Service) -> None:
    # Short sleeps: a signal between Python's last look for one and the system call does not end it.
    code = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(0.01)"
    with in_terminal(service, "python", code) as talking:
        talking.read("ready")
        talking.say("stdin", data="\x03")
        run = talking.until("result")["run"]
    assert "KeyboardInterrupt" in run["stdout"], run
    assert (run["status"], run["signal"]) == ("signaled", "SIGINT")


@pytest.mark.parametrize("typed", ["whole\n", "cut"])
def test_end_of_input(service: Service, typed: str) -> None:
    with in_terminal(service, "bash", "stty -echo; echo ready; cat; echo end") as talking:
        talking.read("ready")
        talking.say("stdin", data=typed)
        talking.say("eof")
        assert finish(talking) == "ready\r\n" + typed.replace("\n", "\r\n") + "end\r\n"


def test_resize_is_told_to_the_program(service: Service) -> None:
    code = (
        "import os, signal\n"
        # Not by print(), in the middle of which it may be: that isn't reentrant.
        "signal.signal(signal.SIGWINCH, lambda *_: os.write(1, str(os.get_terminal_size()).encode()))\n"
        "print('ready', flush=True)\ninput()"
    )
    with in_terminal(service, "python", code) as talking:
        talking.read("ready")
        talking.say("resize", rows=50, columns=132)
        assert "columns=132, lines=50" in talking.read(")")
        talking.say("stdin", data="\n")
        talking.until("result")


def test_repl(service: Service) -> None:
    code = "import code; code.interact(banner='hello', exitmsg='bye', local={})"
    with in_terminal(service, "python", code) as talking:
        talking.read(">>> ")
        talking.say("stdin", data="6 * 7\n")
        assert "42" in talking.read(">>> ")
        talking.say("eof")
        assert finish(talking).endswith("bye\r\n")


def test_job_control(service: Service) -> None:
    with in_terminal(service, "bash", "exec bash --norc -i") as talking:
        talking.read("$ ")
        talking.say("stdin", data="sh -c 'echo runn''ing; exec sleep 50'\n")
        talking.read("running")  # by itself, and in the foreground, not as it was typed
        talking.say("stdin", data="\x1a")
        assert "Stopped" in talking.read("$ ", "data")
        talking.say("stdin", data="kill -KILL %1; wait\n")
        talking.read("$ ")
        talking.say("stdin", data="exit 5\nexit 5\n")  # it may have to be said twice, of stopped jobs
        result = talking.until("result")
    assert result["run"]["code"] == 5, result
    assert "no job control" not in result["run"]["stdout"]


def test_full_screen_program(service: Service) -> None:
    code = (
        "import curses\n"
        "def main(screen):\n"
        "    screen.addstr(3, 4, 'in the middle')\n"
        "    key = screen.getkey()\n"
        "    screen.addstr(5, 4, f'key {key}')\n"
        "    screen.refresh()\n"
        "    screen.getkey()\n"
        "curses.wrapper(main)\nprint('over')"
    )
    with in_terminal(service, "python", code) as talking:
        talking.read("in the middle")
        talking.say("stdin", data="q")
        talking.read("key q")
        talking.say("stdin", data="\x1b[A")
        result = talking.until("result")
    assert result["run"]["status"] == "ok"
    assert "over" in result["run"]["stdout"]


def test_limits_hold_in_a_terminal(service: Service) -> None:
    with program(service, "bash", "read", terminal={}, run_timeout=300) as talking:
        assert talking.until("result")["run"]["status"] == "timeout"
    with program(service, "bash", "yes", terminal={}) as talking:
        assert talking.until("result")["run"]["status"] == "output_limit"
