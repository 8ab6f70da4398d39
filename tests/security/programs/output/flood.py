"""Write numbered lines of 16 bytes to a stream: as many bytes as the second argument says (0: for ever)."""
import os, sys

stream, size = sys.argv[1], int(sys.argv[2])
fds = {"stdout": [1], "stderr": [2], "both": [1, 2]}[stream]


def write(data):
    for fd in fds:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(fd, rest):]


number = 0
while not size or number * 16 < size:
    block = b"".join(b"%015d\n" % n for n in range(number, number + 1000))
    number += 1000
    write(block[: size - (number - 1000) * 16] if size else block)
