"""What a program may do to its stdin, a pipe: the argument says what. The input is 1,000,000 bytes long."""
import fcntl, os, sys, time


def read_all(fd=0):
    total = 0
    while block := os.read(fd, 65536):
        total += len(block)
    return total


def half_and_close():
    os.read(0, 1000)
    os.close(0)


def late():
    time.sleep(1)
    print(read_all())


def by_name():
    print(sum(read_all(os.open(name, os.O_RDONLY)) for name in ("/dev/stdin", "/proc/self/fd/0", "/dev/fd/0")))


def shared():
    """Several processes read one pipe: each byte comes to one of them."""
    read_end, write_end = os.pipe()
    for _ in range(8):
        if not os.fork():
            os.write(write_end, b"%d " % read_all())
            os._exit(0)
    os.close(write_end)
    print(sum(map(int, os.read(read_end, 4096).split() + [n for _ in range(8) if os.wait() for n in os.read(read_end, 4096).split()])))


def write_to_it():
    """Its own writing end makes an endless input of it: nobody's but its own."""
    fd = os.open("/proc/self/fd/0", os.O_WRONLY)
    print("open", flush=True)
    while True:
        os.write(fd, os.read(0, 65536))


def packet_mode():
    fcntl.fcntl(0, fcntl.F_SETFL, os.O_DIRECT)
    print(read_all())


def nonblocking():
    os.set_blocking(0, False)
    total = 0
    while True:
        try:
            block = os.read(0, 65536)
        except BlockingIOError:
            continue
        if not block:
            break
        total += len(block)
    print(total)


def left_to_a_daemon():
    if not os.fork():
        os.setsid()
        time.sleep(1000)
    os.close(0)


def properties():
    """A pipe: no terminal, nothing to seek in, nothing behind its end."""
    print(os.isatty(0), sum(1 for _ in iter(lambda: os.read(0, 65536), b"")) > 0)
    for attempt in (lambda: os.lseek(0, 0, 0), lambda: os.write(0, b"x"), lambda: os.ttyname(0)):
        try:
            print("done", attempt())
        except OSError as error:
            print(error.strerror)


globals()[sys.argv[1]]()
print("ended")
