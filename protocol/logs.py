"""The lines of the log, the same in both daemons: key=value for people, JSON for programs.

Nothing that a client has sent can end a line, or begin one: what can't be printed
is escaped, and the lines of a traceback are indented.
"""

import logging
import sys
from typing import Any, Literal

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

LogFormat = Literal["text", "json"]

_FIRST = ("timestamp", "level", "daemon", "event")
_logfmt = structlog.processors.LogfmtRenderer(key_order=_FIRST, bool_as_flag=False)


def set_up_logging(daemon: str, log_format: LogFormat) -> None:
    """Write what is logged to stderr, that of libraries too; called again, it changes the form."""

    def name_daemon(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["daemon"] = daemon
        return event

    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_daemon,
        structlog.processors.format_exc_info,
    ]
    render: Processor = structlog.processors.JSONRenderer() if log_format == "json" else _as_text
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(foreign_pre_chain=shared, processors=[ProcessorFormatter.remove_processors_meta, render])
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        # Through logging, which does not let a full disk end what is logged about.
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


def _as_text(logger: WrappedLogger, name: str, event: EventDict) -> str:
    traceback = event.pop("exception", None)
    line = _logfmt(logger, name, {key: _printable(value) for key, value in event.items()})
    return line if traceback is None else "\n    ".join([line, *map(_escaped, traceback.split("\n"))])


def _printable(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else _escaped(str(value))


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    # Not unicode_escape for all of it: what people write is not only ASCII.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
