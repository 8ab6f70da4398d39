"""Programs that will not end, or want others not to."""

import pytest

from tests.service import Service

pytestmark = pytest.mark.service

STARVE_INIT = """
import os
try: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))
except OSError: pass
try: os.setpriority(os.PRIO_PROCESS, 1, 19)
except OSError: pass
for _ in range(200):
    if not os.fork():
        while True: pass
while True: pass
"""


def test_init_that_never_gets_a_processor(service: Service) -> None:
    """SIGKILL of PID 1 waits until PID 1 runs: the others must be killed as well."""
    run = service.run("python", STARVE_INIT, run_timeout=1000)
    assert (run["status"], run["signal"]) == ("timeout", "SIGKILL")
    assert run["time_ms"] < 1500
    assert service.run("bash", "echo next")["stdout"] == "next\n"


@pytest.mark.parametrize(
    "code",
    [
        "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
        "import threading\ndef f():\n  while True:\n    try: threading.Thread(target=f, daemon=True).start()\n    except RuntimeError: pass\nf()",
        "import os, signal\nfor s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)\nwhile True: signal.pause()",
        "import os\nos.kill(0, 19)",
        "import os\nwhile True:\n  if not os.fork():\n    os.setsid()\n    if os.fork(): os._exit(0)\n    while True: pass",
        "import os\nwhile True:\n  try:\n    if not os.fork(): os._exit(0)\n  except OSError: pass",
    ],
    ids=["fork bomb", "thread bomb", "deaf", "stopped", "setsid", "zombies"],
)
def test_time_is_up_for_everybody(service: Service, code: str) -> None:
    run = service.run("python", code, run_timeout=1000)
    assert (run["status"], run["signal"], run["code"]) == ("timeout", "SIGKILL", None)
    assert run["time_ms"] < 1500
    assert service.run("bash", "echo next")["stdout"] == "next\n"


def test_signals_do_not_reach_init(service: Service) -> None:
    code = "import os\nfor s in range(1, 65):\n  try: os.kill(1, s)\n  except OSError: pass\nprint('alive')"
    assert service.run("python", code)["stdout"] == "alive\n"
