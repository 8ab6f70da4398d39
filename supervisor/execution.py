"""One execution: a jail taken, the files put in, the stages run, the jail retired."""

import errno
import json
import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from jail.files import write_all
from jail.spec import WRITE_FILES, JailError, step
from protocol.messages import ErrorCode, Execute, Finished, StageResult, Status
from supervisor.compile_cache import CompileCache, Compiled, Ticket
from supervisor.errors import JailLostError, Refusal
from supervisor.jails import Jail
from supervisor.outputs import collect_outputs, pack_box
from supervisor.pool import Pool
from supervisor.stage import run_stage
from supervisor.validation import Plan
from supervisor.warm import serves

log = logging.getLogger(__name__)

_FILE_MODE = 0o644
# Jails tried when one is lost before its program began, as all are with their jailer.
_ATTEMPTS = 3
_RETRY_AFTER_S = 1
# What a request's files can run into in a file system of their own.
_DO_NOT_FIT = (errno.ENOSPC, errno.EFBIG, errno.ENAMETOOLONG, errno.ELOOP)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a plan; stages that were not reached are None."""

    compiled: StageResult | None
    ran: StageResult | None
    outputs: bytes | None = None
    was_cached: bool = False


async def execute(request: Execute, plan: Plan, pool: Pool, cache: CompileCache) -> Finished:
    """Carry out a plan, or raise the Refusal that says why not."""
    try:
        async with cache.ticket(request.owner, plan) as ticket:
            done = await run_in_jail(plan, pool, ticket)
    except JailLostError as error:
        pool.report_fault(f"execution {request.execution_id}: {error}")
        raise Refusal(ErrorCode.UNAVAILABLE, "no jail could be had", retry_after_s=_RETRY_AFTER_S) from error
    except JailError as error:
        if error.step == WRITE_FILES and error.errno in _DO_NOT_FIT:
            message = f"the files do not fit into the jail: {os.strerror(error.errno)}"
            raise Refusal(ErrorCode.TOO_LARGE, message, ["files"]) from error
        pool.report_fault(f"execution {request.execution_id}: {error} (errno {error.errno})")
        raise Refusal(ErrorCode.INTERNAL, "the execution failed on our side") from error
    return Finished(
        id=request.id,
        language=plan.installed.manifest.language,
        version=plan.installed.runtime.version,
        compile=done.compiled,
        run=done.ran,
        outputs=done.outputs,
        cached=done.was_cached,
    )


async def run_in_jail(plan: Plan, pool: Pool, ticket: Ticket) -> Ran:
    """The results of the compile and the run stage; JailLostError or JailError when there are none."""
    for attempt in range(_ATTEMPTS):
        try:
            if attempt:  # what has waited beside one that is lost may be lost as well
                jail = await pool.acquire_new(plan.installed)
            else:
                # One with a compiler in it would be wasted on what is compiled already.
                jail = await pool.acquire(plan.installed, lambda program: not ticket.compiled and serves(program, plan))
        except JailError as error:
            if attempt == _ATTEMPTS - 1:
                raise JailLostError(str(error)) from error
            continue  # if it was the jailer that died: for the next one it is waited
        try:
            return await _run_stages(plan, jail, ticket)
        except JailLostError:
            # Nothing of the program was executed yet, so it is not executed twice.
            if jail.was_used or attempt == _ATTEMPTS - 1:
                raise
        except JailError as error:
            if jail.was_used or error.step == WRITE_FILES:
                raise
            raise JailLostError(str(error)) from error
        finally:
            pool.retire(jail)
    raise AssertionError("unreachable")


async def _run_stages(plan: Plan, jail: Jail, ticket: Ticket) -> Ran:
    compiled = None
    if ticket.compiled:
        compiled = ticket.compiled.result
        await _send_files(jail, ticket.compiled.header_bytes, [ticket.compiled.box])
    else:
        header = json.dumps([(name, len(content), _FILE_MODE) for name, content in plan.files]).encode()
        await _send_files(jail, len(header), [header, *(content for _, content in plan.files)])
    if plan.compile and not compiled:
        compiled = await run_stage(jail, plan.compile, b"")
        if compiled.status is not Status.OK:
            return Ran(compiled, None)
        if ticket.is_to_land:  # before anything of the program is executed
            header_bytes, box = await pack_box(jail, ticket.max_bytes)
            ticket.land(Compiled(_without_times(compiled), box, header_bytes) if header_bytes else None)
    ran = await run_stage(jail, plan.run, plan.stdin)
    outputs = await collect_outputs(jail, plan.outputs) if plan.outputs else None
    return Ran(compiled, ran, outputs, ticket.compiled is not None)


def _without_times(result: StageResult) -> StageResult:
    """As it is told of when it is not run."""
    return msgspec.structs.replace(result, wall_time_ms=0.0, cpu_time_ms=0.0, memory_peak_bytes=0)


async def _send_files(jail: Jail, header_bytes: int, contents: Iterable[bytes]) -> None:
    """Init writes them, unprivileged and inside; no path of a request is ever opened out here."""
    with step("copy the files"):
        memfd = os.memfd_create("files", os.MFD_CLOEXEC)
    try:
        for content in contents:
            write_all(memfd, content)
        await jail.send({"order": "files", "header_bytes": header_bytes}, [memfd])
    finally:
        os.close(memfd)


def log_outcome(request: Execute, plan: Plan, finished: Finished) -> None:
    """One line an execution, without anything of its program."""
    last = finished.run or finished.compile
    assert last is not None
    log.info(
        "execution=%s runtime=%s version=%s stage=%s status=%s wall_ms=%.1f cpu_ms=%.1f memory_kb=%d",
        request.execution_id,
        plan.installed.name,
        plan.installed.runtime.version,
        "run" if finished.run else "compile",
        last.status,
        last.wall_time_ms,
        last.cpu_time_ms,
        last.memory_peak_bytes // 1024,
    )
