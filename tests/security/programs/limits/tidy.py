"""Meet every limit, clear everything away again, and fail for a reason of one's own."""
import os, signal

for size in (32, 32, 32, 32, 32):
    try:
        with open(f"{os.urandom(4).hex()}", "wb", buffering=0) as file:
            for _ in range(size):
                file.write(bytes(1 << 20))
    except OSError as error:
        print(error.strerror)
for name in os.listdir():
    os.unlink(name)
raise SystemExit(5)
