"""Fill pipes, which nobody reads: memory that is in no process."""
import fcntl, os, signal, sys

print("begun", flush=True)
wanted, filled = int(sys.argv[1]) << 20, 0
while filled < wanted:
    kept = []
    for _ in range(400):
        kept.extend(os.pipe())
        os.set_blocking(kept[-1], False)
        try:
            fcntl.fcntl(kept[-1], fcntl.F_SETPIPE_SZ, 1 << 20)
        except PermissionError:  # the user's share of large pipes is used up
            pass
        try:
            while True:
                filled += os.write(kept[-1], bytes(1 << 20))
        except BlockingIOError:
            pass
    if not os.fork():  # keeps these open
        signal.pause()
    for fd in kept:
        os.close(fd)
print("filled", flush=True)
