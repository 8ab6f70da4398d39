"""The form of the log's lines, in a process of their own: what is set up is the whole process's."""

import json
import subprocess
import sys

PROGRAM = """
import logging, sys
import structlog
from protocol.logs import set_up_logging

set_up_logging("supervisor", "json")
set_up_logging("supervisor", sys.argv[1])
hostile = 'a"b=c\\nlevel=error\\r\\x1b[31m\\u2028ü'
structlog.stdlib.get_logger("ours").info("finished", key=hostile, ms=1.5, is_it=True, none=None)
logging.getLogger("theirs").warning("said %s", hostile)
logging.getLogger("theirs").debug("too much")
try:
    raise ValueError("first\\nlevel=error event=forged")
except ValueError:
    logging.getLogger("theirs").exception("broke")
"""


def lines(log_format: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, log_format], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.split("\n")[:-1]


def test_json_is_one_object_a_line() -> None:
    ours, theirs, broken = map(json.loads, lines("json"))
    assert ours.pop("timestamp").endswith("Z")
    hostile = 'a"b=c\nlevel=error\r\x1b[31m\u2028ü'
    fields = {"key": hostile, "ms": 1.5, "is_it": True, "none": None}
    assert ours == {"level": "info", "daemon": "supervisor", "event": "finished", **fields}
    assert (theirs["level"], theirs["event"]) == ("warning", f"said {hostile}")
    assert broken["exception"].endswith("ValueError: first\nlevel=error event=forged")


def test_text_can_be_read_and_not_forged() -> None:
    ours, theirs, broken, *traceback = lines("text")
    assert ours.startswith("timestamp=")
    escaped = r"a\"b=c\\nlevel=error\\r\\x1b[31m\\u2028ü"
    end = f' level=info daemon=supervisor event=finished key="{escaped}" ms=1.5 is_it=true none='
    assert ours.endswith(end)
    assert theirs.endswith(f' level=warning daemon=supervisor event="said {escaped}"')
    assert broken.endswith(" level=error daemon=supervisor event=broke")
    assert traceback[-1] == "    level=error event=forged"
    assert all(line.startswith("    ") for line in traceback)
