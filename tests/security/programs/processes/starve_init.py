"""Keep PID 1 off every processor, so that it can neither report nor die."""
import os

for attempt in (
    lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
    lambda: os.sched_setaffinity(1, {0}),
    lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    lambda: os.setpriority(os.PRIO_USER, 0, 19),
):
    try:
        attempt()
        print("done", flush=True)
    except OSError as error:
        print(error.strerror, flush=True)
for _ in range(200):
    if not os.fork():
        while True:
            pass
while True:
    pass
