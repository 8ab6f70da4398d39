"""PID 1 of a jail, once it is built: writes files, runs stages, reaps, reports, reads files back.

It is as unprivileged as the programs it starts, but not dumpable, and as PID 1
deaf to their signals. What it reports of a stage is the kernel's wait status.
"""

import errno
import os
import signal
import socket
import time
from typing import Any, NoReturn

from jail.build import HostFacts, build_jail
from jail.control import Message, receive, send
from jail.files import collect_files, copy_file, met_limits, write_files
from jail.packing import pack_files
from jail.reaping import wait_and_signal, wait_for
from jail.spec import START_PROGRAM, WRITE_FILES, JailError, JailSpec, StageCommand, step
from jail.staying import check_renewed, empty_folders, wait_for_word
from jail.waiting import Waiting, make_fifo, release, wait_for_order, wait_until_read

_NOT_EXECUTABLE = (errno.ENOENT, errno.EACCES, errno.ENOEXEC, errno.ENOTDIR)


def run_init(
    spec: JailSpec, facts: HostFacts, control: socket.socket, cgroup_fds: list[int], jailer: socket.socket
) -> NoReturn:
    """Build the jail around this process and serve it until its control socket closes."""
    try:
        _forget_signals()
        build_jail(spec, facts, jailer, [control.fileno(), *cgroup_fds])
        jailer.close()
        _Init(control).serve()
    except JailError as error:
        send(control, {"event": "failed", "step": error.step, "errno": error.errno, "detail": error.detail})
    finally:
        # Never back into the jailer's code, whatever happened.
        os._exit(0)


class _Init:
    """What init does once the jail is whole: one order after the other."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._waiting: Waiting | None = None
        self._staying: Waiting | None = None  # as it was when it waited last
        self._status = -1  # where it tells how it went

    def serve(self) -> None:
        """Obey until the control socket closes."""
        send(self._control, {"event": "ready"})
        while received := self._next_order():
            self._obey(*received)

    def _next_order(self) -> tuple[Message, list[int]] | None:
        if self._waiting:
            with step(START_PROGRAM):
                wait_for_order(self._control, self._waiting)
        return receive(self._control)

    def _obey(self, message: Message, fds: list[int]) -> None:
        match message:
            case {"order": "wait"}:
                with step(START_PROGRAM):
                    self._start_waiting(message, fds)
            case {"order": "files", "header_bytes": header_bytes}:
                with step(WRITE_FILES):
                    write_files(header_bytes, fds[0])
            case {"order": "stage", "command": command, "in_terminal": in_terminal, "hears_signals": hears_signals}:
                with step(START_PROGRAM):
                    pid, started_ns = self._start(command, fds, in_terminal=in_terminal)
                self._see_to_the_end(pid, started_ns, hears_signals=hears_signals)
            case {"order": "release", "content": content, "stays": stays, "hears_signals": hears_signals}:
                with step(START_PROGRAM):
                    waiting, started_ns = self._release(content)
                self._see_to_the_end(waiting.pid, started_ns, waiting if stays else None, hears_signals=hears_signals)
            case {"order": "signal"}:
                pass  # for a program that has ended meanwhile
            case {"order": "renew", "fifo": name}:
                with step("empty the jail"):
                    self._renew(name)
            case {"order": "pack", "limit": limit}:
                with step("pack the files"):
                    send(self._control, {"event": "packed", "header_bytes": pack_files(fds[0], limit)})
            case {"order": "limits", "file_size_bytes": file_size_bytes}:
                send(self._control, {"event": "limits", "met": met_limits(file_size_bytes)})
            case {"order": "collect", "patterns": patterns, "caps": caps}:
                with step("collect files"):
                    collect_files(patterns, fds[0], **caps)
            case _:
                raise JailError("read an order", errno.EBADMSG)

    def _start(self, command: Message, fds: list[int], *, in_terminal: bool = False) -> tuple[int, int]:
        stage = StageCommand.from_message(command)
        return start_program(stage, fds, self._control.fileno(), in_terminal=in_terminal)

    def _start_waiting(self, order: Message, fds: list[int]) -> None:
        """The order: ``command``, ``fifo``, ``is_source`` (it keeps its name), ``stand_ins``, ``head``, ``stays``."""
        path = make_fifo(order["fifo"])
        for name, original in order["stand_ins"].items():
            copy_file(original, name)
        if order["stays"]:
            self._status, theirs = os.pipe2(os.O_CLOEXEC)
            fds = [*fds, theirs]
        pid, _ = self._start(order["command"], fds)
        self._waiting = wait_until_read(pid, path, order["head"].encode())
        if not order["is_source"]:  # a file of the request may have that name
            os.unlink(path)
        send(self._control, {"event": "waiting"})

    def _release(self, content: str | None) -> tuple[Waiting, int]:
        if self._waiting is None:
            raise OSError(errno.ESRCH, "no program waits")
        waiting, self._waiting = self._waiting, None
        return waiting, release(waiting, None if content is None else content.encode())

    def _renew(self, fifo: str) -> None:
        """Let the program that stays wait once more, in a jail as it was before the first time."""
        if self._staying is None:
            raise OSError(errno.ESRCH, "no program stays")
        staying, self._staying = self._staying, None
        os.close(staying.pidfd)
        empty_folders()
        path = make_fifo(fifo)
        self._waiting = wait_until_read(staying.pid, path, b"")
        os.unlink(path)
        check_renewed(self._status)
        send(self._control, {"event": "waiting"})

    def _see_to_the_end(
        self, pid: int, started_ns: int, staying: Waiting | None = None, *, hears_signals: bool = False
    ) -> None:
        """Of one program and all its descendants, or of one turn of a program that stays."""
        send(self._control, {"event": "started", "at_ns": started_ns})
        if staying and (code := wait_for_word(staying, self._status)) is not None:
            self._staying = staying
            return self._tell_end(code << 8, stays=True)
        self._tell_end(wait_and_signal(self._control, pid) if hears_signals else wait_for(pid))

    def _tell_end(self, status: int, *, stays: bool = False) -> None:
        ended_ns = time.monotonic_ns()
        if not stays:
            _kill_the_rest()
        send(self._control, {"event": "ended", "status": status, "at_ns": ended_ns, "stays": stays})


def start_program(stage: StageCommand, fds: list[int], control: int, *, in_terminal: bool = False) -> tuple[int, int]:
    """Start one program on these standard streams, which are closed here; a terminal becomes its session's.

    Return its pid and the instant of its start, in ns of CLOCK_MONOTONIC. Not by a fork: that
    would copy the page tables of this interpreter, and the exec would throw the copy away.
    """
    # Close-on-exec, like all others here; a program must not depend on that being so.
    actions: list[tuple[Any, ...]] = [(os.POSIX_SPAWN_CLOSE, control)]
    actions += [(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate(fds)]
    if in_terminal:
        # The first terminal that a leader of a session opens is its session's.
        actions.append((os.POSIX_SPAWN_OPEN, 0, "/proc/self/fd/1", os.O_RDWR, 0))
    started_ns = time.monotonic_ns()
    try:
        # A session of its own: kill(0, …) and a terminal's signals stay within the program.
        pid = os.posix_spawn(find_command(stage), stage.argv, stage.environment, file_actions=actions, setsid=True)
    except OSError as error:
        if error.errno not in _NOT_EXECUTABLE or "/" not in stage.argv[0]:
            raise
        # What the compile stage made, or didn't, is the program's own affair: as a shell has it.
        os.write(fds[2], f"{stage.argv[0]}: {error.strerror}\n".encode())
        pid = _end_at_once(127 if error.errno == errno.ENOENT else 126)
    for fd in fds:
        os.close(fd)
    return pid, started_ns


def _end_at_once(code: int) -> int:
    if (pid := os.fork()) == 0:
        os._exit(code)
    return pid


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


def _kill_the_rest() -> None:
    """End every other process of the jail; they can't fork past a signal to all (kill(2), pid -1)."""
    try:
        os.kill(-1, signal.SIGKILL)
        while True:
            os.wait()
    except (ProcessLookupError, ChildProcessError):
        return
