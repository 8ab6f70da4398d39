"""What is kept of an execution: it is counted, and has a line of the log, without anything of its program."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import trio

from protocol.messages import ErrorCode, Execute, Finished
from supervisor.errors import Refusal
from supervisor.figures import Figures
from supervisor.validation import Installed

log = structlog.stdlib.get_logger(__name__)

# Of a refusal, which may quote what its client has sent.
_MAX_MESSAGE = 300
# How it is noticed that nobody waits for an answer any more, beside being cancelled.
_LEFT = (trio.BrokenResourceError, trio.ClosedResourceError)


class Record:
    """Of one execution, while it goes on."""

    def __init__(self, request: Execute, figures: Figures) -> None:
        self._request = request
        self._figures = figures
        self._came_at = self._planned_at = trio.current_time()
        self._installed: Installed | None = None
        self._finished: Finished | None = None
        self.queue_ms: float | None = None  # until it had a place
        self._total_ms = 0.0

    def plan(self, installed: Installed) -> None:
        """It is this runtime's, and waits for a place from now on."""
        self._installed = installed
        self._planned_at = trio.current_time()

    def begin(self) -> None:
        """It has its place."""
        self.queue_ms = self._ms(self._planned_at)

    def finish(self, finished: Finished) -> None:
        """It was carried out; this is what is about to be sent."""
        self._finished = finished
        self._total_ms = self._ms(self._came_at)
        assert self._installed
        # Before it is sent: who has the answer finds it counted.
        self._figures.of[self._installed.name].note_execution(finished, self._total_ms)

    def write(self, error: BaseException | None) -> None:
        """Log what became of it, and count what was not carried out."""
        about = {"execution": self._request.execution_id, "key": self._request.key_name}
        if installed := self._installed:
            about |= {"runtime": installed.name, "version": installed.runtime.version}
        if self._finished:
            log.info("finished", **about, **self._outcome(self._finished))
        elif isinstance(error, Refusal):
            self._figures.refusals[error.code] += 1
            log.info("refused", **about, code=str(error.code), reason=error.message[:_MAX_MESSAGE], **self._times())
        elif isinstance(error, Exception) and not isinstance(error, _LEFT):
            self._figures.refusals[ErrorCode.INTERNAL] += 1
            log.info("failed", **about, **self._times())  # the error itself is logged by who handles it
        else:
            self._figures.cancelled += 1
            log.info("cancelled", **about, **self._times())

    def _outcome(self, finished: Finished) -> dict[str, object]:
        stages = {"compile": finished.compile, "run": finished.run}
        last = finished.run or finished.compile
        assert last is not None
        ran = {f"{name}_ms": _tenths(result.wall_time_ms) for name, result in stages.items() if result}
        return {
            "stage": "run" if finished.run else "compile",
            "status": str(last.status),
            **({"cases": len(finished.cases)} if finished.cases else {}),
            **({"cached": True} if finished.cached else {}),
            **self._times(),
            **ran,
            "cpu_ms": _tenths(sum(result.cpu_time_ms for _, result in finished.stages)),
            "memory_kb": max(result.memory_peak_bytes for _, result in finished.stages) // 1024,
        }

    def _times(self) -> dict[str, float]:
        queue = {} if self.queue_ms is None else {"queue_ms": _tenths(self.queue_ms)}
        return queue | {"total_ms": _tenths(self._total_ms or self._ms(self._came_at))}

    def _ms(self, since: float) -> float:
        return (trio.current_time() - since) * 1000


@contextmanager
def recorded(request: Execute, figures: Figures) -> Iterator[Record]:
    """Write the line at the end, after its answer was sent: for that somebody waits."""
    record = Record(request, figures)
    try:
        yield record
    except BaseException as error:
        record.write(error)
        raise
    record.write(None)


def _tenths(ms: float) -> float:
    return round(ms, 1)
