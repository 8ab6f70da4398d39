"""What all tests share: probing what this machine can do, and one running service."""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from runtimes.manifest import load_manifests, standard
from runtimes.store import Store
from tests.releases import build_releases
from tests.service import FEW, Service
from tests.third_parties import install_clients


def _missing_ability() -> str | None:
    """Why jails can't be built here; None when they can."""
    if os.geteuid() != 0:
        return "not root"
    done = subprocess.run(
        ["unshare", "--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup", "--fork", "sh", "-c",
         "mount -t tmpfs tmpfs /mnt && mkdir /mnt/l /mnt/u /mnt/w /mnt/m &&"
         " mount -t overlay overlay -o lowerdir=/mnt/l,upperdir=/mnt/u,workdir=/mnt/w /mnt/m"],
        capture_output=True, text=True,
    )  # fmt: skip
    return f"namespaces or overlayfs: {done.stderr.strip()}" if done.returncode else None


def _missing_runtimes() -> str | None:
    missing = set(standard(load_manifests())) - set(Store(state_folder()).installed(load_manifests()))
    return f"not built: {', '.join(sorted(missing))}; run ./runjail build" if missing else None


def state_folder() -> Path:
    return Path(os.environ.get("RUNJAIL_STATE", "/var/lib/runjail"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order them, and skip what can't run here, saying why; with REQUIRE_PRIVILEGED=1 it runs, and fails."""
    # First who is to be alone, and then what takes the longest: pytest-xdist gives the first of its processes all of
    # these, and the other never has to wait for long.
    items.sort(key=lambda item: (not item.get_closest_marker("alone"), "tests/vm/" not in item.nodeid))
    if os.environ.get("REQUIRE_PRIVILEGED"):
        return
    reasons = {"privileged": _missing_ability(), "service": _missing_ability() or _missing_runtimes()}
    for item in items:
        for marker, reason in reasons.items():
            if reason and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def turn(request: pytest.FixtureRequest) -> Iterator[None]:
    with in_turn(alone=bool(request.node.get_closest_marker("alone"))):
        yield


@contextmanager
def in_turn(*, alone: bool) -> Iterator[None]:
    """Several processes may run tests (pytest-xdist): who is to be alone waits for the others, and they for him."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if not run:
        yield
        return
    folder = Path(tempfile.gettempdir())
    with (folder / f"tests-{run}.door").open("w") as door, (folder / f"tests-{run}.room").open("w") as room:
        # Through the door one by one: who waits in it for an empty room lets nobody pass.
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A real service with every language, for all tests that do not hurt it."""
    with ExitStack() as stack:
        with in_turn(alone=False):  # a fixture of a session is made before its first test has its turn
            running = stack.enter_context(Service.start("shared", state_folder(), self_test=True))
        yield running


@pytest.fixture(scope="session")
def other_releases(service: Service) -> Path:
    """A state folder with two releases of some languages."""
    with in_turn(alone=False):
        return build_releases(service.state)


@pytest.fixture(scope="session")
def clients() -> Path:
    """An environment with clients that others have written, and npm."""
    with in_turn(alone=False):
        return install_clients(state_folder())


@pytest.fixture
def own_service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """A real service for one test, which may do to it what it likes; with few languages, if it does not say which."""
    store = Store(state_folder())
    few = [name for name in FEW if store.read_runtime(name)]  # a guest may have fewer
    with Service.start("own", store.root, **{"runtimes": few} | getattr(request, "param", {})) as running:
        yield running
