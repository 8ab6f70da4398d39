"""One thing the doctor looks at: what was found, or what is wrong and what to do about it."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from jail.spec import JailError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    problem: str | None  # None when it is as it should be
    cure: str
    detail: str = ""


class Unfit(Exception):
    """The host is not as it should be, and this is the cure if it is not the check's usual one."""

    def __init__(self, problem: str, cure: str | None = None) -> None:
        super().__init__(problem)
        self.cure = cure


def check(name: str, look: Callable[[], str], cure: str) -> Check:
    """Look, and tell; ``look`` returns what it found, or raises Unfit."""
    try:
        return Check(name, None, cure, look())
    except Unfit as unfit:
        return Check(name, str(unfit), unfit.cure or cure)
    except (OSError, JailError, subprocess.CalledProcessError) as error:
        return Check(name, str(error), cure)


def try_command(*command: str) -> str:
    """Nothing, when it succeeds; Unfit with what it said when not."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Unfit(done.stderr.strip() or f"exit status {done.returncode}")
    return ""
