"""Two executions at once must not be able to tell each other anything."""

import pytest
import trio

from tests.service import Service

pytestmark = pytest.mark.service

# What two jails could have in common, if anything: devices, masks, layers, shared places.
PATHS = "/dev /dev/null /dev/zero /dev/urandom /dev/shm /proc /proc/kcore /proc/keys /proc/irq /proc/bus /usr/bin/env /etc/passwd / /tmp"
HOLD = f"""
import fcntl, os, sys, time
seen = set()
for path in "{PATHS}".split():
    try: status = os.stat(path)
    except FileNotFoundError: continue
    if (status.st_dev, status.st_ino) in seen: continue  # a mask: the same file by another name
    seen.add((status.st_dev, status.st_ino))
    try: fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error: print(path, error.strerror)
print("held", flush=True)
time.sleep(3)
"""


async def test_locks_are_not_shared(service: Service) -> None:
    """Both hold an exclusive lock on every path for three seconds: they overlap, and neither is refused."""
    outputs: list[str] = []

    async def hold() -> None:
        async with service.client() as client:
            response = await client.post("/v1/execute", json={"language": "python", "code": HOLD})
            outputs.append(response.json()["run"]["stdout"])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(hold)
        nursery.start_soon(hold)
    assert outputs == ["held\n", "held\n"]


def test_a_lock_is_a_lock_within_one_execution(service: Service) -> None:
    """The control for the test above: flock works where it is allowed to."""
    code = "import fcntl, os\na, b = (os.open('/dev/null', os.O_RDONLY) for _ in range(2))\nfcntl.flock(a, 6)\ntry: fcntl.flock(b, 6)\nexcept OSError as e: print(e.strerror)"
    assert service.run("python", code)["stdout"] == "Resource temporarily unavailable\n"


@pytest.mark.parametrize(
    ("leave", "look"),
    [
        ("open('/dev/shm/x', 'w').write('s')", "import os; print(os.listdir('/dev/shm'))"),
        ("open('/tmp/x', 'w').write('s')", "import os; print(os.listdir('/tmp'))"),
        (
            "import ctypes; l = ctypes.CDLL(None); assert l.shmget(4242, 4096, 0o1666) >= 0",
            "import ctypes; l = ctypes.CDLL(None); print([] if l.shmget(4242, 4096, 0o666) < 0 else 'seen')",
        ),
        (
            "import ctypes; l = ctypes.CDLL(None); assert l.msgget(4242, 0o1666) >= 0",
            "import ctypes; l = ctypes.CDLL(None); print([] if l.msgget(4242, 0o666) < 0 else 'seen')",
        ),
    ],
    ids=["shm", "tmp", "SysV memory", "SysV queue"],
)
def test_nothing_is_left_for_the_next(service: Service, leave: str, look: str) -> None:
    assert service.run("python", leave)["status"] == "ok"
    assert service.run("python", look)["stdout"] == "[]\n"
