"""Double-fork a daemon that holds stdout open, writes into it later, and outlives everybody."""
import os, signal, time

if not os.fork():
    os.setsid()
    if not os.fork():
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        print("daemon", flush=True)
        time.sleep(2)
        print("outlived", flush=True)
        time.sleep(1000)
    os._exit(0)
os.wait()
time.sleep(0.5)
print("parent", flush=True)
