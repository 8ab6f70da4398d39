"""Read a secret of the host by every path there is, change what the system is made of, leave marks behind."""
import glob, os, sys
from attempting import attempt, say

secret, mark = sys.argv[1:]
NEEDLE = b"runjail-" + b"secret-"  # in two, so that it is not found in here


def read(path):
    with open(path, "rb") as file:
        if NEEDLE not in file.read():
            raise OSError(2, "another file")


def found(paths):
    for path in paths:
        try:
            read(path)
        except OSError:
            continue
        return "read"
    return "not found"


def below(folders, depth=3):
    """As deep as the secret lies, and some more: of a host, all would take long."""
    for folder in folders:
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        yield from (entry.path for entry in entries if entry.name == os.path.basename(secret))
        if depth:
            yield from below((e.path for e in entries if e.is_dir(follow_symlinks=False)), depth - 1)


def leads_to_it(descriptor):
    try:
        return os.readlink(descriptor) == secret
    except OSError:
        return False


def open_for_writing(path):
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND))


def temporary_in(folder):
    os.close(os.open(folder, os.O_WRONLY | os.O_TMPFILE))


attempt("secret by its path", lambda: read(secret))
attempt("secret by ../", lambda: read("../" * 40 + secret))
attempt("secret by /proc/self/root", lambda: read("/proc/self/root" + secret))
attempt("secret by /proc/1/root", lambda: read("/proc/1/root" + secret))
say("secret by any process", found(f"{root}{secret}" for root in glob.glob("/proc/[0-9]*/root")))
say("secret by any descriptor", found(filter(leads_to_it, glob.glob("/proc/[0-9]*/fd/*"))))
say("secret by its name", found(below(("/tmp", "/run", "/etc", "/home", "/root", "/var/tmp"))))
say("secret in an environment", found(glob.glob("/proc/[0-9]*/environ")))
attempt("write to a system file", lambda: open_for_writing("/etc/passwd"))
attempt("new file in /usr", lambda: temporary_in("/usr"))
attempt("new file in /etc", lambda: temporary_in("/etc"))
attempt("change a system file's mode", lambda: os.chmod("/etc/passwd", 0o644))
for folder in (".", "/tmp", "/var/tmp", "/dev/shm"):
    with open(f"{folder}/{mark}", "w") as file:
        file.write(mark)
say("marks", "left")
