"""The frontend's user: no password, no home, no shell, no rights."""

import fcntl
import os
import pwd
import subprocess

from cli.console import say
from cli.paths import FRONTEND_USER


def ensure_frontend_user() -> pwd.struct_passwd:
    """Return the user, making it when it isn't there."""
    try:
        return pwd.getpwnam(FRONTEND_USER)
    except KeyError:
        return _make_user()


def _make_user() -> pwd.struct_passwd:
    # One at a time: useradd looks whether there is such a user before it takes its lock, and gives the user that
    # another has made meanwhile new ids, while that other's daemons run with the old ones.
    directory = os.open("/run", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        try:
            return pwd.getpwnam(FRONTEND_USER)
        except KeyError:
            say(f"creating the system user {FRONTEND_USER}")
            options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
            subprocess.run(["useradd", *options, "--shell", "/usr/sbin/nologin", FRONTEND_USER], check=True)
            return pwd.getpwnam(FRONTEND_USER)
    finally:
        os.close(directory)
