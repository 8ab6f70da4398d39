"""Write in every way there is before the time is up, with and without an end of line; sleep with the rest unwritten."""
import os, subprocess, sys, time

print("flushed", flush=True)
os.write(1, b"partial line")
os.write(2, b"to stderr\n")
subprocess.run(["sh", "-c", "echo ' of a child'; echo of a child >&2"])
if not os.fork():
    os.setsid()
    os.write(1, b"of a daemon\n")
    os._exit(0)
os.wait()
os.write(1, b"x" * 500_000)
print("never flushed")
time.sleep(1000)
