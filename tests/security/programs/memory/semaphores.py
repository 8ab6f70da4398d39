"""Sets of semaphores as large as they may be: memory that is in no process."""
import ctypes, sys

print("begun", flush=True)
libc = ctypes.CDLL(None, use_errno=True)
for _ in range(int(sys.argv[1]) // 2):
    if libc.semget(0, 32_000, 0o600) < 0:
        sys.exit(f"semget: {ctypes.get_errno()}")
print("filled", flush=True)
