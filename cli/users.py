"""The frontend's user: no password, no home, no shell, no rights."""

import pwd
import subprocess

from cli.console import say
from cli.paths import FRONTEND_USER


def ensure_frontend_user() -> pwd.struct_passwd:
    """Return the user, making it when it isn't there."""
    try:
        return pwd.getpwnam(FRONTEND_USER)
    except KeyError:
        say(f"creating the system user {FRONTEND_USER}")
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run(["useradd", *options, "--shell", "/usr/sbin/nologin", FRONTEND_USER], check=True)
        return pwd.getpwnam(FRONTEND_USER)
