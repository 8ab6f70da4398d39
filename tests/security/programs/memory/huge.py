"""Take all of it at once."""
import sys

print("begun", flush=True)
kept = b"x" * (int(sys.argv[1]) << 20)
print("filled", flush=True)
