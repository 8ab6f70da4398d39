"""What is written down of an execution: one line of the log, whatever became of it, without anything of its program."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import trio

from protocol.messages import Execute, Finished, StageResult
from supervisor.errors import Refusal
from supervisor.validation import Installed

log = structlog.stdlib.get_logger(__name__)

# Of a refusal, which may quote what its client has sent.
_MAX_MESSAGE = 300


class Record:
    """Of one execution, while it goes on."""

    def __init__(self, request: Execute) -> None:
        self._request = request
        self._came_at = trio.current_time()
        self._installed: Installed | None = None
        self._finished: Finished | None = None
        self.queue_ms: float | None = None  # until it had a place
        self._total_ms = 0.0

    def plan(self, installed: Installed) -> None:
        """It is this runtime's."""
        self._installed = installed

    def begin(self) -> None:
        """It has its place."""
        self.queue_ms = self._ms()

    def finish(self, finished: Finished) -> None:
        """It was carried out; this is what is about to be sent."""
        self._finished = finished
        self._total_ms = self._ms()

    def write(self, refusal: Refusal | None = None, *, has_failed: bool = False) -> None:
        """Log what became of it."""
        about = {"execution": self._request.execution_id, "key": self._request.key_name}
        if installed := self._installed:
            about |= {"runtime": installed.name, "version": installed.runtime.version}
        if self._finished:
            log.info("finished", **about, **self._outcome(self._finished))
        elif refusal:
            log.info("refused", **about, code=str(refusal.code), reason=refusal.message[:_MAX_MESSAGE], **self._times())
        else:
            log.info("failed" if has_failed else "cancelled", **about, **self._times())

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
            "cpu_ms": _tenths(sum(result.cpu_time_ms for result in all_stages(finished))),
            "memory_kb": max(result.memory_peak_bytes for result in all_stages(finished)) // 1024,
        }

    def _times(self) -> dict[str, float]:
        queue = {} if self.queue_ms is None else {"queue_ms": _tenths(self.queue_ms)}
        return queue | {"total_ms": _tenths(self._total_ms or self._ms())}

    def _ms(self) -> float:
        return (trio.current_time() - self._came_at) * 1000


@contextmanager
def recorded(request: Execute) -> Iterator[Record]:
    """Write the record at the end, after its answer was sent: for that somebody waits."""
    record = Record(request)
    try:
        yield record
    except Refusal as refusal:
        record.write(refusal)
        raise
    except Exception:
        record.write(has_failed=True)
        raise
    except BaseException:  # its client is gone
        record.write()
        raise
    record.write()


def all_stages(finished: Finished) -> list[StageResult]:
    """All that were run or, compiled before, are told of again."""
    runs = [case.run for case in finished.cases] if finished.cases else [finished.run]
    return [result for result in (finished.compile, *runs) if result]


def _tenths(ms: float) -> float:
    return round(ms, 1)
