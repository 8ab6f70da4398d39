"""Two releases of a language side by side: what is told of them, and how one is chosen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtimes.manifest import language_names, load_manifests
from tests.integration.test_self_tests import assert_as_expected
from tests.releases import OTHER_RELEASES
from tests.service import Service, get

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def versions(other_releases: Path) -> Iterator[Service]:
    with Service.start("versions", other_releases, self_test=True) as running:
        yield running


def test_all_of_them_are_told(versions: Service) -> None:
    listed = get(f"{versions.url}/v1/runtimes", headers={"Authorization": f"Bearer {versions.keys['execute']}"}).json()
    told = {(runtime["language"], runtime["version"]): runtime for runtime in listed}
    assert len(told) == 12
    manifests = load_manifests()
    for language in ("python", "javascript", "c", "c++", "go", "java"):
        releases = [manifest.release for manifest in manifests.values() if manifest.language == language]
        found = [version for of, version in told if of == language]
        assert len(releases) == len(found) == 2
        for release in releases:
            (version,) = [version for version in found if version.startswith(f"{release}.")]
            assert sorted(told[language, version]["aliases"]) == sorted(
                next(manifest.aliases for manifest in manifests.values() if manifest.language == language)
            )
    assert versions.pool()["faults"] == []


@pytest.mark.parametrize(
    ("language", "selector", "prefix"),
    [
        ("python", "*", "3.14."),
        ("python", "3", "3.14."),
        ("py", "3.13", "3.13."),
        ("python3", "~3.13.0", "3.13."),
        ("python", "<3.14", "3.13."),
        ("python", ">=3.10 <3.14 || 2", "3.13."),
        ("js", "22", "22."),
        ("node", "^22.1", "22."),
        ("javascript", "22.x || 18", "22."),
        ("javascript", "20 - 23", "22."),
        ("javascript", ">=22", "24."),
        ("c", "13.x", "13."),
        ("gcc", "*", "14."),
        ("g++", "<14", "13."),
        ("go", "1.25", "1.25."),
        ("golang", "~1.27.0", "1.27."),
        ("java", "21", "21."),
    ],
)
def test_selector_chooses(versions: Service, language: str, selector: str, prefix: str) -> None:
    code = {
        "python": "import platform; print(platform.python_version())",
        "javascript": "console.log(process.versions.node)",
        "c": '#include <stdio.h>\nint main(void) { printf("%d.%d.%d\\n", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__); }',
        "c++": '#include <iostream>\nint main() { std::cout << __GNUC__ << "." << __GNUC_MINOR__ << "." << __GNUC_PATCHLEVEL__ << "\\n"; }',
        "go": 'package main\nimport ("fmt"; "runtime")\nfunc main() { fmt.Println(runtime.Version()[2:]) }',
        "java": "class Main { public static void main(String[] a) { System.out.println(Runtime.version().feature() + \".\"); } }",
    }  # fmt: skip
    canonical = language_names(load_manifests())[language]
    answer = versions.execute(language, code[canonical], version=selector)
    assert (answer["language"], answer["version"][: len(prefix)]) == (canonical, prefix)
    assert answer["run"]["stdout"].startswith(prefix), answer


def test_selector_that_none_satisfies_says_what_there_is(versions: Service) -> None:
    response = versions.post("python", "", version="<3.13")
    assert response.status_code == 400
    assert "3.13." in response.text
    assert "3.14." in response.text


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, n) for name, manifest in OTHER_RELEASES.items() for n in range(len(manifest.self_tests))],
)
def test_self_test(versions: Service, name: str, number: int) -> None:
    assert_as_expected(versions, name, OTHER_RELEASES[name], OTHER_RELEASES[name].self_tests[number])
