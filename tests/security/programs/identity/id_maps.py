"""Write the id maps, of oneself and of a child, in all forms; say of each the errno, 0 when done. Then what they are."""
import os

child = os.fork()
if not child:
    os.read(os.open("/proc/self/status", os.O_RDONLY), 1)
    import signal
    signal.pause()
for process in ("self", "thread-self", str(child), str(os.getpid()), f"self/task/{os.getpid()}"):
    for name, text in (("uid_map", "0 0 4294967295"), ("uid_map", "0 1000 1"), ("uid_map", "1000 1000 1"), ("gid_map", "0 0 1"),
                       ("projid_map", "0 0 1"), ("setgroups", "allow"), ("setgroups", "deny")):
        try:
            fd = os.open(f"/proc/{process}/{name}", os.O_WRONLY)
            os.write(fd, text.encode())
            print(name, 0)
        except OSError as error:
            print(name, error.errno)
os.kill(child, 9)
print(*open("/proc/self/uid_map").read().split()[::2], *open("/proc/self/gid_map").read().split()[::2])
