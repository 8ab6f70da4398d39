"""32 processes write lines to both streams at once, each line with one call."""
import os

for number in range(32):
    if not os.fork():
        for line in range(500):
            for fd in (1, 2):
                os.write(fd, b"%04d %04d %s\n" % (number, line, b"x" * 20))
        os._exit(0)
for _ in range(32):
    os.wait()
