"""What apt says of its progress."""

import pytest

from runtimes.apt import parse_apt_status
from runtimes.progress import Progress


@pytest.mark.parametrize(
    ("line", "progress"),
    [
        ("dlstatus:1:45.3:Retrieving file 3 of 10\n", Progress("download", "Retrieving file 3 of 10", 45.3)),
        ("pmstatus:gcc-14:61.2:Unpacking gcc-14 (amd64)\n", Progress("unpack", "gcc-14", 61.2)),
        ("pmstatus:libc6:amd64:1.0:Configuring\n", Progress("unpack", "libc6:amd64", 1.0)),
        ("pmerror:gcc-14:1.0:it broke\n", None),
        ("noise\n", None),
    ],
)
def test_status_lines(line: str, progress: Progress | None) -> None:
    assert parse_apt_status(line) == progress
