"""Everything that code running as the frontend's user could try on the host; a line for each attempt.

Arguments: JSON with the pids of supervisor, jailer and an init, and paths of the service.
"""
import ctypes, json, os, signal, socket, sys

at = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def read(path):
    with open(path, "rb") as file:
        if not file.read(1):
            raise OSError(0, "empty")


attempts = {}
for who in ("supervisor", "jailer", "init"):
    pid = at[who]
    for name in ("environ", "maps", "mem", "io", "syscall", "auxv"):
        attempts[f"{who} {name}"] = lambda pid=pid, name=name: read(f"/proc/{pid}/{name}") if name != "mem" else os.close(os.open(f"/proc/{pid}/mem", os.O_RDWR))
    for name in ("fd", "map_files", "fdinfo"):
        attempts[f"{who} {name}"] = lambda pid=pid, name=name: os.listdir(f"/proc/{pid}/{name}")
    for name in ("root", "cwd", "exe", "ns/mnt", "ns/net"):
        attempts[f"{who} {name}"] = lambda pid=pid, name=name: os.readlink(f"/proc/{pid}/{name}")
    attempts[f"{who} folder of root"] = lambda pid=pid: os.listdir(f"/proc/{pid}/root/")
    attempts[f"{who} enter"] = lambda pid=pid: call(308, os.open(f"/proc/{pid}/ns/net", os.O_RDONLY), 0)
    attempts[f"{who} signal"] = lambda pid=pid: os.kill(pid, 0)
    attempts[f"{who} pidfd signal"] = lambda pid=pid: signal.pidfd_send_signal(os.pidfd_open(pid), 0)
    attempts[f"{who} trace"] = lambda pid=pid: (call(101, 0x4206, pid, 0, 0), call(101, 17, pid, 0, 0))
    attempts[f"{who} read memory"] = lambda pid=pid: call(310, pid, 0, 0, 0, 0, 0) or read(f"/proc/{pid}/mem")
    attempts[f"{who} steal descriptor"] = lambda pid=pid: call(438, os.pidfd_open(pid), 0, 0)
    attempts[f"{who} limits"] = lambda pid=pid: call(302, pid, 7, 0, ctypes.create_string_buffer(16))
    attempts[f"{who} priority"] = lambda pid=pid: os.setpriority(os.PRIO_PROCESS, pid, 0)
    attempts[f"{who} affinity"] = lambda pid=pid: os.sched_setaffinity(pid, os.sched_getaffinity(0))
for path in at["readable_by_root_alone"]:
    attempts[f"read {path}"] = lambda path=path: os.listdir(path) if os.path.isdir(path) else read(path)
for path in at["writable_by_root_alone"]:
    attempts[f"write {path}"] = lambda path=path: os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
for path in at["folders"]:
    attempts[f"create in {path}"] = lambda path=path: (os.mkdir(f"{path}/made-by-test"), os.rmdir(f"{path}/made-by-test"))
attempts["become root"] = lambda: os.setuid(0) or 1 / (os.geteuid() == 0)
attempts["mount"] = lambda: call(165, b"none", b"/nowhere", b"tmpfs", 0, 0) if os.geteuid() else None
attempts["chroot"] = lambda: os.chroot("/")
attempts["raw socket"] = lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close()
attempts["device"] = lambda: (os.mknod(at["device"], 0o20600, os.makedev(1, 1)), os.unlink(at["device"]))
attempts["kernel messages"] = lambda: call(103, 3, ctypes.create_string_buffer(10), 10)

for name, attempt in attempts.items():
    try:
        attempt()
        print(f"{name}\tdone")
    except OSError as error:
        print(f"{name}\t{error.strerror}")
    except ZeroDivisionError:
        print(f"{name}\tnothing changed")
