"""Try to take back what was written, and to open what would reach a terminal, the console or a log; a line each."""
import fcntl, os, termios

os.write(1, b"first\n")
ATTEMPTS = {
    "seek": lambda: os.lseek(1, 0, os.SEEK_SET),
    "truncate": lambda: os.ftruncate(1, 0),
    "pwrite": lambda: os.pwrite(1, b"again", 0),
    "punch": lambda: os.posix_fallocate(1, 0, 10),
    "terminal": lambda: fcntl.ioctl(1, termios.TIOCSTI, b"x"),
    **{
        path: lambda path=path: os.close(os.open(path, os.O_WRONLY))
        for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/kmsg", "/dev/log", "/dev/ptmx", "/dev/pts/0",
                     "/proc/1/fd/1", "/proc/1/fd/2", "/run/systemd/journal/stdout")
    },
}
for name, attempt in ATTEMPTS.items():
    try:
        attempt()
        outcome = "done"
    except OSError as error:
        outcome = error.strerror
    os.write(1, f"{name}: {outcome}\n".encode())
