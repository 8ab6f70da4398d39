"""Pass a descriptor on, which is allowed; pretend to be someone else, which is not; ask the streams whether they are sockets."""
import os, socket, struct

here, there = socket.socketpair()
read_end, write_end = os.pipe()
if not os.fork():
    _, (passed,), _, _ = socket.recv_fds(there, 10, 1)
    os.write(passed, b"passed")
    os._exit(0)
socket.send_fds(here, [b"x"], [write_end])
os.wait()
print("SCM_RIGHTS:", os.read(read_end, 10).decode())
print("peer:", *struct.unpack("3i", here.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1:])


def attempt(name, action):
    try:
        action()
        print(f"{name}: done")
    except OSError as error:
        print(f"{name}: {error.strerror}")


def pretend(pid, uid):
    here.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack("3i", pid, uid, uid))])


attempt("SCM_CREDENTIALS oneself", lambda: pretend(os.getpid(), os.getuid()))
attempt("SCM_CREDENTIALS root", lambda: pretend(os.getpid(), 0))
attempt("SCM_CREDENTIALS nobody", lambda: pretend(os.getpid(), 65534))
attempt("SCM_CREDENTIALS init", lambda: pretend(1, os.getuid()))
for fd in range(3):
    attempt(f"receive on {fd}", lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=os.dup(fd)).recvmsg(1, 100, socket.MSG_DONTWAIT))
    attempt(f"send on {fd}", lambda: socket.send_fds(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=os.dup(fd)), [b"x"], [0]))
