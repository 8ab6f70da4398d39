"""The bare host as the ground of attacks: the control. As root, in some namespaces that spare the host the worst."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import trio

from cli.attacks.ground import HELPER, READY, AttackError, Ended, Ground, Look, Order
from cli.attacks.traces import processes

_INTERPRETERS = {"python": (sys.executable, "-sE"), "bash": ("bash",)}
STILL_RUNNING = "still running"
_PATIENCE_S = 0.2  # what outside is not gone at once stays
_READ_BYTES = 65_536
# Mounts, names and PID 1 are its own; files, network, users and limits are the host's. The shell, PID 1, tells how
# the program ended; what that has left running ends with the shell, and not before.
_NAMESPACES = ("unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child")
_SCRIPT = 'input=$1; shift; "$@" <&"$input" 2>errors; echo "$?" >&2; read -r _'


class Host(Ground):
    """Runs programs in a folder that whoever made it removes."""

    patience_s = _PATIENCE_S

    def __init__(self, language: str, mark: str, folder: Path) -> None:
        super().__init__(language, mark)
        self._folder = folder
        self._shell_parent = 0

    async def _run(self, order: Order) -> Ended:
        limit_ms = order.wall_time_ms or order.cpu_time_ms
        async with self._started(order) as run:
            # Twice as long as the limit that would have ended it in a jail.
            with trio.move_on_after(2 * limit_ms / 1000 if limit_ms else float("inf")):
                await run.to_its_end()
            if order.when_ended:
                await order.when_ended()
        if run.status not in ("ok", STILL_RUNNING):
            raise AttackError(f"{order.program} failed outside: {run.status}: {self._errors()}")
        return Ended(run.status, bytes(run.stdout))

    def _errors(self) -> str:
        errors = self._folder / "errors"
        return errors.read_text(errors="replace").strip() if errors.exists() else ""

    @asynccontextmanager
    async def _started(self, order: Order) -> AsyncIterator["_Run"]:
        theirs, ours = os.pipe()
        shutil.copy(self.path(HELPER), self._folder)
        program = [*_INTERPRETERS[self.language], shutil.copy(self.path(order.program), self._folder), *order.arguments]
        command = [*_NAMESPACES, "bash", "-c", _SCRIPT, "bash", str(theirs), *program]
        environment = {**os.environ, "LC_ALL": "C"}  # what a shell's tools say is looked at
        start = partial(
            trio.lowlevel.open_process, cwd=self._folder, env=environment, pass_fds=(theirs,), start_new_session=True
        )
        try:
            pipe = subprocess.PIPE
            process = await start(command, stdin=pipe, stdout=pipe, stderr=pipe)
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        self._shell_parent = process.pid
        run = _Run(process, ours, order.while_it_waits)
        try:
            yield run
        finally:
            with trio.CancelScope(shield=True):
                run.close_stdin()
                process.kill()
                await process.wait()
                await self.comes_true(lambda: not processes(self.mark))

    def processes(self) -> int:
        """The two that start it are not of it."""
        ours = {self._shell_parent}
        return len([seen for seen in processes(self.mark) if not ours & {seen.pid, seen.parent}])

    def kept_bytes(self) -> int:
        disk = os.statvfs("/dev/shm")
        return (disk.f_blocks - disk.f_bfree) * disk.f_frsize

    def has_cgroup(self) -> bool:
        return False


class _Run:
    """A program under way: what it says, what the shell says when it has ended."""

    def __init__(self, process: trio.Process, stdin: int, while_it_waits: Look | None) -> None:
        assert isinstance(process.stdout, trio.lowlevel.FdStream)
        assert isinstance(process.stderr, trio.lowlevel.FdStream)
        self.stdout = bytearray()
        self.status = STILL_RUNNING
        self._output = process.stdout
        self._shell = process.stderr
        self._stdin = stdin
        self._while_it_waits = while_it_waits

    async def to_its_end(self) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._listen)
            code = b""
            while not code.endswith(b"\n"):
                code += await self._shell.receive_some() or b"unknown\n"
            nursery.cancel_scope.cancel()
        # All it wrote is in the pipe by now, whose other end the shell holds as well: there is no end of file.
        with suppress(BlockingIOError):
            while data := os.read(self._output.fileno(), _READ_BYTES):
                self.stdout += data
        self.status = "ok" if code == b"0\n" else f"exit code {code.decode().strip()}"

    async def _listen(self) -> None:
        while data := await self._output.receive_some(_READ_BYTES):
            self.stdout += data
            if self._while_it_waits and READY in self.stdout:
                look, self._while_it_waits = self._while_it_waits, None
                await look()
                self.close_stdin()

    def close_stdin(self) -> None:
        if self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1
