"""The stages of one plan: in one jail, or what was compiled in one is run in another."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import msgspec

from jail.spec import WRITE_FILES, JailError
from protocol.messages import ErrorCode, StageResult, Status
from supervisor.box import MAX_BOX_BYTES, Box, pack_box, send_box, send_files
from supervisor.compile_cache import Compiled, Ticket
from supervisor.dialogue import Dialogue
from supervisor.errors import JailLostError, Refusal
from supervisor.jails import Jail
from supervisor.outputs import collect_outputs
from supervisor.pool import Pool
from supervisor.stage import run_stage
from supervisor.validation import Plan, StagePlan
from supervisor.warm import Files, serves

# Jails tried when one is lost before its program began, as all are with their jailer.
_ATTEMPTS = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a plan; stages that were not reached are None."""

    compiled: StageResult | None
    ran: StageResult | None
    outputs: bytes | None = None
    was_cached: bool = False


@dataclass(frozen=True, slots=True)
class _Compilation:
    """What came of a compile stage; the box where it was wanted, and could be had."""

    result: StageResult
    box: Box | None
    has_stayed: bool  # the compiler is still there

    @property
    def is_stuck(self) -> bool:
        """It stayed for nothing: what it made can't be taken to another jail."""
        return self.has_stayed and self.result.status is Status.OK and not self.box


@dataclass(frozen=True, slots=True)
class Job:
    """A plan, and what it is carried out with. ``owner``: whose it is; nobody's if it is our own."""

    plan: Plan
    pool: Pool
    ticket: Ticket
    owner: str = ""
    dialogue: Dialogue | None = None  # with who watches it

    async def carry_out(self) -> Ran:
        """The results of the compile and the run stage; JailLostError or JailError when there are none."""
        if cached := self.ticket.compiled:
            if self.dialogue:
                self.dialogue.enter("compile", self.plan.installed)
                await self.dialogue.retell(cached.result)
            # Not in a jail with a compiler, which would be wasted on what is compiled already.
            run_cached = partial(self._run_box, box=cached.box, compiled=cached.result, was_cached=True)
            return await self._in_jail(self.plan.run, cached.box.files, run_cached)
        if not self.plan.compile:
            return await self._in_jail(self.plan.run, lambda: self.plan.files, self._run_files)
        done = await self._in_compiler_jail(self._compile_and_run)
        if isinstance(done, Ran):
            return done
        assert done.box  # else it would have run there
        run_box = partial(self._run_box, box=done.box, compiled=done.result)
        return await self._in_jail(self.plan.run, done.box.files, run_box)

    async def compile(self) -> Compiled:
        """The compile stage alone, with an empty box where it failed; JailLostError or JailError without a result.

        Refusal, when what was made can't be taken to other jails.
        """
        if cached := self.ticket.compiled:
            return cached
        done = await self._in_compiler_jail(partial(self._compile, wants_box=True))
        if done.result.status is Status.OK and not done.box:
            message = f"with cases, what a compiler makes may be files only, of {MAX_BOX_BYTES} bytes together"
            raise Refusal(ErrorCode.TOO_LARGE, message, ["cases"])
        return Compiled(done.result, done.box or Box(b"[]", 2))

    async def _in_compiler_jail(self, use: Callable[..., Awaitable[_Compilation | T]]) -> _Compilation | T:
        assert self.plan.compile is not None
        in_jail = partial(self._in_jail, self.plan.compile, lambda: self.plan.files)
        done = await in_jail(partial(use, may_stay=True))
        if isinstance(done, _Compilation) and done.is_stuck:
            done = await in_jail(partial(use, may_stay=False))
        return done

    async def _in_jail(self, stage: StagePlan, files: Callable[[], Files], use: Callable[[Jail], Awaitable[T]]) -> T:
        """Use a jail where this stage's program waits, or may be started."""
        pool, installed = self.pool, self.plan.installed
        for attempt in range(_ATTEMPTS):
            try:
                if attempt:  # what has waited beside one that is lost may be lost as well
                    jail = await pool.acquire_new(installed)
                else:
                    jail = await pool.acquire(installed, lambda program: serves(program, stage, files), self.owner)
            except JailError as error:
                if attempt == _ATTEMPTS - 1:
                    raise JailLostError(str(error)) from error
                continue  # if it was the jailer that died: for the next one it is waited
            try:
                return await use(jail)
            except JailLostError:
                # Nothing of the program was executed yet, so it is not executed twice.
                if jail.was_used or attempt == _ATTEMPTS - 1:
                    raise
            except JailError as error:
                if jail.was_used or error.step == WRITE_FILES:
                    raise
                raise JailLostError(str(error)) from error
            finally:
                if jail in pool.busy:  # else its compiler stays
                    pool.retire(jail)
        raise AssertionError("unreachable")

    async def _compile(self, jail: Jail, *, may_stay: bool, wants_box: bool = False) -> _Compilation:
        assert self.plan.compile is not None
        await send_files(jail, self.plan.files)
        may_stay = may_stay and self.pool.may_stay(self.owner, jail)
        result = await self._run_stage(jail, self.plan.compile, b"", stays=may_stay)
        has_stayed = jail.waiting is not None
        wants_box = wants_box or has_stayed or self.pool.starts(self.plan.installed, self.plan.run.name)
        wants_box = wants_box or not jail.leaf.resets_peak
        box = None
        if result.status is Status.OK and (self.ticket.is_to_land or wants_box):
            # Before anything of the program is executed.
            box = await pack_box(jail, MAX_BOX_BYTES if wants_box else self.ticket.max_bytes)
        compilation = _Compilation(result, box, has_stayed)
        if has_stayed and not compilation.is_stuck:
            self.pool.keep(self.owner, jail)
        if not compilation.is_stuck:
            self.ticket.land(Compiled(_without_times(result), box) if box else None)
        return compilation

    async def _compile_and_run(self, jail: Jail, *, may_stay: bool) -> Ran | _Compilation:
        """Both, where the jail can be used for both."""
        done = await self._compile(jail, may_stay=may_stay)
        if done.result.status is not Status.OK:
            return Ran(done.result, None)
        # Where the kernel measures no peak anew, the program's would be its compiler's.
        if done.has_stayed or (done.box and not jail.leaf.resets_peak):
            return done
        return (await self._run_elsewhere(done.result, done.box) if done.box else None) or await self._run(
            jail, done.result
        )

    async def _run_elsewhere(self, compiled: StageResult, box: Box) -> Ran | None:
        """Run in a jail where the run stage's program waits; None if nothing of it was executed."""
        jail = self.pool.take(self.plan.installed, lambda program: serves(program, self.plan.run, box.files))
        if not jail:
            return None
        try:
            return await self._run_box(jail, box, compiled)
        except (JailError, JailLostError):
            if jail.was_used:
                raise
            return None
        finally:
            self.pool.retire(jail)

    async def _run_files(self, jail: Jail) -> Ran:
        await send_files(jail, self.plan.files)
        return await self._run(jail, None)

    async def _run_box(self, jail: Jail, box: Box, compiled: StageResult, *, was_cached: bool = False) -> Ran:
        await send_box(jail, box)
        return await self._run(jail, compiled, was_cached=was_cached)

    async def _run(self, jail: Jail, compiled: StageResult | None, *, was_cached: bool = False) -> Ran:
        plan = self.plan
        ran = await self._run_stage(jail, plan.run, plan.stdin)
        outputs = await collect_outputs(jail, plan.outputs) if plan.outputs else None
        return Ran(compiled, ran, outputs, was_cached)

    async def _run_stage(self, jail: Jail, stage: StagePlan, stdin: bytes, *, stays: bool = False) -> StageResult:
        if self.dialogue:
            self.dialogue.enter(stage.name, self.plan.installed)
        return await run_stage(jail, stage, stdin, stays=stays, dialogue=self.dialogue)


def _without_times(result: StageResult) -> StageResult:
    """As it is told of when it is not run."""
    return msgspec.structs.replace(result, wall_time_ms=0.0, cpu_time_ms=0.0, memory_peak_bytes=0)
