"""The schema of a layer's recipe, and the digest that names what it builds."""

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from runtimes.inheritance import UNREADABLE, read_file
from runtimes.manifest import ManifestError, Name

# Raise it when the builder itself changes what it makes of the same recipe.
BUILDER_VERSION = 1


class Download(Struct, frozen=True, forbid_unknown_fields=True):
    """A package of PyPI or npm, unpacked into the layer without being installed."""

    requirement: str  # ``name==version`` for PyPI, ``name@version`` for npm
    to: str  # absolute folder in the layer
    include: tuple[str, ...] = ("*",)  # glob patterns on the member's path
    strip: Annotated[int, Meta(ge=0)] = 0  # leading path components to drop
    python: str | None = None  # PyPI: for this version of Python, when the wheel depends on it


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """One layer. The steps are taken in the order of the fields."""

    summary: str
    parent: Name | None = None  # the layer below; none for the base
    build_parents: tuple[Name, ...] = ()  # layers that only the script sees
    suite: str = "trixie"
    packages: tuple[str, ...] = ()
    pypi: tuple[Download, ...] = ()
    npm: tuple[Download, ...] = ()
    sources: str | None = None  # folder beside the recipes, copied to /opt/runjail/<sources>
    script: str = ""  # sh -eu, root, in the layer, without network
    prune: tuple[str, ...] = ()  # globs, removed at the end


class Layer(Struct, frozen=True):
    """A recipe with the name its result has in the store."""

    name: str
    recipe: Recipe
    digest: str

    @property
    def folder_name(self) -> str:
        return f"{self.name}-{self.digest}"


def load_layers(packages_of: str = "", folder: Traversable | None = None) -> dict[str, Layer]:
    """Read every recipe and compute its digest; ``packages_of``: the age of the distribution's packages (``Store``)."""
    folder = folder or files("runtimes").joinpath("layers")
    recipes = {
        entry.name.removesuffix(".toml"): _decode(entry, folder)
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".toml")
    }
    layers: dict[str, Layer] = {}
    for name in recipes:
        _resolve(name, recipes, folder, layers, (), packages_of)
    return layers


def stack_of(name: str, layers: dict[str, Layer]) -> list[Layer]:
    """The layer and all below it, topmost first."""
    layer = layers[name]
    return [layer] + (stack_of(layer.recipe.parent, layers) if layer.recipe.parent else [])


def base_of(layer: Layer, layers: dict[str, Layer]) -> Layer:
    """The layer at the very bottom: what Debian it is of."""
    return stack_of(layer.name, layers)[-1]


def source_files(folder: Traversable) -> list[tuple[str, bytes]]:
    """All files below a folder with their relative names, in a fixed order."""
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            found += [(f"{entry.name}/{name}", content) for name, content in source_files(entry)]
        else:
            found.append((entry.name, entry.read_bytes()))
    return found


def _decode(entry: Traversable, folder: Traversable) -> Recipe:
    try:
        return msgspec.convert(read_file(entry, folder), Recipe)
    except UNREADABLE as error:
        raise ManifestError(f"layers/{entry.name}: {error}") from error


def _resolve(
    name: str,
    recipes: dict[str, Recipe],
    folder: Traversable,
    layers: dict[str, Layer],
    path: tuple[str, ...],
    packages_of: str,
) -> Layer:
    if name in path or name not in recipes:
        raise ManifestError(f"layers/{path[-1]}.toml: parent {name!r} is missing or its own ancestor")
    if name not in layers:
        recipe = recipes[name]
        below = [*([recipe.parent] if recipe.parent else []), *recipe.build_parents]
        parents = [_resolve(parent, recipes, folder, layers, (*path, name), packages_of) for parent in below]
        # A base stands on the packages of a day, and so does what stands on that.
        beneath = [parent.digest for parent in parents] or ([packages_of] if packages_of else [])
        layers[name] = Layer(name, recipe, _digest(recipe, folder, beneath))
    return layers[name]


def _digest(recipe: Recipe, folder: Traversable, beneath: list[str]) -> str:
    content = source_files(folder.joinpath(recipe.sources)) if recipe.sources else []
    identity = (BUILDER_VERSION, recipe, beneath, content)
    return hashlib.sha256(msgspec.json.encode(identity, order="sorted")).hexdigest()[:16]
