"""Give many TCP sockets many keys to sign with: memory of the kernel, some 190 bytes each."""
import os, signal, socket, struct, sys

print("begun", flush=True)
left = (int(sys.argv[1]) << 20) // 190
kept = []
while left > 0:
    if len(kept) == 500:
        if not os.fork():  # keeps these open
            signal.pause()
        kept.clear()
    kept.append(socket.socket(socket.AF_INET6, socket.SOCK_STREAM))
    for number in range(900):
        address = struct.pack("=HHI16sI", socket.AF_INET6, 0, 0, b"\x20\x01" + struct.pack(">14x")[:10] + struct.pack(">I", number), 0)
        kept[-1].setsockopt(socket.IPPROTO_TCP, 14, address.ljust(128, b"\0") + struct.pack("=BBHI80s", 0, 0, 4, 0, b"abcd"))
        left -= 1
print("filled", flush=True)
