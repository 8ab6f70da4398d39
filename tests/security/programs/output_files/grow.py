"""A file that a daemon goes on writing to, as long as it lives."""
import os, time

with open("growing", "wb", buffering=0) as file:
    file.write(b"x" * 1000)
    if not os.fork():
        os.setsid()
        while True:
            file.write(b"x" * 1000)
            time.sleep(0.0005)
    time.sleep(0.1)
