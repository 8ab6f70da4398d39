"""Children that each write over what they share with their parent."""
import os, sys

print("begun", flush=True)
part = (int(sys.argv[1]) << 20) // 5
kept = bytearray(b"x") * part
ready, tell = os.pipe()
gate, opens = os.pipe()
for _ in range(4):
    if not os.fork():
        os.close(opens)
        kept[:] = b"y" * part
        os.write(tell, b"x")
        os.read(gate, 1)
        os._exit(0)
os.close(tell)
count = 0
while count < 4 and os.read(ready, 1):
    count += 1
os.close(opens)
print("filled" if count == 4 else "bereaved", flush=True)
