"""One execution: a jail taken, the files put in, the stages run, the jail retired."""

import errno
import json
import logging
import os

from jail.spec import WRITE_FILES, JailError
from protocol.messages import ErrorCode, Execute, Finished, StageResult, Status
from supervisor.errors import JailLostError, Refusal
from supervisor.jails import Jail
from supervisor.pool import Pool
from supervisor.stage import run_stage
from supervisor.validation import Plan

log = logging.getLogger(__name__)

# Jails tried when one is lost before its program began, as all are with their jailer.
_ATTEMPTS = 3
_RETRY_AFTER_S = 1
# What a request's files can run into in a file system of their own.
_DO_NOT_FIT = (errno.ENOSPC, errno.EFBIG, errno.ENAMETOOLONG, errno.ELOOP)


async def execute(request: Execute, plan: Plan, pool: Pool) -> Finished:
    """Carry out a plan, or raise the Refusal that says why not."""
    try:
        compiled, ran = await run_in_jail(plan, pool)
    except JailLostError as error:
        pool.report_fault(f"execution {request.execution_id}: {error}")
        raise Refusal(ErrorCode.UNAVAILABLE, "no jail could be had", retry_after_s=_RETRY_AFTER_S) from error
    except JailError as error:
        if error.step == WRITE_FILES and error.errno in _DO_NOT_FIT:
            message = f"the files do not fit into the jail: {os.strerror(error.errno)}"
            raise Refusal(ErrorCode.TOO_LARGE, message, ["files"]) from error
        pool.report_fault(f"execution {request.execution_id}: {error} (errno {error.errno})")
        raise Refusal(ErrorCode.INTERNAL, "the execution failed on our side") from error
    _log_outcome(request, plan, compiled, ran)
    return Finished(
        id=request.id,
        language=plan.installed.manifest.language,
        version=plan.installed.runtime.version,
        compile=compiled,
        run=ran,
    )


async def run_in_jail(plan: Plan, pool: Pool) -> tuple[StageResult | None, StageResult | None]:
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
        finally:
            pool.retire(plan.installed, jail)
    raise AssertionError("unreachable")


async def _run_stages(plan: Plan, jail: Jail) -> tuple[StageResult | None, StageResult | None]:
    await _send_files(jail, plan.files)
    if plan.compile is None:
        return None, await run_stage(jail, plan.run, plan.stdin)
    compiled = await run_stage(jail, plan.compile, b"")
    if compiled.status is not Status.OK:
        return compiled, None
    return compiled, await run_stage(jail, plan.run, plan.stdin)


async def _send_files(jail: Jail, files: list[tuple[str, bytes]]) -> None:
    """Init writes them, unprivileged and inside; no path of a request is ever opened out here."""
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


def _log_outcome(request: Execute, plan: Plan, compiled: StageResult | None, ran: StageResult | None) -> None:
    last = ran or compiled
    assert last is not None
    log.info(
        "execution=%s runtime=%s version=%s stage=%s status=%s wall_ms=%.1f cpu_ms=%.1f memory_kb=%d",
        request.execution_id,
        plan.installed.name,
        plan.installed.runtime.version,
        "run" if ran else "compile",
        last.status,
        last.wall_time_ms,
        last.cpu_time_ms,
        last.memory_peak_bytes // 1024,
    )
