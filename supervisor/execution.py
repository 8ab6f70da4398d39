"""One execution: a jail taken, the files put in, the stages run, the jail retired."""

import errno
import json
import logging
import os
from dataclasses import dataclass

from jail.spec import WRITE_FILES, JailError, step
from protocol.messages import ErrorCode, Execute, Finished, StageResult, Status
from supervisor.errors import JailLostError, Refusal
from supervisor.jails import Jail
from supervisor.outputs import collect_outputs
from supervisor.pool import Pool
from supervisor.stage import run_stage
from supervisor.validation import Plan

log = logging.getLogger(__name__)

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


async def execute(request: Execute, plan: Plan, pool: Pool) -> Finished:
    """Carry out a plan, or raise the Refusal that says why not."""
    try:
        done = await run_in_jail(plan, pool)
    except JailLostError as error:
        pool.report_fault(f"execution {request.execution_id}: {error}")
        raise Refusal(ErrorCode.UNAVAILABLE, "no jail could be had", retry_after_s=_RETRY_AFTER_S) from error
    except JailError as error:
        if error.step == WRITE_FILES and error.errno in _DO_NOT_FIT:
            message = f"the files do not fit into the jail: {os.strerror(error.errno)}"
            raise Refusal(ErrorCode.TOO_LARGE, message, ["files"]) from error
        pool.report_fault(f"execution {request.execution_id}: {error} (errno {error.errno})")
        raise Refusal(ErrorCode.INTERNAL, "the execution failed on our side") from error
    _log_outcome(request, plan, done)
    return Finished(
        id=request.id,
        language=plan.installed.manifest.language,
        version=plan.installed.runtime.version,
        compile=done.compiled,
        run=done.ran,
        outputs=done.outputs,
    )


async def run_in_jail(plan: Plan, pool: Pool) -> Ran:
    """The results of the compile and the run stage; JailLostError or JailError when there are none."""
    for attempt in range(_ATTEMPTS):
        try:
            jail = await pool.acquire(plan.installed)
        except JailError as error:
            raise JailLostError(str(error)) from error
        try:
            return await _run_stages(plan, jail)
        except JailLostError:
            # Nothing of the program was executed yet, so it is not executed twice.
            if jail.was_used or attempt == _ATTEMPTS - 1:
                raise
        except JailError as error:
            if jail.was_used or error.step == WRITE_FILES:
                raise
            raise JailLostError(str(error)) from error
        finally:
            pool.retire(plan.installed, jail)
    raise AssertionError("unreachable")


async def _run_stages(plan: Plan, jail: Jail) -> Ran:
    await _send_files(jail, plan.files)
    compiled = None
    if plan.compile is not None:
        compiled = await run_stage(jail, plan.compile, b"")
        if compiled.status is not Status.OK:
            return Ran(compiled, None)
    ran = await run_stage(jail, plan.run, plan.stdin)
    return Ran(compiled, ran, await collect_outputs(jail, plan.outputs) if plan.outputs else None)


async def _send_files(jail: Jail, files: list[tuple[str, bytes]]) -> None:
    """Init writes them, unprivileged and inside; no path of a request is ever opened out here."""
    with step("copy the files"):
        memfd = os.memfd_create("files", os.MFD_CLOEXEC)
    try:
        header = json.dumps([(name, len(content)) for name, content in files]).encode()
        for content in (header, *(content for _, content in files)):
            _write_all(memfd, content)
        await jail.send({"order": "files", "header_bytes": len(header)}, [memfd])
    finally:
        os.close(memfd)


def _write_all(fd: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _log_outcome(request: Execute, plan: Plan, done: Ran) -> None:
    last = done.ran or done.compiled
    assert last is not None
    log.info(
        "execution=%s runtime=%s version=%s stage=%s status=%s wall_ms=%.1f cpu_ms=%.1f memory_kb=%d",
        request.execution_id,
        plan.installed.name,
        plan.installed.runtime.version,
        "run" if done.ran else "compile",
        last.status,
        last.wall_time_ms,
        last.cpu_time_ms,
        last.memory_peak_bytes // 1024,
    )
