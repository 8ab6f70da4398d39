"""Write stdin to stdout in pieces of the sizes in the arguments, each long enough apart to be read alone."""
import os, sys, time

content = sys.stdin.buffer.read()
for size in map(int, sys.argv[1:]):
    os.write(1, content[:size])
    content = content[size:]
    time.sleep(0.03)
while content:
    content = content[os.write(1, content):]
