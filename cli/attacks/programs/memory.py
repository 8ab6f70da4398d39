"""Take memory: "hog" so many MiB of the program's own, "keep" them in a file that outside outlives it."""
import sys
from attempting import wait

way, size, mark = sys.argv[1], int(sys.argv[2]) << 20, sys.argv[3]
if way == "hog":
    taken = [b"x" * (1 << 20) for _ in range(size >> 20)]
else:
    with open(f"/dev/shm/{mark}", "wb") as file:
        for _ in range(size >> 20):
            file.write(b"x" * (1 << 20))
    wait()
