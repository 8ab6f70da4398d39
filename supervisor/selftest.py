"""Every runtime's first self-test, once, when the service starts.

It proves that each one works here and now, and brings its toolchain into the
page cache: after a night's rest the first client's compiler would otherwise
be read from disk, which takes longer than a compile stage may.
"""

import logging
import uuid
from collections.abc import Iterable

from jail.spec import JailError
from protocol.messages import Execute, SourceFile, StageRequest
from supervisor.compile_cache import Ticket
from supervisor.errors import JailLostError, Refusal
from supervisor.job import Job
from supervisor.pool import Pool
from supervisor.validation import Installed, plan_execution

log = logging.getLogger(__name__)


async def run_self_tests(available: Iterable[Installed], pool: Pool) -> None:
    """Run them one after the other; what fails is reported as a fault of the pool."""
    failures = 0
    for installed in available:
        try:
            problem = await _run(installed, pool)
        except (JailError, JailLostError, Refusal) as error:
            problem = str(error)
        if problem:
            failures += 1
            pool.report_fault(f"the self-test of {installed.name} failed: {problem}")
    log.info("self-tests are done, %d failed", failures)


async def _run(installed: Installed, pool: Pool) -> str | None:
    """What is wrong; None when the program did as it should."""
    test = installed.manifest.self_tests[0]
    patient = StageRequest(wall_time_ms=installed.manifest.run.limits.wall_time_ms)
    request = Execute(
        id=0,
        execution_id=uuid.uuid4().hex,
        language=installed.manifest.language,
        version=installed.runtime.version,
        files=[SourceFile(name=name, content=content.encode()) for name, content in test.files.items()],
        stdin=test.stdin.encode(),
        args=list(test.args),
        compile=patient,
        run=patient,
    )
    done = await Job(plan_execution(request, {installed.name: installed}), pool, Ticket()).carry_out()
    ran, last = done.ran, done.ran or done.compiled
    assert last is not None
    if (
        ran
        and ran.exit_code == test.expect.exit_code
        and test.expect.stdout in (None, ran.stdout.decode(errors="replace"))
    ):
        return None
    return f"{last.status}: {(last.stderr or last.stdout)[-300:].decode(errors='replace')}"
