"""Stop the own process group, and with it whoever might be in it."""
import os, signal

print("stopping", flush=True)
os.kill(0, signal.SIGSTOP)
