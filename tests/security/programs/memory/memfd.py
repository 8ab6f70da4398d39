"""Files that are nowhere, each as large as files may be, some filled without a byte being written."""
import os, sys

print("begun", flush=True)
left, number = int(sys.argv[1]) << 20, 0
while left > 0:
    fd, size = os.memfd_create("x"), min(left, 32 << 20)
    if number % 2:
        os.posix_fallocate(fd, 0, size)
    else:
        for _ in range(size >> 20):
            os.write(fd, b"x" * (1 << 20))
    left, number = left - size, number + 1
print("filled", flush=True)
