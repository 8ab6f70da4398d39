"""``runjail build``: the builder, with a progress bar for each layer."""

import fcntl
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from cli.console import fail, say, stderr
from cli.paths import Paths
from protocol.settings import DEFAULT_FILE, SettingsError, existing_file, given
from protocol.versions import select_version
from runtimes.build import Builder, BuildError, LayerEvent
from runtimes.manifest import Manifest, language_names, standard
from runtimes.store import DEFAULT_STATE


def build(paths: Paths, names: list[str], *, keeps_old: bool = False, refreshes: bool = False) -> None:
    """Build these runtimes, or all; say what was done.

    ``keeps_old``: what nothing uses any more is left. ``refreshes``: all is made anew, with the newest packages.
    """
    started = time.monotonic()
    paths.store.prepare()
    with _only_builder(paths):
        bars = _LayerBars()
        builder = Builder(paths.store, bars.observe, paths.store.begin_refresh() if refreshes else None)
        wanted = _choose(builder.manifests, builder.store.names(), names)
        missing = builder.missing_layers(wanted)
        if missing:
            say(f"building {len(missing)} layers: {', '.join(layer.name for layer in missing)}")
        with bars if missing else nullcontext():
            try:
                installed = builder.build(wanted)
            except BuildError as error:
                fail(str(error))
        if not keeps_old:
            _remove_unused(builder)
    if names and not missing:
        say("built already: " + ", ".join(f"{n} {r.version}" for n, r in installed.items()))
    if missing:
        say(
            f"built in {time.monotonic() - started:.0f} s: "
            + ", ".join(f"{n} {r.version}" for n, r in installed.items())
        )


def remove(paths: Paths, names: list[str]) -> None:
    """Take away these runtimes, which others than the usual ones must be, and layers that only they needed."""
    paths.store.prepare()
    with _only_builder(paths):
        builder = Builder(paths.store)
        chosen = _choose(builder.manifests, builder.store.names(), names)
        served = _served() if paths.state == DEFAULT_STATE else []
        for name in chosen:
            if name in served:
                fail(f"{name} is to be served: take it out of runtimes in {DEFAULT_FILE} first")
            if name in standard(builder.manifests):
                fail(f"{name} is one of the usual languages, which are always there")
            if name not in builder.store.names():
                fail(f"{name} is not installed")
        for name in chosen:
            builder.store.forget_runtime(name)
            say(f"removed {name}; a service that runs has it until it is started again")
        _remove_unused(builder)


def _served() -> list[object]:
    """What the settings file names, if it does: without one of them no supervisor starts."""
    try:
        named = given(existing_file(), "supervisor").get("runtimes")
    except SettingsError as error:
        fail(str(error))
    return named if isinstance(named, list) else []


def remove_unused(paths: Paths) -> None:
    """What ``keeps_old`` has left, but for the layers of a service that runs."""
    with _only_builder(paths):
        _remove_unused(Builder(paths.store))


def _remove_unused(builder: Builder) -> None:
    removed, held = builder.collect_garbage()
    for name in removed:
        say(f"removed layer {name}, which nothing uses any more")
    if held:
        words = "the service that runs is made of them; `runjail build` removes them once it was started again"
        say(f"left {', '.join(held)}: {words}")


def _choose(manifests: dict[str, Manifest], installed: Collection[str], names: list[str]) -> list[str]:
    """The runtimes meant by their own names, or by a language's; without names the usual ones."""
    chosen: dict[str, None] = {}
    for name in names:
        found = [name] if name in manifests else _of_language(manifests, name)
        if not found:
            known = ", ".join(_with_release(*known) for known in manifests.items())
            fail(f"there is no runtime {name}; there are {known}")
        chosen |= dict.fromkeys(found)
    # An optional runtime that is there already is kept up to date like the others.
    return list(chosen or [name for name in manifests if name in standard(manifests) or name in installed])


def _of_language(manifests: dict[str, Manifest], name: str) -> list[str]:
    """All that are usual for a language, or for ``language@selector`` the newest release that it admits."""
    language, _, selector = name.partition("@")
    canonical = language_names(manifests).get(language.lower())
    of_language = {n: m for n, m in manifests.items() if m.language == canonical}
    if not selector:
        return [n for n, manifest in of_language.items() if not manifest.optional] or list(of_language)
    releases = {manifest.release: n for n, manifest in of_language.items() if manifest.release}
    try:
        chosen = select_version(tuple(releases), selector)
    except ValueError:
        return []
    return [releases[chosen]] if chosen else []


def _with_release(name: str, manifest: Manifest) -> str:
    return f"{name} ({manifest.language}@{manifest.release})" if manifest.release else name


@contextmanager
def _only_builder(paths: Paths) -> Iterator[None]:
    """Two builders would fight for the same folders: the second one waits."""
    with (paths.state / "build.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another build to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


class _LayerBars:
    """One line a layer: what it is doing, how far it is, how long it took."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[layer]:<12}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=stderr,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "_LayerBars":
        self._progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._progress.stop()

    def observe(self, event: LayerEvent) -> None:
        """Called by the builder's threads."""
        if event.layer not in self._tasks:
            self._tasks[event.layer] = self._progress.add_task(
                "waiting for package lists", total=None, layer=event.layer
            )
        task = self._tasks[event.layer]
        if event.seconds is not None:
            self._progress.update(task, description=f"done in {event.seconds:.1f} s", total=1, completed=1)
            if not stderr.is_terminal:
                say(f"layer {event.layer} is done, {event.seconds:.1f} s")
        elif event.progress:
            description = f"{event.progress.phase} {event.progress.detail}".rstrip()
            total = 100 if event.progress.percent is not None else None
            self._progress.update(task, description=description, total=total, completed=event.progress.percent or 0)
