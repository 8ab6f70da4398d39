"""One execution: from a request and its plan to an answer."""

import errno
import os

from jail.spec import WRITE_FILES, JailError
from protocol.messages import CaseResult, ErrorCode, Execute, Finished
from supervisor.admission import Admission
from supervisor.cases import run_cases
from supervisor.compile_cache import CompileCache
from supervisor.dialogue import Dialogue
from supervisor.errors import CutShortError, JailLostError, Refusal
from supervisor.job import Job
from supervisor.pool import Pool
from supervisor.validation import Plan

_RETRY_AFTER_S = 1
# What a request's files can run into in a file system of their own.
_DO_NOT_FIT = (errno.ENOSPC, errno.EFBIG, errno.ENAMETOOLONG, errno.ELOOP)


async def execute(
    request: Execute,
    plan: Plan,
    pool: Pool,
    cache: CompileCache,
    admission: Admission,
    dialogue: Dialogue | None = None,
) -> Finished:
    """Carry out a plan, telling of it in the dialogue, or raise the Refusal that says why not."""
    cases: list[CaseResult] = []
    try:
        async with cache.ticket(request.owner, plan) as ticket:
            job = Job(plan, pool, ticket, request.owner, dialogue)
            if plan.cases:
                done, cases = await run_cases(job, admission, stop_on_failure=request.stop_on_failure)
            else:
                done = await job.carry_out()
    except JailLostError as error:
        pool.report_fault(f"execution {request.execution_id}: {error}")
        raise Refusal(ErrorCode.UNAVAILABLE, "no jail could be had", retry_after_s=_RETRY_AFTER_S) from error
    except JailError as error:
        if error.step == WRITE_FILES and error.errno in _DO_NOT_FIT:
            message = f"the files do not fit into the jail: {os.strerror(error.errno)}"
            raise Refusal(ErrorCode.TOO_LARGE, message, ["files"]) from error
        pool.report_fault(f"execution {request.execution_id}: {error} (errno {error.errno})")
        raise Refusal(ErrorCode.INTERNAL, "the execution failed on our side") from error
    except CutShortError as error:
        pool.report_fault(f"execution {request.execution_id}: {error}")
        raise Refusal(ErrorCode.INTERNAL, "a jail was lost after programs had begun") from error
    return Finished(
        id=request.id,
        language=plan.installed.manifest.language,
        version=plan.installed.runtime.version,
        compile=done.compiled,
        run=done.ran,
        outputs=done.outputs,
        cached=done.was_cached,
        cases=cases,
    )
