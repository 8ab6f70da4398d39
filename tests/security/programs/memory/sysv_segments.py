"""Fill SysV segments and let go of each: memory that is in no process."""
import ctypes, sys

print("begun", flush=True)
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
for number in range(int(sys.argv[1])):
    segment = libc.shmget(0, 1 << 20, 0o1600)
    address = libc.shmat(segment, None, 0)
    ctypes.memset(address, 1, 1 << 20)
    libc.shmdt(ctypes.c_void_p(address))
print("filled", flush=True)
