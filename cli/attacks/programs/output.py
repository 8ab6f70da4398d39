"""Write so many MiB to stdout."""
import os, sys

for _ in range(int(sys.argv[1]) * 16):
    left = b"x" * 65_536
    while left:
        left = left[os.write(1, left):]
