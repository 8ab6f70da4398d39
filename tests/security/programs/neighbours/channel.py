"""One way in which two executions could reach each other: argv says which, and whose part to play.

hold: set it up, call oneself "holding", wait for SIGUSR1, say what was noticed. probe: try to reach the one who holds,
say whether that worked. alone: both in one execution, where it does work. leave: set it up and leave it behind, with a
daemon that holds it.
"""
import ctypes, fcntl, mmap, os, signal, socket, struct, sys, threading, time

libc = ctypes.CDLL(None, use_errno=True)
# Files of the layers, which all executions share.
SHARED = ["/usr/bin/env", "/usr/bin/perl", "/usr/lib/os-release", "/etc/passwd", "/usr/bin", "/usr", "/etc", "/"]
NOTHING = b"\0" * 8


class Abstract:
    kind = socket.SOCK_STREAM

    def hold(self):
        self.socket = socket.socket(socket.AF_UNIX, self.kind)
        self.socket.bind("\0neighbour")
        self.socket.setblocking(False)
        if self.kind != socket.SOCK_DGRAM:
            self.socket.listen()

    def noticed(self):
        try:
            return bool(self.socket.recv(9) if self.kind == socket.SOCK_DGRAM else self.socket.accept())
        except BlockingIOError:
            return False

    def probe(self):
        with socket.socket(socket.AF_UNIX, self.kind) as other:
            return other.connect_ex("\0neighbour") == 0 and other.send(b"hello") > 0


class AbstractDatagram(Abstract):
    kind = socket.SOCK_DGRAM


class AbstractPacket(Abstract):
    kind = socket.SOCK_SEQPACKET


class SocketTable(Abstract):
    """Not the socket, but that there is one."""

    noticed = None

    def probe(self):
        return "neighbour" in open("/proc/net/unix").read()


class Port:
    """Reached when the same port is taken."""

    family, kind, address = socket.AF_INET, socket.SOCK_STREAM, "0.0.0.0"

    def hold(self):
        self.socket = socket.socket(self.family, self.kind)
        self.socket.bind((self.address, 4242))

    def probe(self):
        try:
            self.hold()
            return False
        except OSError:
            return True


class PortTable(Port):
    def hold(self):
        super().hold()
        self.socket.listen()

    def probe(self):
        return ":1092 " in open("/proc/net/tcp").read()


class UdpPort(Port):
    kind = socket.SOCK_DGRAM


class Port6(Port):
    family, address = socket.AF_INET6, "::"


class SharedMemory:
    def get(self, flags):
        return libc.shmget(4242, 4096, flags)

    def hold(self):
        assert self.get(0o1666) >= 0

    def probe(self):
        return self.get(0o666) >= 0


class Messages(SharedMemory):
    def get(self, flags):
        return libc.msgget(4242, flags)


class Semaphores(SharedMemory):
    def get(self, flags):
        return libc.semget(4242, 1, flags)


class Queue(SharedMemory):
    def get(self, flags):
        return libc.mq_open(b"/neighbour", os.O_RDWR | (os.O_CREAT if flags & 0o1000 else 0), 0o666, None)


class NamedSemaphore(SharedMemory):
    def get(self, flags):
        libc.sem_open.restype = ctypes.c_void_p
        return 0 if libc.sem_open(b"/neighbour", os.O_CREAT if flags & 0o1000 else 0, 0o666, 0) else -1


class Place:
    """A file, seen or not."""

    path = "/tmp/neighbour"

    def hold(self):
        open(self.path, "w").close()

    def probe(self):
        return os.path.exists(self.path)


class PlaceVar(Place):
    path = "/var/tmp/neighbour"


class PlaceShm(Place):
    path = "/dev/shm/neighbour"


class PlaceBox(Place):
    path = "/box/neighbour"


class Fifo(Place):
    def hold(self):
        os.mkfifo(self.path)


class Flock:
    def paths(self):
        return [*SHARED, "/dev", "/dev/null", "/dev/shm", "/proc", "/proc/1", "/proc/kcore", "/proc/sys", "/tmp", "/proc/version"]

    def hold(self):
        self.locked = []
        for path in filter(os.path.exists, self.paths()):
            self.locked.append(os.open(path, os.O_RDONLY))
            self.lock(self.locked[-1])

    def lock(self, fd):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # a mask of /proc, which has been locked under another name

    def is_locked(self, fd):
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(fd, fcntl.LOCK_UN)
        except BlockingIOError:
            return True

    def probe(self):
        return any(self.is_locked(os.open(path, os.O_RDONLY)) for path in filter(os.path.exists, self.paths()))


class RecordLock(Flock):
    """A read lock, which needs no right to write; whoever asks for a write lock is told of it."""

    set, get = fcntl.F_SETLK, fcntl.F_GETLK

    def request(self, kind):
        return struct.pack("hhqqi4x", kind, os.SEEK_SET, 0, 7, 0)

    def paths(self):
        return [path for path in super().paths() if os.path.isfile(path)]

    def lock(self, fd):
        fcntl.fcntl(fd, self.set, self.request(fcntl.F_RDLCK))

    def is_locked(self, fd):
        return struct.unpack_from("h", fcntl.fcntl(fd, self.get, self.request(fcntl.F_WRLCK)))[0] != fcntl.F_UNLCK


class DescriptionLock(RecordLock):
    set, get = 37, 36  # F_OFD_SETLK, F_OFD_GETLK


class LockTable(Place):
    """Its own file, locked in three ways: /proc/locks tells of locks without telling whose."""

    def hold(self):
        self.file = open(self.path, "w")
        fcntl.flock(self.file, fcntl.LOCK_EX)
        fcntl.fcntl(self.file, fcntl.F_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 10, 7, 0))

    def probe(self):
        return os.path.exists("/proc/locks") and open("/proc/locks").read() != ""


class LockTableDescriptions(LockTable):
    def hold(self):
        self.file = open(self.path, "w")
        fcntl.fcntl(self.file, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 4242, 7, 0))


class Inotify:
    def hold(self):
        self.fd = libc.inotify_init1(os.O_NONBLOCK)
        for path in [*SHARED, "/dev", "/dev/null", "/proc", "/tmp", "/proc/version"]:
            libc.inotify_add_watch(self.fd, path.encode(), 0xFFF)

    def noticed(self):
        try:
            return bool(os.read(self.fd, 4096))
        except BlockingIOError:
            return False

    def probe(self):
        touch_shared()
        return None


class Dnotify(Inotify):
    def hold(self):
        self.arrived = []
        signal.signal(signal.SIGIO, lambda *_: self.arrived.append(1))
        self.fds = [os.open(path, os.O_RDONLY) for path in SHARED if os.path.isdir(path)]
        for fd in self.fds:
            fcntl.fcntl(fd, fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_MULTISHOT)

    def noticed(self):
        return bool(self.arrived)


def touch_shared():
    for path in SHARED:
        os.listdir(path) if os.path.isdir(path) else open(path, "rb").read()
    os.system("/usr/bin/env true; /usr/bin/perl -e 1")


class Signals:
    """Other processes, by any number: signals, pidfds, /proc."""

    def hold(self):
        self.arrived = []
        signal.signal(signal.SIGUSR2, lambda *_: self.arrived.append(1))

    def noticed(self):
        return bool(self.arrived)

    def probe(self):
        found = [pid for pid in range(2, 40_000) if pid != os.getpid() and self.exists(pid)]
        try:
            signal.signal(signal.SIGUSR2, signal.SIG_IGN)
            os.kill(-1, signal.SIGUSR2)
        except ProcessLookupError:
            pass
        return bool(found)

    def exists(self, pid):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True


class Pidfds(Signals):
    def exists(self, pid):
        try:
            os.close(os.pidfd_open(pid))
            return True
        except OSError:
            return False


class ProcEntries(Signals):
    def exists(self, pid):
        return os.path.exists(f"/proc/{pid}/status")


class Futex:
    """Wait on a word of a file that both map: the kernel knows it by inode and offset."""

    def map(self):
        libc.mmap.restype = ctypes.c_void_p
        fd = os.open("/usr/bin/env", os.O_RDONLY)
        self.word = libc.mmap(None, ctypes.c_size_t(4096), mmap.PROT_READ, mmap.MAP_SHARED, fd, ctypes.c_long(0))

    def hold(self):
        self.map()
        self.woken = False
        value = ctypes.c_int.from_address(self.word).value
        threading.Thread(target=self.wait, args=(value,), daemon=True).start()
        while not any(open(f"/proc/self/task/{task}/syscall").read().startswith(f"202 {self.word:#x}") for task in os.listdir("/proc/self/task")):
            time.sleep(0.01)

    def wait(self, value):
        self.woken = libc.syscall(202, ctypes.c_void_p(self.word), 0, value, None, None, 0) == 0

    def noticed(self):
        return self.woken

    def probe(self):
        self.map()
        return libc.syscall(202, ctypes.c_void_p(self.word), 1, 99, None, None, 0) > 0


class MappedPages:
    """Whether anybody else has the same page of a toolchain's file mapped: smaps tells."""

    def hold(self):
        fd = os.open("/usr/bin/perl", os.O_RDONLY)
        self.map = mmap.mmap(fd, 1 << 20, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
        return self.map[512 * 1024]

    def probe(self):
        self.hold()
        lines = iter(open("/proc/self/smaps"))
        for line in lines:
            if line.rstrip().endswith("/usr/bin/perl"):
                break
        fields = dict(line.split()[:2] for line, _ in zip(lines, range(20)))
        return int(fields["Shared_Clean:"]) > 0


def report(role, reached):
    if reached is not None:
        print(role, "reached" if reached else "nothing", flush=True)


def wait_as_holder(channel, ready=None):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    channel.hold()
    libc.prctl(15, b"holding", 0, 0, 0)
    if ready:
        os.write(ready, b"x")
    signal.sigwait([signal.SIGUSR1])
    time.sleep(0.05)  # for a thread that was woken to say so
    report("holder", channel.noticed() if getattr(channel, "noticed", None) else None)


channel, role = globals()[sys.argv[1]](), sys.argv[2]
if role == "hold":
    wait_as_holder(channel)
elif role == "probe":
    report("probe", channel.probe())
elif role == "leave":
    channel.hold()
    print("left", flush=True)
    if not os.fork():
        os.setsid()
        time.sleep(600)
else:
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        wait_as_holder(channel, write_end)
        sys.stdout.flush()
        os._exit(0)
    os.read(read_end, 1)
    reached = channel.probe()
    os.kill(child, signal.SIGUSR1)
    os.waitpid(child, 0)
    report("probe", reached)
