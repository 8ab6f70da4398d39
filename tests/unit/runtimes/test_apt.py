"""What apt says of its progress."""

import pytest

from runtimes.apt import KEYRING, chosen_sources, parse_apt_status
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


def test_sources_on_a_host_that_is_not_debian() -> None:
    """Its own apt does not trust Debian's keys, and mmdebstrap knows nothing of backports."""
    written = "# comment\ndeb http://mirror/debian trixie main\ndeb [trusted=yes] http://mirror/security trixie-security main\n"
    assert chosen_sources(written, "trixie", ["trixie-backports"]) == [
        f"deb [signed-by={KEYRING}] http://mirror/debian trixie main",
        f"deb [signed-by={KEYRING}] http://mirror/security trixie-security main",
        f"deb [signed-by={KEYRING}] http://mirror/debian trixie-backports main",
    ]
