"""Every manifest's own programs, through the service: adding a language adds its test by adding a file."""

import pytest

from runtimes.manifest import Manifest, SelfTest, load_manifests, standard
from tests.service import Service

pytestmark = pytest.mark.service

CASES = [
    pytest.param(name, manifest, test, id=f"{name}-{test.name}")
    for name, manifest in standard(load_manifests()).items()
    for test in manifest.self_tests
]


@pytest.mark.parametrize(("name", "manifest", "test"), CASES)
def test_self_test(service: Service, name: str, manifest: Manifest, test: SelfTest) -> None:
    assert_as_expected(service, name, manifest, test)


def assert_as_expected(service: Service, name: str, manifest: Manifest, test: SelfTest) -> None:
    installed = next(pool for pool in service.pool()["pools"] if pool["runtime"] == name)
    answer = service.execute(
        manifest.language, test.files, version=installed["version"], args=list(test.args), stdin=test.stdin
    )
    assert answer["version"] == installed["version"]
    stage, expect = answer["run"], test.expect
    if expect.compile_fails:
        assert (stage["status"], stage["code"], stage["stdout"]) == ("skipped", None, "")
        stage = answer["compile"]
        assert stage["status"] == "nonzero_exit"
        assert stage["code"] not in (0, None)
        assert expect.stderr_contains is None or expect.stderr_contains in stage["stderr"] + stage["stdout"]
        return
    assert stage["code"] == expect.exit_code, stage
    assert expect.stdout is None or stage["stdout"] == expect.stdout
    assert (expect.stderr_contains or "") in stage["stderr"]
