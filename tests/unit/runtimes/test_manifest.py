"""Manifests: the real ones, and the ones that must not load."""

from pathlib import Path

import pytest

from runtimes.manifest import Disk, Limits, ManifestError, expand_command, language_names, load_manifests, standard
from runtimes.recipe import load_layers, stack_of

MANIFESTS = load_manifests()
LANGUAGES = {"python", "javascript", "typescript", "bash", "c", "c++", "go", "ruby", "rust", "java", "csharp"}
GOOD = (Path(__file__).parents[3] / "runtimes" / "c.toml").read_text()


def test_eleven_languages() -> None:
    assert {manifest.language for manifest in standard(MANIFESTS).values()} == LANGUAGES


def test_names_of_the_contract() -> None:
    names = language_names(MANIFESTS)
    contract = {"py": "python", "js": "javascript", "node": "javascript", "ts": "typescript", "sh": "bash",
                "cpp": "c++", "golang": "go", "rb": "ruby", "rs": "rust", "cs": "csharp", "c#": "csharp"}  # fmt: skip
    assert {alias: names[alias] for alias in contract} == contract


@pytest.mark.parametrize("name", standard(MANIFESTS))
def test_manifest_is_whole(name: str) -> None:
    manifest = MANIFESTS[name]
    assert stack_of(manifest.layer, load_layers())[-1].name == "base"
    tests = manifest.self_tests
    assert any(test.stdin and test.args and len(test.files) > 1 for test in tests)
    assert any(test.expect.exit_code not in (0, None) for test in tests)
    assert manifest.compile is None or any(test.expect.compile_fails for test in tests)


@pytest.mark.parametrize("field", [*Limits.__struct_fields__, *Disk.__struct_fields__])
@pytest.mark.parametrize("nth", [0, 1])
def test_manifest_without_a_limit_does_not_load(tmp_path: Path, field: str, nth: int) -> None:
    lines = [line for line in GOOD.splitlines() if line.startswith(f"{field} = ")]
    head, *rest = GOOD.split(lines[0] + "\n") if len(lines) == 1 or nth == 0 else GOOD.rsplit(lines[-1] + "\n", 1)
    (tmp_path / "c.toml").write_text(head + (lines[0] + "\n").join(rest))
    with pytest.raises(ManifestError, match=field):
        load_manifests(tmp_path)


@pytest.mark.parametrize(
    "change", [("pids = 256", "pids = 0"), ("pids = 256", "pids = 256\nforks = 1"), ('"c"', '"C !"')]
)
def test_wrong_values_do_not_load(tmp_path: Path, change: tuple[str, str]) -> None:
    (tmp_path / "c.toml").write_text(GOOD.replace(*change))
    with pytest.raises(ManifestError, match=r"c\.toml"):
        load_manifests(tmp_path)


def test_two_languages_with_one_name_do_not_load(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(GOOD)
    (tmp_path / "d.toml").write_text(GOOD.replace('language = "c"', 'language = "d"'))
    with pytest.raises(ManifestError, match="already names"):
        load_manifests(tmp_path)


def expand(command: str, names: list[str], args: list[str] | None = None) -> list[str]:
    return expand_command(command.split("|"), names, args or [], 1000)


def test_placeholders() -> None:
    names = ["src/main.c", "util.c", "util.h", "-x.c"]
    assert expand("gcc|{main}", names) == ["gcc", "src/main.c"]
    assert expand("gcc|{sources:.c}", names) == ["gcc", "src/main.c", "util.c", "./-x.c"]
    assert expand("go|{siblings:.c}", names) == ["go", "src/main.c"]
    compiled = "{main:.ts=.js .mts=.mjs}"
    assert expand(f"node|{compiled}|{{args}}", ["lib/a.ts"], ["{main}", ""]) == ["node", "lib/a.js", "{main}", ""]
    assert expand(f"node|{compiled}", ["a.mts"]) == ["node", "a.mjs"]
    assert expand(f"node|{compiled}", ["a.x"]) == ["node", "a.x"]
    assert expand("java|-XX:MaxRAM={memory_bytes}", names) == ["java", "-XX:MaxRAM=1000"]


def test_no_file_name_turns_into_an_option() -> None:
    assert expand("python3|{main}", ["-c"]) == ["python3", "./-c"]
    assert expand("gcc|{sources:.c}", ["a.c", "@b.c"]) == ["gcc", "a.c", "./@b.c"]
    assert expand("tsc|{main:.ts=.js}", ["-o.ts"]) == ["tsc", "./-o.js"]


def test_lone_entry_point_needs_no_suffix() -> None:
    assert expand("gcc|{sources:.c}", ["code"]) == ["gcc", "./code"]
    assert expand("gcc|{sources:.c}", ["lib/code"]) == ["gcc", "lib/code"]


def test_bare_word_is_no_command() -> None:
    assert expand("node|{main}", ["inspect"]) == ["node", "./inspect"]


def test_manifest_that_extends_another(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(GOOD)
    (tmp_path / "d.toml").write_text(
        'extends = "c"\nrelease = "13"\nlayer = "gcc13"\nwithout = ["compile.warm"]\n[run.limits]\npids = 7\n'
    )
    usual, other = load_manifests(tmp_path).values()
    assert (other.release, other.layer, other.run.limits.pids) == ("13", "gcc13", 7)
    assert usual.compile
    assert other.compile
    assert usual.compile.warm
    assert other.compile.warm is None
    assert (other.compile.command, other.self_tests) == (usual.compile.command, usual.self_tests)
    assert other.run.limits.stack_bytes == usual.run.limits.stack_bytes


@pytest.mark.parametrize(
    "text",
    [
        'extends = "nothing"',
        'extends = "d"',
        'extends = "c"\nwithout = ["layer.x"]',
        'extends = "c"\nrun = 5',
        'extends = "c"\nwithout = ["compile.nothing"]',
        'extends = "c"\nnothing = 1',
    ],
)
def test_manifest_that_extends_wrongly_does_not_load(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.toml").write_text(GOOD)
    (tmp_path / "d.toml").write_text(text)
    with pytest.raises(ManifestError, match=r"d\.toml"):
        load_manifests(tmp_path)


def test_each_release_is_of_one_runtime() -> None:
    releases = [(manifest.language, manifest.release) for manifest in MANIFESTS.values() if manifest.release]
    assert len(set(releases)) == len(releases)
    for language in ("python", "javascript", "java", "c", "c++", "go"):
        assert len([release for of, release in releases if of == language]) >= 2
