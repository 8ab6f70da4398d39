"""``runjail status``: what the supervisor says of itself, asked over its own socket."""

import msgspec
import trio
from rich.table import Table

from cli.asking import NO_ANSWER, ask_pool, why_not
from cli.console import say, stdout
from cli.paths import Paths
from protocol.pool import DescribePool, PoolDescription


def show(paths: Paths, as_json: bool) -> int:
    """Print the state of the service; return 0 when it is ready, 1 when not, 2 when there is none."""
    try:
        description = trio.run(ask_pool, paths, DescribePool(id=0))
    except NO_ANSWER as error:
        say(f"{why_not(paths, error)}: is the service running?")
        return 2
    if as_json:
        stdout.print_json(msgspec.json.encode(description).decode())
    else:
        _print(description)
    return 1 if description.problems else 0


def _print(description: PoolDescription) -> None:
    stdout.print(summary(description))
    for problem in description.problems:
        stdout.print(f"problem: {problem}", highlight=False)
    stdout.print(pool_table(description))
    for fault in description.faults:
        stdout.print(f"{fault.at}  {fault.message}", highlight=False)


def summary(description: PoolDescription) -> str:
    """In one line."""
    admission = description.admission
    return (
        f"{'NOT READY' if description.problems else 'ready'}: {admission.running} of {admission.max_running} running, "
        f"{admission.queued} of {admission.max_queued} queued, "
        f"{admission.finished} finished, {admission.refused} refused"
    )


def pool_table(description: PoolDescription) -> Table:
    """The jails, a row for each kind."""
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
    return table
