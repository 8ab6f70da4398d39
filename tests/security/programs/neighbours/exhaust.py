"""Take all there is of what the kernel counts by user, and say how much that was; with "hold", keep it until SIGUSR1."""
import ctypes, fcntl, os, signal, socket, sys, time

libc = ctypes.CDLL(None, use_errno=True)
kept = []


def inotify_instances():
    fd = libc.inotify_init()
    kept.append(fd)
    return fd >= 0


def queue_bytes():
    class Attributes(ctypes.Structure):
        _fields_ = [(name, ctypes.c_long) for name in ("flags", "maxmsg", "msgsize", "curmsgs")] + [("more", ctypes.c_long * 4)]

    attributes = Attributes(maxmsg=10, msgsize=8192)
    return libc.mq_open(f"/q{time.monotonic_ns()}".encode(), os.O_CREAT | os.O_RDWR, 0o600, ctypes.byref(attributes)) >= 0


def pending_signals():
    return libc.sigqueue(os.getpid(), signal.SIGRTMIN, 0) == 0


def large_pipes():
    if len(kept) > 600:
        return False
    read_end, write_end = os.pipe()
    kept.extend((read_end, write_end))
    try:
        return fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 1 << 20) > 0
    except OSError:
        return False


def descriptors_under_way():
    """In messages that nobody receives."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    kept.extend((here, there))
    here.setblocking(False)
    try:
        for _ in range(5):
            socket.send_fds(here, [b"x"], [0] * 10)
        return True
    except OSError:
        return False


def count(take):
    taken = 0
    while taken < 100_000 and take():
        taken += 1
    return taken


def take_all(who):
    for take in (pending_signals, inotify_instances, queue_bytes, descriptors_under_way, large_pipes):
        print(who, take.__name__, count(take), flush=True)


signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGRTMIN])
if sys.argv[1] == "hold":
    take_all("alone")
    libc.prctl(15, b"holding", 0, 0, 0)
    signal.sigwait([signal.SIGUSR1])
else:  # "take", or "twice": by two processes of this execution
    read_end, write_end = os.pipe()
    if sys.argv[1] == "twice" and not os.fork():
        take_all("first")
        os.write(write_end, b"x")
        signal.sigwait([signal.SIGUSR1])
    elif sys.argv[1] == "twice":
        os.read(read_end, 1)
    take_all("alone" if sys.argv[1] == "take" else "second")
