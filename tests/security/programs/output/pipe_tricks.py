"""Do to one's own stdout, a pipe, what a pipe allows: then write 300,000 bytes to it, and be gone at once."""
import fcntl, os, sys

F_SETPIPE_SZ, O_DIRECT = 1031, os.O_DIRECT
DATA = b"".join(b"%09d\n" % n for n in range(30_000))


def write(data, size=1 << 20, fd=1):
    while data:
        try:
            data = data[os.write(fd, data[:size]):]
        except BlockingIOError:
            pass


def grown():
    fcntl.fcntl(1, F_SETPIPE_SZ, 1 << 20)
    write(DATA)


def shrunk():
    fcntl.fcntl(1, F_SETPIPE_SZ, 4096)
    write(DATA)


def packets():
    """Of a pipe in packet mode a read gives one write, however small."""
    fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | O_DIRECT)
    write(DATA, 3000)


def nonblocking():
    os.set_blocking(1, False)
    write(DATA)


def bytewise():
    write(DATA, 1)


def sent():
    fd = os.memfd_create("data")
    os.write(fd, DATA)
    offset = 0
    while offset < len(DATA):
        offset += os.sendfile(1, fd, offset, len(DATA))


def spliced():
    read_end, write_end = os.pipe()
    if not os.fork():
        write(DATA, fd=write_end)
        os._exit(0)
    os.close(write_end)
    while os.splice(read_end, 1, 65536):
        pass


def by_name():
    """Each opens the pipe anew, for writing or both ways, and would empty a file."""
    third = len(DATA) // 3
    for name, part in (("/dev/stdout", 0), ("/proc/self/fd/1", 1), ("/dev/fd/1", 2)):
        with open(name, "wb", buffering=0) as stream:
            write(DATA[part * third: (part + 1) * third], fd=stream.fileno())


def reader_too():
    """A second reader that reads nothing; and the first end is closed last, by a child that is killed for it."""
    os.open("/proc/self/fd/1", os.O_RDONLY | os.O_NONBLOCK)
    if not os.fork():
        os.open("/proc/self/fd/1", os.O_RDWR)
        os.setsid()
        os.read(os.pipe()[0], 1)
    write(DATA)


def swapped():
    """Both streams are one, the other's end is closed."""
    os.dup2(1, 2)
    write(DATA[:150_000])
    write(DATA[150_000:], fd=2)


globals()[sys.argv[1]]()
os.kill(os.getpid(), 9)
