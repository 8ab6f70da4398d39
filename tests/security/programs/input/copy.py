"""Copy stdin to stdout, byte for byte; then ask for more, twice, and say how much there was."""
import os, sys

total = 0
while block := os.read(0, 65536):
    total += len(block)
    while block:
        block = block[os.write(1, block):]
assert os.read(0, 1) == os.read(0, 1) == b""
sys.stderr.write(f"{total}\n")
