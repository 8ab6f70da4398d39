"""Files in a folder that is memory, in two places, deleted but open."""
import os, sys

print("begun", flush=True)
kept = []
for number in range(int(sys.argv[1])):
    path = f"{('/tmp', '/box', '/dev/shm')[number % 3]}/x{number}"
    kept.append(open(path, "wb"))
    os.unlink(path)
    kept[-1].write(b"x" * (1 << 20))
    kept[-1].flush()
print("filled", flush=True)
