"""``runjail package``: a Debian package of this version, with its Python libraries in it."""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from cli.console import fail, say
from cli.installing import FILES, HOME, LAUNCHER, PACKAGED_UNITS, libraries_pth, packages_of, put_documents, write

_SCRIPTS = ("preinst", "postinst", "prerm", "postrm")
_CONTROL = """\
Package: runjail
Version: {version}
Architecture: {architecture}
Maintainer: Runjail maintainers <root@localhost>
Section: net
Priority: optional
Depends: python3 (>= {python}), python3 (<< {next_python}~), mmdebstrap, debian-archive-keyring, libseccomp2, ca-certificates, systemd
Description: runs other people's code, each execution in a throw-away jail
 POST a language and a source, get stdout, stderr, exit code, signal, time and
 memory. Python, JavaScript, TypeScript, bash, C, C++, Go, Ruby, Rust, Java, C#.
"""  # noqa: E501


def package(folder: Path) -> None:
    """Make the package in this folder; it is for hosts with the Python that this one has."""
    if "RUNJAIL_SOURCE" not in os.environ or not shutil.which("dpkg-deb"):
        fail("run it from a checkout, on a host with dpkg-deb: sudo ./runjail package")
    source = Path(os.environ["RUNJAIL_SOURCE"])
    version = _version(source)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"runjail_{version}_{_architecture()}.deb"
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary)
        tree.chmod(0o755)
        _put_code(tree)
        _put_files(tree, source)
        _put_control(tree, source, version)
        command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z6", "--build", str(tree), str(target)]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
            fail("dpkg-deb failed, see above")
    say(f"made {target}; `apt install ./{target.name}` says how to go on")


def _put_code(tree: Path) -> None:
    """The environment that this runs in, and that of the libraries which it names."""
    application = Path(sys.prefix)
    pth, packages = libraries_pth(application), packages_of(application)
    libraries = packages.parents[2]
    home = Path(f"{tree}{HOME}/python")
    for each in (application, libraries):
        shutil.copytree(each, home / each.name, symlinks=True)
    moved = home / application.name / pth.relative_to(application)
    moved.write_text(f"{HOME / 'python' / libraries.name / packages.relative_to(libraries)}\n")
    Path(f"{tree}{HOME}/current").symlink_to(f"python/{application.name}")


def _put_files(tree: Path, source: Path) -> None:
    """What `runjail install` puts below /etc and /usr/local, where a package has it."""
    for name, installed in FILES.items():
        folder = PACKAGED_UNITS if installed.suffix != ".conf" else Path("/usr/lib", installed.parent.name)
        place = folder / installed.name
        write(Path(f"{tree}{place}"), (source / "systemd" / name).read_text())
    put_documents(source, Path(f"{tree}{HOME}"))
    write(Path(f"{tree}{HOME}/bin/runjail"), LAUNCHER, 0o755)
    command = Path(f"{tree}/usr/bin/runjail")
    command.parent.mkdir(parents=True)
    command.symlink_to(HOME / "bin" / "runjail")


def _put_control(tree: Path, source: Path, version: str) -> None:
    major, minor = sys.version_info[:2]
    control = _CONTROL.format(
        version=version, architecture=_architecture(), python=f"{major}.{minor}", next_python=f"{major}.{minor + 1}"
    )
    write(tree / "DEBIAN" / "control", control)
    for name in _SCRIPTS:
        write(tree / "DEBIAN" / name, (source / "systemd" / "debian" / name).read_text(), 0o755)


def _version(source: Path) -> str:
    """With the time of the commit, or of the newest file where it is not that, so that what is newer is an upgrade."""
    version: str = tomllib.loads((source / "pyproject.toml").read_text())["project"]["version"]
    committed_s, is_changed = _commit(source)
    seconds = max(committed_s, _newest_s(source)) if is_changed else committed_s
    return f"{version}+{datetime.fromtimestamp(seconds, UTC):%Y%m%d.%H%M%S}"


def _commit(source: Path) -> tuple[float, bool]:
    """When what is there was committed, and whether it was changed since; long ago, without a repository of its own."""

    def git(*words: str) -> str:
        command = ["git", "-c", f"safe.directory={source}", "-C", str(source), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).samefile(source):
            return float(git("log", "-1", "--format=%ct")), git("status", "--porcelain") != ""
    except (OSError, ValueError, subprocess.CalledProcessError):
        pass
    return 0.0, True


def _newest_s(source: Path) -> float:
    """The time of the newest file, but for what tools have left there."""
    times = []
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name not in ("__pycache__", "node_modules") and name[0] != "."]
        times += [Path(folder, name).lstat().st_mtime for name in names if not name.endswith(".deb")]
    return max(times)


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
