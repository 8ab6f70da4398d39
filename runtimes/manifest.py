"""The schema of a runtime's manifest, and reading all of them.

Every limit is required: a manifest that forgets one does not load. Commands
are argument lists, never shell; what stands in braces is filled in by
``expand_command``.
"""

from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from runtimes.inheritance import UNREADABLE, read_file

Positive = Annotated[int, Meta(gt=0)]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9+#._-]{0,31}\Z")]


class ManifestError(Exception):
    """A manifest in this package is wrong: a mistake of ours, not of a client."""


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Ceilings of one stage; a request may lower them, never raise them."""

    wall_time_ms: Positive
    cpu_time_ms: Positive
    memory_bytes: Positive  # of the stage's whole process tree, files in memory included
    pids: Positive  # processes and threads together
    cpus: Annotated[float, Meta(gt=0)]  # CPU time per wall time, of the whole tree
    open_files: Positive  # per process
    file_size_bytes: Positive  # of any one file
    stack_bytes: Positive  # of a process's main thread
    output_bytes: Positive  # of stdout and of stderr, each


class Disk(Struct, frozen=True, forbid_unknown_fields=True):
    """What a jail may write, in all of its file system together."""

    size_bytes: Positive
    inodes: Positive


class Warm(Struct, frozen=True, forbid_unknown_fields=True):
    """A stage's program is started before its request comes, and which requests it can't serve then."""

    # started: it waits where it reads its source, or what was compiled.
    # exercised: a compiler's driver, which has compiled a sample, and waits for the names of its sources (@FIFO).
    # held: a virtual machine that has started, and waits at a FIFO of this name until it may look at its program.
    mode: Literal["started", "exercised", "held"] = "started"
    fifo: str = ""
    stand_ins: dict[str, str] = {}  # files that have to be there as it starts, by name: copies of these of its layers
    # Patterns of what a program looks for as it starts, so it must not have started before; but for the stand-ins.
    cold_with_files: tuple[str, ...] = ()
    cold_with_text: tuple[str, ...] = ()  # in any file: what is otherwise when the source is read from no regular file
    cold_above_bytes: Positive = 64 * 1024  # of the source: what would take longer that way; no more than a FIFO holds
    # Ahead of the source, to be read while the program waits, and meaning nothing: a byte order mark.
    head: str = ""
    # An expression for all of the first line, if others are told otherwise when they have the head in them.
    first_line: str = ""


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    """One command of a runtime: compile or run."""

    command: Annotated[tuple[str, ...], Meta(min_length=1)]
    limits: Limits
    environment: dict[str, str] = {}
    warm: Warm | None = None


class Expectation(Struct, frozen=True, forbid_unknown_fields=True):
    """What a self-test's execution must give."""

    exit_code: int | None = 0
    stdout: str | None = None
    stderr_contains: str | None = None
    compile_fails: bool = False


class SelfTest(Struct, frozen=True, forbid_unknown_fields=True):
    """A small program that proves the runtime works as installed."""

    name: str
    files: dict[str, str]  # name -> content; the first one is the entry point
    expect: Expectation
    args: tuple[str, ...] = ()
    stdin: str = ""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """One runtime, as declared by ``<name>.toml``."""

    language: Name
    aliases: tuple[Name, ...]
    layer: Name  # the top layer; its recipe names the ones below
    source_name: str  # what a single source is called: ``main.py``
    version_command: Annotated[tuple[str, ...], Meta(min_length=1)]  # prints the version, e.g. ``3.13.5``
    disk: Disk
    run: Stage
    self_tests: Annotated[tuple[SelfTest, ...], Meta(min_length=1)]
    compile: Stage | None = None
    environment: dict[str, str] = {}
    optional: bool = False  # built only when asked for by name
    release: str = ""  # of which it is: ``3.13``; for ``runjail build python@3.13``
    pool_floor: Annotated[int, Meta(ge=0, le=64)] = 1  # jails kept ready at the least


def load_manifests(folder: Traversable | None = None) -> dict[str, Manifest]:
    """Read every manifest; the key is the file's name without its suffix."""
    manifests: dict[str, Manifest] = {}
    folder = folder or files("runtimes")
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            try:
                manifest = msgspec.convert(read_file(entry, folder), Manifest)
            except UNREADABLE as error:
                raise ManifestError(f"{entry.name}: {error}") from error
            if manifest.compile and _of_processes(manifest.compile.limits) != _of_processes(manifest.run.limits):
                raise ManifestError(f"{entry.name}: open_files, file_size_bytes and stack_bytes are the whole jail's")
            if manifest.run.warm and manifest.run.warm.mode == "exercised":
                raise ManifestError(f"{entry.name}: only a compiler can be exercised")
            manifests[entry.name.removesuffix(".toml")] = manifest
    _refuse_clashes(manifests)
    return manifests


def _of_processes(limits: Limits) -> tuple[int, int, int]:
    """What the kernel keeps per process: set once for a jail, for it can't be raised again."""
    return limits.open_files, limits.file_size_bytes, limits.stack_bytes


def standard(manifests: dict[str, Manifest]) -> dict[str, Manifest]:
    """Without the optional ones."""
    return {name: manifest for name, manifest in manifests.items() if not manifest.optional}


def language_names(manifests: dict[str, Manifest]) -> dict[str, str]:
    """Map every name and alias a client may use to the canonical language."""
    names: dict[str, str] = {}
    for manifest in manifests.values():
        names |= dict.fromkeys((manifest.language, *manifest.aliases), manifest.language)
    return names


def _refuse_clashes(manifests: dict[str, Manifest]) -> None:
    owners: dict[str, str] = {}
    for name, manifest in manifests.items():
        for word in (manifest.language, *manifest.aliases):
            if owners.setdefault(word, manifest.language) != manifest.language:
                raise ManifestError(f"{name}.toml: {word!r} already names {owners[word]}")


def expand_command(
    command: Sequence[str], file_names: Sequence[str], args: Sequence[str], memory_bytes: int
) -> list[str]:
    """Fill a manifest's command with a request's file names, arguments and memory limit.

    A word may be ``{main}``, the first file, or ``{main:.ts=.js .mts=.mjs}``,
    what it is compiled to; ``{sources:.c .h}``, every file with one of these suffixes;
    ``{siblings:.go}``, those in the first file's folder; ``{args}``, the
    program's arguments. ``{memory_bytes}`` may be part of a word. A file called
    ``-x.c``, ``@x.c`` or ``word`` becomes ``./-x.c``: no name can turn into an option or a command.
    """
    expanded: list[str] = []
    main = PurePosixPath(file_names[0])
    for word in command:
        kind, _, suffixes = word.strip("{}").partition(":")
        if word == "{args}":
            expanded += args
        elif word == "{main}":
            expanded.append(_as_operand(file_names[0]))
        elif kind == "main" and suffixes:
            renamed = dict(pair.split("=") for pair in suffixes.split())
            expanded.append(_as_operand(str(main.with_suffix(renamed.get(main.suffix, main.suffix)))))
        elif kind in ("sources", "siblings"):
            chosen = [name for name in map(PurePosixPath, file_names) if name.suffix in suffixes.split()]
            if kind == "siblings":
                chosen = [name for name in chosen if name.parent == main.parent]
            # A lone entry point without the usual suffix is still what is to be compiled.
            expanded += [_as_operand(str(name)) for name in chosen or [main]]
        else:
            expanded.append(word.replace("{memory_bytes}", str(memory_bytes)))
    return expanded


def _as_operand(name: str) -> str:
    # "-x" would be an option, "@x" a file of options to gcc, javac and csc; a bare word may be a
    # command or a package: `node inspect`, `go build std`.
    is_word = "." not in name and "/" not in name
    return f"./{name}" if is_word or name.startswith(("-", "@")) else name
