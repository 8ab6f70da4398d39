"""Hold the first line of the input, a secret, in every place there is; stay until there is an end."""
import ctypes, mmap, multiprocessing.shared_memory, os, socket, subprocess, sys, time

word = sys.stdin.readline().strip()
for folder in ("/box", "/tmp", "/var/tmp", "/dev/shm"):
    os.mkdir(f"{folder}/{word}")
    open(f"{folder}/{word}/{word}", "w").write(word)
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
number = libc.shmget(4242, 4096, 0o1666)
assert number >= 0
ctypes.memmove(libc.shmat(number, None, 0), word.encode(), len(word))
assert libc.msgget(4242, 0o1666) >= 0
assert libc.mq_open(b"/" + word.encode()[:32], os.O_CREAT | os.O_RDWR, 0o666, None) >= 0
memfd = os.memfd_create(word)
os.write(memfd, word.encode())
memory = mmap.mmap(-1, 1 << 20)
memory.write(word.encode() * 1000)
abstract = socket.socket(socket.AF_UNIX)
abstract.bind("\0" + word)
libc.prctl(15, word.encode()[:15], 0, 0, 0)
other = subprocess.Popen(["sleep", "1000"], env={"SECRET": word, "PATH": os.environ["PATH"]})
third = subprocess.Popen(["bash", "-c", "sleep 1000; :", word])
open("/box/ready", "w").close()
while not os.path.exists("/box/end"):
    time.sleep(0.02)
print("held")
