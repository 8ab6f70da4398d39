"""Beside every program here: make an attempt and say in one line what became of it, by the kernel's name for it."""
import ctypes, errno, os, signal, sys

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def call(number, *arguments):
    """A system call by its number, whatever any library thinks of it."""
    words = [a if isinstance(a, (bytes, ctypes.Array)) or a is None else ctypes.c_long(a) for a in arguments]
    result = _libc.syscall(ctypes.c_long(number), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def attempt(name, action):
    """In a child: some attempts, where they succeed, leave a process that is of no further use."""
    pid = os.fork()
    if not pid:
        code = 0
        try:
            action()
        except OSError as error:
            code = error.errno or 255
        except BaseException:
            code = 255
        os._exit(code)
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        say(name, f"killed by {signal.Signals(os.WTERMSIG(status)).name}")
    else:
        code = os.WEXITSTATUS(status)
        say(name, errno.errorcode.get(code, f"failed ({code})") if code else "done")


def say(name, outcome):
    print(f"{name}: {outcome}", flush=True)


def wait():
    """Until whoever watches has looked."""
    print("ready", flush=True)
    sys.stdin.read()
