"""What kernels before 6.12 lack, on this one: a memory peak that is measured anew for each stage."""

from collections.abc import Iterator

import pytest

from tests.conftest import state_folder
from tests.service import Service

pytestmark = pytest.mark.service

# As the supervisor is started, but for what is said of the kernel.
_SUPERVISOR = """
import jail.cgroups_v1, jail.cgroups_v2, supervisor.__main__
for leaf in (jail.cgroups_v1.LeafV1, jail.cgroups_v2.LeafV2):
    leaf.resets_peak = False
    leaf.reset_peak = lambda leaf: None
supervisor.__main__.main()
"""
_SMALL = "int main() { return 0; }"


class OldService(Service):
    def code_of(self, daemon: str) -> tuple[str, str]:
        return ("-c", _SUPERVISOR) if daemon == "supervisor" else super().code_of(daemon)


@pytest.fixture(scope="module")
def old_service() -> Iterator[Service]:
    with OldService.start("old_kernel", state_folder()) as service:
        yield service


def test_program_s_memory_is_not_its_compiler_s(old_service: Service) -> None:
    result = old_service.execute("c++", f"#include <iostream>\n{_SMALL}")
    assert (result["compile"]["status"], result["run"]["status"]) == ("ok", "ok")
    assert result["run"]["memory_kb"] < 10_000 < result["compile"]["memory_kb"]


def test_what_can_not_be_taken_to_another_jail_runs_where_it_is(old_service: Service) -> None:
    """More than may be carried: the figure is too high there, which is better than no execution."""
    vast = f"char much[40 << 20] = {{1}}; {_SMALL}"
    result = old_service.execute("c", vast)
    assert result["run"]["status"] == "ok", result
