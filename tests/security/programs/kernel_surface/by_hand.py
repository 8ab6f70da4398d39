"""Make the calls that stdin names, a line each: name, number, arguments; P points to zeros. Say of each the errno."""
import ctypes, sys

libc = ctypes.CDLL(None, use_errno=True)
zeros = ctypes.create_string_buffer(4096)
for line in sys.stdin:
    name, number, *arguments = line.split()
    words = [ctypes.addressof(zeros) if word == "P" else int(word, 16) for word in arguments]
    result = libc.syscall(ctypes.c_long(int(number)), *(ctypes.c_ulong(word) for word in words))
    print(name, ctypes.get_errno() if result < 0 else 0)
