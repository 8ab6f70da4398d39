"""After every attack the service and its host must be as before: looked up, not believed."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.running import wait_settled
from tests.service import Service

# What the next program finds: its own file, and nobody else's processes, files, queues or keys.
_LOOK_AROUND = """
ls -A /box /tmp /var/tmp /dev/shm
for p in /proc/[0-9]*; do echo "${p#/proc/} $(cat $p/comm)"; done | grep -v -e '^1 ' -e bash -e cat -e grep
tail -qn +2 /proc/sysvipc/msg /proc/sysvipc/sem /proc/sysvipc/shm
echo clean
"""
_CLEAN = "/box:\nmain.sh\n\n/dev/shm:\n\n/tmp:\n\n/var/tmp:\nclean\n"


@dataclass(frozen=True)
class Host:
    """What an attack could leave on the machine outside of its cgroup."""

    mounts: Counter[str]
    sysv: str
    files: frozenset[str]


@pytest.fixture(autouse=True)
def unharmed(request: pytest.FixtureRequest) -> Iterator[None]:
    """For every test with a service: afterwards the next execution is clean, the pool at its level, nothing left."""
    name = next((name for name in ("service", "own_service") if name in request.fixturenames), None)
    service: Service | None = request.getfixturevalue(name) if name else None
    before = look_at_host(service) if service else None
    yield
    if service:
        assert_clean(service)
        assert look_at_host(service) == before


def assert_clean(service: Service) -> None:
    """The next execution finds nothing; then the service has its warm jails, and nothing else."""
    assert service.run("bash", _LOOK_AROUND)["stdout"] == _CLEAN
    wait_settled(service)


def look_at_host(service: Service) -> Host:
    assert service.supervisor
    # Another process of the tests may mount and unmount its service's own folder meanwhile.
    others = re.compile(rf" /run/runjail-test-(?!{re.escape(service.run_dir.name.removeprefix('runjail-test-'))}[ /])")
    mounts = Counter(line for line in Path("/proc/self/mounts").read_text().splitlines() if not others.search(line))
    jailers = Path(f"/proc/{service.supervisor.pid}/task/{service.supervisor.pid}/children").read_text().split()
    for pid in jailers:
        mounts.update(Path(f"/proc/{pid}/mounts").read_text().splitlines())
    sysv = "".join(Path(f"/proc/sysvipc/{kind}").read_text() for kind in ("shm", "msg", "sem"))
    return Host(mounts, sysv, frozenset(_files_of_jails(service)))


def _files_of_jails(service: Service) -> Iterator[str]:
    """What belongs to a uid of a jail, in the places where anybody may write."""
    ids = range(service.first_host_id, service.first_host_id + 65_536)
    for place in ("/tmp", "/var/tmp", "/dev/shm", "/run"):
        for folder, _, names in os.walk(place):
            for path in (folder, *(os.path.join(folder, name) for name in names)):
                try:
                    if os.lstat(path).st_uid in ids:
                        yield path
                except FileNotFoundError:
                    continue
