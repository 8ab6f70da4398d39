"""End as if there had been no memory left, close to the limit but never above it."""
import os, signal, sys

kept = b"x" * (int(sys.argv[1]) << 20)
print("Out of memory: Killed process", os.getpid(), file=sys.stderr, flush=True)
os._exit(137) if sys.argv[2] == "exit" else os.kill(os.getpid(), signal.SIGKILL)
