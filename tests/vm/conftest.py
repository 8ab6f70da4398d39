"""A guest for each test that asks for one; the image and the languages' disk are made once, and kept."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from runtimes.manifest import load_manifests, standard
from runtimes.store import Store
from tests.conftest import in_turn, state_folder
from tests.vm import image, layers
from tests.vm.cache import Cache
from tests.vm.debian import UnbuildableError, install_tools
from tests.vm.guest import Guest

# The one half is run on the host, and starts guests; the other is run by pytest in a guest.
_IS_GUEST = Path("/usr/local/lib/guest").exists()
collect_ignore_glob = ["test_*.py"] if _IS_GUEST else ["in_guest/*"]


@contextmanager
def _skipped_when_unbuildable() -> Iterator[None]:
    try:
        yield
    except UnbuildableError as error:
        message = f"no guest can be built on this host: {error}"
        pytest.fail(message) if os.environ.get("REQUIRE_PRIVILEGED") else pytest.skip(message)


@pytest.fixture(scope="session")
def guest_image() -> Iterator[image.Image]:
    """A guest's kernel and root file system; tests that need it are skipped, saying why, where it can't be made."""
    cache = Cache(state_folder() / "vm")
    with ExitStack() as stack:
        with in_turn(alone=False), _skipped_when_unbuildable():
            install_tools()
            folder = stack.enter_context(cache.using("guest", image.made_of(), image.make_image))
        yield image.Image(folder)


@pytest.fixture(scope="session")
def guest_layers() -> Iterator[Path]:
    """A disk with every usual language."""
    store = Store(state_folder())
    names = sorted(standard(load_manifests()))
    cache = Cache(state_folder() / "vm")
    with ExitStack() as stack:
        with in_turn(alone=False), _skipped_when_unbuildable():
            made_of = layers.made_of(store, names)
            folder = stack.enter_context(
                cache.using("layers", made_of, lambda folder: layers.make_layers(folder, store, names))
            )
        yield folder / "layers.ext4"


@pytest.fixture
def old_guest(guest_image: image.Image, guest_layers: Path) -> Iterator[Guest]:
    """One with an older kernel, which has not all that jails take."""
    with _guest(image.Image(guest_image.folder, has_old_kernel=True), guest_layers) as guest:
        yield guest


@pytest.fixture
def guest(guest_image: image.Image, guest_layers: Path) -> Iterator[Guest]:
    """A guest of this test, with a fresh disk and every language."""
    with _guest(guest_image, guest_layers) as guest:
        yield guest


@contextmanager
def _guest(guest_image: image.Image, guest_layers: Path) -> Iterator[Guest]:
    # Not below tmp_path, where nobody but root may go: the guest is nobody's process.
    with TemporaryDirectory(prefix="guest-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o711)
        yield Guest(guest_image, Path(folder), guest_layers)
