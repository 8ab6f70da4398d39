"""Make processes: a "bomb" of so many at the most, or a "daemon" that leaves its session and stays."""
import errno, os, sys, time
from attempting import say, wait

way, most = sys.argv[1], int(sys.argv[2])
if way == "bomb":
    gate, opens = os.pipe()
    outcome = "done"
    for _ in range(most):
        try:
            if not os.fork():
                os.close(opens)
                os.read(gate, 1)  # until the first of them is gone
                os._exit(0)
        except OSError as error:
            outcome = errno.errorcode[error.errno]
            break
    say("fork bomb", outcome)
    wait()
elif not os.fork():
    os.setsid()
    if not os.fork():
        for fd in range(3):
            os.close(fd)
        while True:
            time.sleep(60)
    os._exit(0)
else:
    os.wait()
    wait()
