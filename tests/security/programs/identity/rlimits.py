"""Raise every limit past its hard value, in every way, from here and in a child; say of each the errno, 0 when done."""
import ctypes, os, resource, subprocess

libc = ctypes.CDLL(None, use_errno=True)
NAMES = ["CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME"]


def attempt(way, name, call):
    try:
        call()
        print(name, way, 0)
    except (OSError, ValueError) as error:
        print(name, way, getattr(error, "errno", None) or 1)


def raw(pid, number, value):
    class Limit(ctypes.Structure):
        _fields_ = [("soft", ctypes.c_ulong), ("hard", ctypes.c_ulong)]

    if libc.prlimit(pid, number, ctypes.byref(Limit(value, value)), None) < 0:
        raise OSError(ctypes.get_errno(), "refused")


for number, name in enumerate(NAMES):
    hard = resource.getrlimit(number)[1]
    if hard == resource.RLIM_INFINITY:
        print(name, "unlimited")
        continue
    attempt("one_more", name, lambda: resource.setrlimit(number, (hard, hard + 1)))
    attempt("infinite", name, lambda: resource.setrlimit(number, (hard, resource.RLIM_INFINITY)))
    attempt("prlimit", name, lambda: raw(0, number, hard + 1))
    attempt("prlimit_pid", name, lambda: raw(os.getpid(), number, hard + 1))
    attempt("soft", name, lambda: resource.setrlimit(number, (hard + 1, hard)))
    assert resource.getrlimit(number)[1] == hard
    resource.setrlimit(number, (hard, hard))  # what it has may be set again
for way, command in (("bash", "ulimit -Hn 4096"), ("prlimit", "prlimit --nofile=4096:4096 true"), ("perl", "perl -e '$r=pack(\"QQ\",4096,4096); exit(syscall(160,7,$r)==0?0:1)'")):
    print("NOFILE", way, int(subprocess.run(["bash", "-c", command], capture_output=True).returncode != 0))
