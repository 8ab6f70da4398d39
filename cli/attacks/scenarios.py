"""How the attacks are made: one function for each group, the same on every ground; returns outcomes by name."""

from collections.abc import Awaitable, Callable

from cli.attacks.ground import Ground, Order
from cli.attacks.staging import Stage

Outcomes = dict[str, str]
Scenario = Callable[[Ground, Stage], Awaitable[Outcomes]]

_MIB = 1 << 20
_HOG_MIB, _HOG_LIMIT_MIB = 192, 64
_KEPT_MIB = 48  # below what one file may have
# Of a jail: the manifests' 256, and init. More are asked for.
MOST_PROCESSES = 257
_BOMB = 400
_WALL_MS, _CPU_MS = 500.0, 400.0
_LATE_MS = 500.0  # of a host that has much else to do; a limit is met to within 10 ms otherwise
_FLOOD_MIB, MOST_OUTPUT_MIB = 8, 1
_DISK_MIB = 256  # twice as much as there is


async def network(ground: Ground, stage: Stage) -> Outcomes:
    stage.heard()
    ended = await ground.run(Order("network", (str(stage.port), stage.abstract_name)))
    return {**ended.outcomes(), "heard on the host": stage.heard()}


async def memory(ground: Ground, stage: Stage) -> Outcomes:
    arguments = ("hog", str(_HOG_MIB), ground.mark)
    hog = await ground.run(Order("memory", arguments, memory_bytes=_HOG_LIMIT_MIB * _MIB))
    neighbour = "unharmed" if stage.neighbour.poll() is None else "killed"
    return {"more memory than the limit": hog.status, "a process of the host": neighbour, **await _kept(ground)}


async def _kept(ground: Ground) -> Outcomes:
    kept = 0
    outcomes: Outcomes = {}

    async def measure() -> None:
        nonlocal kept
        kept = ground.kept_bytes()

    async def compare() -> None:
        is_gone = await ground.comes_true(lambda: ground.kept_bytes() < kept - _KEPT_MIB // 2 * _MIB)
        outcomes["memory past the end"] = "given back" if is_gone else "kept"

    arguments = ("keep", str(_KEPT_MIB), ground.mark)
    await ground.run(Order("memory", arguments, while_it_waits=measure, when_ended=compare))
    return outcomes


async def processes(ground: Ground, stage: Stage) -> Outcomes:
    outcomes: Outcomes = {}

    async def count() -> None:
        number = ground.processes()
        outcomes["processes of a fork bomb"] = "within the limit" if 1 < number <= MOST_PROCESSES else str(number)

    async def look() -> None:
        is_gone = await ground.comes_true(lambda: not ground.processes())
        outcomes["daemon"] = "ended" if is_gone else "still running"
        is_removed = await ground.comes_true(lambda: not ground.has_cgroup())
        outcomes["cgroups of the jail"] = "removed" if is_removed else "still there"

    async def wait() -> None:
        return

    bomb = await ground.run(Order("processes", ("bomb", str(_BOMB), ground.mark), while_it_waits=count))
    await ground.run(Order("processes", ("daemon", "1", ground.mark), while_it_waits=wait, when_ended=look))
    return {**bomb.outcomes(), **outcomes}


async def files(ground: Ground, stage: Stage) -> Outcomes:
    stage.clean()
    ended = await ground.run(Order("files", (str(stage.secret), ground.mark)))
    left = stage.left() if ended.outcomes().get("marks") == "left" else "not tried"
    look = await ground.run(Order("look", (ground.mark,)))
    stage.clean()
    return {**ended.outcomes(), "files left on the host": left, **look.outcomes()}


async def escapes(ground: Ground, stage: Stage) -> Outcomes:
    return (await ground.run(Order("escapes"))).outcomes()


async def time(ground: Ground, stage: Stage) -> Outcomes:
    wall = await ground.run(Order("endless", (ground.mark,), wall_time_ms=_WALL_MS))
    cpu = await ground.run(Order("endless", (ground.mark,), cpu_time_ms=_CPU_MS))
    is_in_time = wall.wall_time_ms and wall.wall_time_ms <= _WALL_MS + _LATE_MS
    return {
        "endless loop": wall.status,
        "its wall time": "the limit"
        if is_in_time
        else f"{wall.wall_time_ms:.0f} ms"
        if wall.wall_time_ms
        else "no end",
        "CPU time without end": cpu.status,
    }


async def output(ground: Ground, stage: Stage) -> Outcomes:
    flood = await ground.run(Order("output", (str(_FLOOD_MIB), ground.mark)))
    size = len(flood.stdout)
    disk = await ground.run(Order("disk", (str(_DISK_MIB), ground.mark)))
    return {
        "flood of output": flood.status,
        "output taken": "the limit" if size == MOST_OUTPUT_MIB * _MIB else f"{size} bytes",
        **disk.outcomes(),
    }


SCENARIOS: dict[str, Scenario] = {
    "network": network, "memory": memory, "processes": processes, "files": files, "escapes": escapes, "time": time,
    "output": output,
}  # fmt: skip
