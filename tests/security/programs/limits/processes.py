"""Fork until the kernel refuses; how to end is the argument's choice."""
import os, signal, sys

try:
    while True:
        if not os.fork():
            signal.pause()
except OSError as error:
    print(error.strerror)
sys.exit(int(sys.argv[1]))
