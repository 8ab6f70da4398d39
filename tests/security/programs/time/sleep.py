"""Sleep in one of many ways, as the argument says."""
import fcntl, multiprocessing, os, select, signal, socket, subprocess, sys, threading, time


def stopped_child() -> None:
    child = os.fork()
    if not child:
        os.kill(os.getpid(), signal.SIGSTOP)
    os.waitpid(child, 0)


def locked_file() -> None:
    with open("/tmp/lock", "w") as held, open("/tmp/lock", "w") as wanted:
        fcntl.flock(held, fcntl.LOCK_EX)
        fcntl.flock(wanted, fcntl.LOCK_EX)


def fifo() -> None:
    os.mkfifo("/tmp/fifo")
    open("/tmp/fifo")


def everything_blocked() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    signal.sigwait({signal.SIGUSR1})


def vfork_child() -> None:
    subprocess.run(["sleep", "1000"])


def accept() -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0nobody")
        listener.listen()
        listener.accept()


def thread() -> None:
    threading.Thread(target=time.sleep, args=(1000,)).start()


WAYS = {
    "sleep": lambda: time.sleep(1000),
    "pause": signal.pause,
    "select": lambda: select.select([], [], []),
    "epoll": lambda: select.epoll().poll(),
    "pipe": lambda: os.read(os.pipe()[0], 1),
    "semaphore": lambda: multiprocessing.Semaphore(0).acquire(),
    "lock": lambda: [lock := threading.Lock(), lock.acquire(), lock.acquire()],
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "stopped child": stopped_child,
    "locked file": locked_file,
    "fifo": fifo,
    "everything blocked": everything_blocked,
    "child": vfork_child,
    "accept": accept,
    "thread": thread,
}
print("asleep", flush=True)
WAYS[sys.argv[1]]()
