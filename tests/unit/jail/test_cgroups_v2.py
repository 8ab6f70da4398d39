"""What can be told of cgroup v2 without one."""

from pathlib import Path

import pytest

from jail.cgroups_v2 import need_files
from jail.spec import JailError


def test_kernel_that_is_too_old_is_named(tmp_path: Path) -> None:
    (tmp_path / "cgroup.kill").touch()
    with pytest.raises(JailError, match=r"memory\.peak, which came with Linux 5\.19"):
        need_files(tmp_path)
    (tmp_path / "memory.peak").touch()
    need_files(tmp_path)
