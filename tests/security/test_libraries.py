"""Libraries with native code and threads of their own, unpatched under the filter: NumPy and pandas.

They are an optional runtime, which this builds in a state folder of its own:
what runs the tests does not thereby serve it.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtimes.manifest import load_manifests
from tests.security.attacks import PROGRAMS
from tests.service import Service

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def state(service: Service) -> Path:
    """Built once on a machine: layers are kept by their content."""
    state = service.state / "optional"
    command = [sys.executable, "-I", "-m", "cli", "--state", str(state), "build", "python-data"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return state


@pytest.fixture(scope="module")
def own_service(state: Path) -> Iterator[Service]:
    with Service.start("libraries", state, self_test=True) as running:
        yield running


def test_only_what_was_built_is_served(own_service: Service) -> None:
    assert [pool["runtime"] for pool in own_service.pool()["pools"]] == ["python-data"]
    assert own_service.pool()["faults"] == []


def test_self_test(own_service: Service) -> None:
    (test,) = load_manifests()["python-data"].self_tests
    assert own_service.run("pydata", test.files["main.py"])["stdout"] == test.expect.stdout


@pytest.mark.parametrize("name", sorted(path.name for path in (PROGRAMS / "libraries").glob("*.py")))
def test_library_computes(own_service: Service, name: str) -> None:
    """Each program checks its own results and says so at the end."""
    run = own_service.run("python-data", (PROGRAMS / "libraries" / name).read_text(), run_timeout=30_000)
    assert (run["status"], run["stdout"], run["stderr"]) == ("ok", "right\n", "")
