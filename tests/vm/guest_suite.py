"""The project's own tests, run by pytest in a guest: what is to be run, and which of it failed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.vm.guest import Guest, checkout, quoted
from tests.vm.image import ROOT

# Only these are served, for each has jails and programs waiting that a slow processor has to start.
_SCRIPT = """
cd runjail
./runjail test --help >/dev/null
for runtime in /var/lib/runjail/runtimes/*.json; do
    case " {runtimes} " in *" $(basename "$runtime" .json) "*) ;; *) rm "$runtime" ;; esac
done
export REQUIRE_PRIVILEGED=1
applications=(/var/lib/runjail/python/runjail-*)
for application in "${{applications[@]}}"; do  # an older one, if the checkout was changed between two parts
    [ "$application" -ot "${{newest:-}}" ] || newest=$application
done
exec "$newest/bin/python" -m pytest -v --color=no --durations=10 --junitxml="$FILES/junit.xml" {arguments}
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each test, by its name."""

    passed: frozenset[str]
    failed: dict[str, str]  # with its last words
    output: str  # pytest's own


def run_suite(guest: Guest, runtimes: Iterable[str], arguments: Iterable[str], timeout_s: float) -> Report:
    """Boot the guest and run pytest in it, on this checkout, with these languages installed."""
    script = _SCRIPT.format(runtimes=" ".join(runtimes), arguments=quoted(*arguments))
    ended = guest.run(script, {"runjail": checkout(ROOT, guest.folder / "checkout")}, timeout_s)
    report = ended.files / "junit.xml"
    assert report.exists(), f"pytest did not run, status {ended.status}:\n{ended.output[-3000:]}"
    return read_report(report, ended.output)


def read_report(path: Path, output: str) -> Report:
    """Read what pytest wrote for ``--junitxml``; a test that was skipped is one that failed: it was meant to be run."""
    cases = {f"{case.get('classname')}::{case.get('name')}": case for case in ElementTree.parse(path).iter("testcase")}
    failed = {
        name: " ".join(child.get("message", "") for child in case) for name, case in cases.items() if _failures(case)
    }
    return Report(frozenset(cases) - frozenset(failed), failed, output)


def _failures(case: ElementTree.Element) -> list[ElementTree.Element]:
    return [child for child in case if child.tag in ("failure", "error", "skipped")]
