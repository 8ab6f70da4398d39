"""Have a child killed and act as if nothing had happened, at once or at length."""
import os, sys

print("begun", flush=True)
if not os.fork():
    kept = b"x" * (int(sys.argv[1]) << 20)
    os._exit(0)
status = os.wait()[1]
if sys.argv[2:] == ["again"] and status:
    os.execv(sys.executable, [sys.executable, *sys.argv])
os._exit(0) if status else print("filled")
