"""The words of isolate, of which the APIs of Piston and of Judge0 are made."""

import signal

from protocol.messages import StageResult, Status


def in_order(result: StageResult) -> bytes:
    """Both outputs, as they arrived."""
    places = {False: 0, True: 0}
    parts = []
    for length in result.arrival:
        is_stderr, begin = length < 0, places[length < 0]
        places[is_stderr] = begin + abs(length)
        parts.append((result.stderr if is_stderr else result.stdout)[begin : places[is_stderr]])
    return b"".join([*parts, result.stdout[places[False] :], result.stderr[places[True] :]])


def status_and_message(result: StageResult) -> tuple[str | None, str | None]:
    """Piston's code for it, which Judge0 has a number for, and isolate's sentence."""
    match result.status:
        case Status.OK:
            return None, None
        case Status.TIMEOUT:
            return "TO", "Time limit exceeded (wall clock)"
        case Status.CPU_TIMEOUT:
            return "TO", "Time limit exceeded"
        case Status.OUTPUT_LIMIT:
            return ("OL", "stdout length exceeded") if result.stdout_truncated else ("EL", "stderr length exceeded")
        case Status.OUT_OF_MEMORY:
            return "SG", f"out of memory: {result.message}"
        case _:
            return _own_end(result)


def _own_end(result: StageResult) -> tuple[str, str]:
    if result.exit_code is not None:
        return "RE", f"Exited with error status {result.exit_code}"
    return "SG", f"Caught fatal signal {signal_number(result.signal or 'SIGKILL')}"


def signal_number(name: str) -> int:
    """Of a signal by the name that the supervisor gives it."""
    if "+" in name:
        return signal.SIGRTMIN + int(name.partition("+")[2])
    return int(getattr(signal, name, 0)) or int(name.removeprefix("SIG"))  # one that has no name
