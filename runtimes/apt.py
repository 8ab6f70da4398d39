"""apt, from the outside: where packages come from, how it is kept to a layer, what it says.

No registry is named in this project. A Debian host's mirror serves for the
layers too; elsewhere mmdebstrap's own default for Debian does.
"""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from runtimes.progress import Progress
from runtimes.store import Store

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# How to reach the mirror (proxies, certificates, time-outs), not what else apt does on this host.
_KEPT_SETTINGS = (
    "Acquire::http",
    "Acquire::https",
    "Acquire::Check-",
    "Acquire::Retries",
    "Acquire::ForceIPv",
)


def apt_sources(suite: str, more: Sequence[str] = ()) -> list[str]:
    """One-line apt sources of a Debian suite, its updates and security, and of more suites, such as its backports.

    Empty when this host does not get its packages from Debian.
    """
    targets = _run("apt-get", "indextargets", "--format", "$(ORIGIN)|$(REPO_URI)", "Created-By: Packages")
    uris = list(dict.fromkeys(line.partition("|")[2] for line in targets if line.startswith("Debian|")))
    if not uris:
        return []
    security = [uri for uri in uris if "security" in uri][:1]
    main = [uri for uri in uris if uri not in security][:1]
    signed = f"[signed-by={KEYRING}]"
    return [
        f"deb {signed} {uri} {name} main"
        for uris, names in (
            (main, (suite, f"{suite}-updates", *more)),
            (security, (f"{suite}-security",)),
        )
        for uri in uris
        for name in names
    ]


def chosen_sources(sources: str, suite: str, more: Sequence[str]) -> list[str]:
    """What mmdebstrap chose on a host that is not Debian, signed by Debian, and more suites of the same mirror."""
    lines = []
    for line in sources.splitlines():
        if match := re.fullmatch(r"deb (?:\[[^]]*\] )?(?P<rest>\S+ \S+ .*)", line.strip()):
            lines.append(f"deb [signed-by={KEYRING}] {match['rest']}")
    main = next(line for line in lines if f" {suite} " in line)
    return [*lines, *(main.replace(f" {suite} ", f" {name} ") for name in more)]


def transport_settings() -> list[str]:
    """The host's apt settings that say how to reach its mirror."""
    return [line for line in _run("apt-config", "dump") if line.startswith(_KEPT_SETTINGS)]


def apt_settings(store: Store, root: Path, base: str) -> list[str]:
    """Let the host's apt work on a layer only, of this base's Debian, untouched by the host's own hooks and sources."""
    apt = store.cache / "apt"
    (apt / "none").mkdir(parents=True, exist_ok=True)
    settings = {
        "Dir::Etc::main": "/dev/null",
        "Dir::Etc::parts": str(apt / "none"),
        "Dir::Etc::sourceparts": str(apt / "none"),
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": str(apt / "none"),
        "Dir::Etc::sourcelist": str(apt / f"{base}.list"),
        "Dir::State::lists": str(apt / f"lists-{base}"),
        "Dir::State::status": str(root / "var/lib/dpkg/status"),
        "Dir::State::extended_states": str(root / "var/lib/apt/extended_states"),
        "Dir::Cache::archives": str(root / "var/cache/apt/archives"),
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Dir::Log": str(root / "var/log/apt"),
        "DPkg::Chroot-Directory": str(root),
        "DPkg::Options::": "--force-unsafe-io",  # publishing syncs once, for all files
        "APT::Sandbox::User": "root",
        "APT::Install-Recommends": "false",
        "Acquire::Languages": "none",
    }
    return [*transport_settings(), *(f'{key} "{value}";' for key, value in settings.items())]


def parse_apt_status(line: str) -> Progress | None:
    """Read a line of APT::Status-Fd: ``dlstatus:1:45.3:Retrieving file 3 of 10``."""
    kind, _, rest = line.strip().partition(":")
    phase = {"dlstatus": "download", "pmstatus": "unpack"}.get(kind)
    match = re.match(r"(?P<item>.*?):(?P<percent>[0-9.]+):(?P<detail>.*)", rest)
    if not phase or not match:
        return None
    detail = match["detail"] if phase == "download" else match["item"]
    return Progress(phase, detail, float(match["percent"]))


def _run(*command: str) -> list[str]:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
