"""Come behind what is covered in /proc, by other names, handles, and by removing the cover; one line each."""
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
FILES = "kcore kmsg kallsyms keys iomem ioports cmdline config.gz interrupts timer_list slabinfo sys/kernel/random/boot_id sysrq-trigger".split()
FOLDERS = "acpi bus fs irq tty driver scsi pressure asound".split()


def attempt(what, action, *arguments):
    try:
        result = action(*arguments)
        print(f"{what}: done {result!r}")
    except OSError as error:
        print(f"{what}: {error.strerror}")


def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def read(path):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        return os.read(fd, 64) or "nothing"
    finally:
        os.close(fd)


attempt("control file", read, "/proc/version")
attempt("control folder", os.listdir, "/proc/self")
for name in FILES:
    if not os.path.exists(f"/proc/{name}"):
        continue  # this kernel has none
    for way in ("/proc/", "/proc/self/root/proc/", "/proc/thread-self/root/proc/", "/proc/../proc/./", "/proc/self/../", "/proc/self/task/../../"):
        attempt(f"read {way}{name}", read, way + name)
    attempt(f"read the handle of {name}", lambda: read(f"/proc/self/fd/{os.open(f'/proc/{name}', os.O_PATH)}"))
    attempt(f"uncover {name}", call, "umount2", f"/proc/{name}".encode(), 2)
    attempt(f"remove {name}", os.remove, f"/proc/{name}")
    attempt(f"rename {name}", os.rename, f"/proc/{name}", "/tmp/x")
for name in FOLDERS:
    if not os.path.exists(f"/proc/{name}"):
        continue
    attempt(f"list {name}", lambda: os.listdir(f"/proc/{name}") or "nothing")
    attempt(f"make in {name}", os.mkdir, f"/proc/{name}/x")
    attempt(f"above {name}", lambda: "nothing" if os.path.samefile(f"/proc/{name}/..", "/proc") else os.listdir(f"/proc/{name}/.."))
    attempt(f"uncover {name}", call, "umount2", f"/proc/{name}".encode(), 2)
    attempt(f"remove {name}", os.rmdir, f"/proc/{name}")
    attempt(f"open {name}", os.chmod, f"/proc/{name}", 0o777)
