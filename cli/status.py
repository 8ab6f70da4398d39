"""``runjail status``: what the supervisor says of itself, asked over its own socket."""

from contextlib import aclosing

import msgspec
import trio
from rich.table import Table

from cli.console import say, stdout
from cli.paths import Paths
from protocol.messages import DescribePool, Drain, PoolDescription
from protocol.stream import EVENTS, MessageStream

_TIMEOUT_S = 5


def show(paths: Paths, as_json: bool) -> int:
    """Print the state of the service; return 0 when it is ready, 1 when not, 2 when there is none."""
    try:
        description = trio.run(ask, paths, DescribePool(id=0))
    except (OSError, trio.TooSlowError) as error:
        say(f"no supervisor answers at {paths.socket} ({type(error).__name__}): is the service running?")
        return 2
    if as_json:
        stdout.print_json(msgspec.json.encode(description).decode())
    else:
        _print(description)
    return 1 if description.problems else 0


async def ask(paths: Paths, question: DescribePool | Drain) -> PoolDescription:
    """Ask the supervisor; OSError when there is none, trio.TooSlowError when it does not answer."""
    with trio.fail_after(_TIMEOUT_S):
        async with await trio.open_unix_socket(str(paths.socket)) as connection:
            stream = MessageStream(connection, EVENTS)
            await stream.send(question)
            async with aclosing(stream.messages()) as events:
                async for event in events:
                    if isinstance(event, PoolDescription):
                        return event
    raise ConnectionResetError("the supervisor closed the connection")


def _print(description: PoolDescription) -> None:
    admission = description.admission
    stdout.print(
        f"{'NOT READY' if description.problems else 'ready'}: {admission.running} of {admission.max_running} running, "
        f"{admission.queued} of {admission.max_queued} queued, "
        f"{admission.finished} finished, {admission.refused} refused"
    )
    for problem in description.problems:
        stdout.print(f"problem: {problem}", highlight=False)
    headings = "runtime version mode warm target starting busy resident hits misses acquire_ms build_ms jail_MB"
    table = Table(*headings.split())
    for pool in description.pools:
        figures = (pool.warm, pool.target, pool.starting, pool.busy, pool.resident, pool.hits, pool.misses)
        times = (pool.acquire_ms_p50, pool.build_ms_p50)
        table.add_row(
            pool.runtime,
            pool.version,
            f"{pool.mode} ({pool.stage})" if pool.stage else pool.mode,
            *map(str, figures),
            *("-" if time is None else f"{time:.1f}" for time in times),
            f"{pool.jail_bytes / 1e6:.0f}",
        )
    stdout.print(table)
    for fault in description.faults:
        stdout.print(f"{fault.at}  {fault.message}", highlight=False)
