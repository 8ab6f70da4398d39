"""Open files until none can be opened."""
import os

files = []
try:
    while True:
        files.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    print(error.strerror, len(files))
    raise SystemExit(1)
