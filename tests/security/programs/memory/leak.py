"""Take a little more again and again."""
import sys

print("begun", flush=True)
kept = []
for _ in range(int(sys.argv[1])):
    kept.append(b"x" * (1 << 20))
print("filled", flush=True)
