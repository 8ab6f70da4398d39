"""Use a known amount of memory, in one way or another; nothing of it is left at the end."""
import ctypes, mmap, os, sys, time

way, size = sys.argv[1], int(sys.argv[2]) << 20
piece = b"x" * (1 << 20)


def fill(path: str) -> None:
    with open(path, "wb") as file:
        for _ in range(size >> 20):
            file.write(piece)


def together(count: int, work: object) -> None:
    """Children that have done their work, and wait for each other."""
    ready, tell = os.pipe()
    gate, opens = os.pipe()
    for _ in range(count):
        if not os.fork():
            os.close(opens)
            kept = work()
            os.write(tell, b"x")
            os.read(gate, 1)
            os._exit(0)
    for _ in range(count):
        os.read(ready, 1)
    os.close(opens)
    for _ in range(count):
        os.wait()


if way in ("one", "freed", "freed and read"):
    kept = b"x" * size
    if way != "one":
        del kept
    if way == "freed and read":
        time.sleep(0.5)  # the service looks at the peak now and again
        for folder, _, names in os.walk("/usr"):
            for path in (os.path.join(folder, name) for name in names):
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        while file.read(1 << 20):
                            pass
elif way == "many":
    together(8, lambda: b"x" * (size // 8))
elif way == "one after the other":
    for _ in range(3):
        together(1, lambda: b"x" * size)
elif way == "inherited":
    kept = b"x" * size
    together(8, lambda: kept.count(b"y"))
elif way == "shared mapping":
    kept = mmap.mmap(-1, size)
    for _ in range(size >> 20):
        kept.write(piece)
    together(8, lambda: kept[:: 1 << 16])
elif way in ("/tmp", "/box", "/dev/shm", "/var/tmp"):
    fill(f"{way}/x")
elif way == "deleted file":
    fill("/tmp/x")
    os.unlink("/tmp/x")
elif way == "memfd":
    fd = os.memfd_create("x")
    for _ in range(size >> 20):
        os.write(fd, piece)
elif way == "SysV":
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    ctypes.memset(libc.shmat(libc.shmget(0, size, 0o1600), None, 0), 1, size)
elif way == "pages asked for and not used":
    kept = mmap.mmap(-1, size << 10, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_NORESERVE)
elif way == "holes of files":
    for path in ("/tmp/x", "/dev/shm/x"):
        with open(path, "wb") as file:
            file.truncate(size)
elif way == "lazily freed":
    kept = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for _ in range(size >> 20):
        kept.write(piece)
    kept.madvise(mmap.MADV_FREE)
elif way != "nothing":
    sys.exit(f"no way {way}")
print("done", flush=True)
