"""PID 1 of a jail, once it is built: writes files, runs stages, reaps, reports, reads files back.

It is as unprivileged as the programs it starts, but not dumpable, and as PID 1
deaf to their signals. What it reports of a stage is the kernel's wait status.
"""

import errno
import os
import signal
import socket
import time
from typing import NoReturn

from jail.build import HostFacts, build_jail
from jail.control import Message, receive, send
from jail.credentials import lower_rlimits
from jail.files import collect_files, met_limits, write_files
from jail.spec import BOX, START_PROGRAM, WRITE_FILES, JailError, JailSpec, StageCommand, step

_NOT_EXECUTABLE = (errno.ENOENT, errno.EACCES, errno.ENOEXEC, errno.ENOTDIR)
_HIGHEST_FD = os.sysconf("SC_OPEN_MAX")


def run_init(
    spec: JailSpec, facts: HostFacts, control: socket.socket, cgroup_fds: list[int], jailer: socket.socket
) -> NoReturn:
    """Build the jail around this process and serve it until its control socket closes."""
    try:
        _forget_signals()
        build_jail(spec, facts, jailer, [control.fileno(), *cgroup_fds])
        jailer.close()
        send(control, {"event": "ready"})
        while received := receive(control):
            _obey(control, *received)
    except JailError as error:
        send(control, {"event": "failed", "step": error.step, "errno": error.errno, "detail": error.detail})
    finally:
        # Never back into the jailer's code, whatever happened.
        os._exit(0)


def _obey(control: socket.socket, message: Message, fds: list[int]) -> None:
    match message:
        case {"order": "files", "header_bytes": header_bytes}:
            with step(WRITE_FILES):
                write_files(header_bytes, fds[0])
        case {"order": "stage", "command": command}:
            run_stage(control, StageCommand.from_message(command), fds)
        case {"order": "limits", "file_size_bytes": file_size_bytes}:
            send(control, {"event": "limits", "met": met_limits(file_size_bytes)})
        case {"order": "collect", "patterns": patterns, "caps": caps}:
            with step("collect files"):
                collect_files(patterns, fds[0], **caps)
        case _:
            raise JailError("read an order", errno.EBADMSG)


def run_stage(control: socket.socket, stage: StageCommand, fds: list[int]) -> None:
    """Run one program to its end and that of all its descendants."""
    with step(START_PROGRAM):
        pid, started_ns = start_program(stage, fds)
    for fd in fds:
        os.close(fd)
    send(control, {"event": "started", "at_ns": started_ns})
    status = _wait_for(pid)
    ended_ns = time.monotonic_ns()
    _kill_the_rest()
    send(control, {"event": "ended", "status": status, "at_ns": ended_ns})


def start_program(stage: StageCommand, fds: list[int]) -> tuple[int, int]:
    """Fork and exec; return its pid and the instant of the exec, in ns of CLOCK_MONOTONIC."""
    read_end, write_end = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        _become_program(stage, fds, write_end)
    os.close(write_end)
    with open(read_end, "rb") as report:
        # Ends with the exec, which closes the other end; what follows the time is an errno.
        started_ns, _, failure = report.read().decode().partition(" ")
    if failure:
        raise OSError(int(failure), os.strerror(int(failure)), stage.argv[0])
    return pid, int(started_ns)


def _become_program(stage: StageCommand, fds: list[int], report: int) -> NoReturn:
    try:
        os.setsid()  # kill(0, …) and a terminal's signals stay within the program
        for number, fd in enumerate(fds):
            os.dup2(fd, number)
        # All of them are close-on-exec anyway; a program must not depend on that being so.
        os.closerange(3, report)
        os.closerange(report + 1, _HIGHEST_FD)
        lower_rlimits(stage)
        os.write(report, str(time.monotonic_ns()).encode())
        os.chdir(BOX)
        os.execve(find_command(stage), stage.argv, stage.environment)
    except OSError as error:
        if error.errno in _NOT_EXECUTABLE and "/" in stage.argv[0]:
            # What the compile stage made, or didn't, is the program's own affair: as a shell has it.
            os.write(2, f"{stage.argv[0]}: {error.strerror}\n".encode())
            os._exit(127 if error.errno == errno.ENOENT else 126)
        os.write(report, f" {error.errno}".encode())
    finally:
        os._exit(127)


def _forget_signals() -> None:
    """Programs expect the defaults, and would inherit what somebody before them ignored or blocked.

    CPython did, the jailer, perhaps whoever started the service. Init itself
    loses nothing: of signals with their default action PID 1 hears none.
    """
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def find_command(stage: StageCommand) -> str:
    """The file that the command names. The program's environment has no say in it."""
    name = stage.argv[0]
    candidates = [name] if "/" in name else [f"{folder}/{name}" for folder in stage.search_path.split(":")]
    return next(filter(os.path.exists, candidates), candidates[0])


def _wait_for(pid: int) -> int:
    """Reap whatever ends, orphans included, until it is this child; return its wait status."""
    while True:
        reaped, status = os.wait()
        if reaped == pid:
            return status


def _kill_the_rest() -> None:
    """End every other process of the jail; they can't fork past a signal to all (kill(2), pid -1)."""
    try:
        os.kill(-1, signal.SIGKILL)
        while True:
            os.wait()
    except (ProcessLookupError, ChildProcessError):
        return
