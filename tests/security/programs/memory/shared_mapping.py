"""Memory shared by a parent that never touches it and a child that fills it and ends."""
import mmap, os, sys

print("begun", flush=True)
size = int(sys.argv[1]) << 20
shared = mmap.mmap(-1, size)
for at in range(0, size, 4 << 20):
    if not os.fork():
        shared[at : at + (4 << 20)] = b"x" * (4 << 20)
        os._exit(0)
    os.wait()
print("filled" if shared[size - 1] else "bereaved", flush=True)
