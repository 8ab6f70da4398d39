"""Only processes that are nobody's children any more burn time; whoever began it sleeps."""
import os, time

print("busy", flush=True)
for _ in range(3):
    if not os.fork():
        if not os.fork():
            os.setsid()
            while True:
                pass
        os._exit(0)
    os.wait()
time.sleep(1000)
