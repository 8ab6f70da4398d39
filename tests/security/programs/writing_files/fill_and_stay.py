"""Fill the disk and the inodes, and stay."""
import os, time

open("/box/ready.later", "w").close()
os.mkdir("/box/end.later")
files = [os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY) for number in range(4)]
try:
    for fd in files:
        for _ in range(64):
            os.write(fd, bytes(1 << 20))
except OSError as error:
    print(error.strerror)
try:
    for number in range(1_000_000):
        os.link("/tmp/0", f"/tmp/link{number}")
except OSError as error:
    print(error.strerror)
os.rename("/box/ready.later", "/box/ready")
# Whoever ends this must be able to make a file: there is room for one again.
os.rmdir("/box/end.later")
while not os.path.exists("/box/end"):
    time.sleep(0.02)
