"""Nobody can tell with other releases either, which start what the usual ones do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fidelity.test_fidelity import COMPILED, PROGRAMS, STDIN, assert_same
from tests.releases import OTHER_RELEASES
from tests.service import Service

pytestmark = pytest.mark.service

_STARTED = {name: manifest for name, manifest in OTHER_RELEASES.items() if (manifest.compile or manifest.run).warm}


@pytest.fixture(scope="module")
def warm(other_releases: Path) -> Iterator[Service]:
    with Service.start("releases", other_releases) as running:
        yield running


@pytest.fixture(scope="module")
def cold(other_releases: Path) -> Iterator[Service]:
    with Service.start("releases-cold", other_releases, warm=False) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "program"),
    [(name, program) for name, manifest in _STARTED.items() for program in (COMPILED | PROGRAMS)[manifest.language]],
)
def test_program_is_told_the_same(warm: Service, cold: Service, name: str, program: str) -> None:
    manifest = _STARTED[name]
    code = (COMPILED | PROGRAMS)[manifest.language][program]
    files = code if isinstance(code, dict) else {manifest.source_name: code}
    assert_same(
        warm,
        cold,
        {
            "language": manifest.language,
            "version": manifest.release,
            "files": [{"name": path, "content": content} for path, content in files.items()],
            "stdin": STDIN,
        },
    )
