"""Threads, asyncio, subprocesses, sqlite, mapped files, signals and timers."""
import asyncio, concurrent.futures, ctypes, mmap, os, select, signal, socket, sqlite3, subprocess, tempfile, threading, time


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def threads():
    done = []
    pool = [threading.Thread(target=lambda: done.append(fib(12))) for _ in range(50)]
    [thread.start() for thread in pool]
    [thread.join() for thread in pool]
    assert done == [144] * 50
    with concurrent.futures.ThreadPoolExecutor() as executor:
        assert sum(executor.map(fib, [10] * 20)) == 1100


def executors():
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        assert list(executor.map(fib, [10, 11])) == [55, 89]


async def coroutines():
    process = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
    assert (await process.communicate(b"hello"))[0] == b"hello"
    shell = await asyncio.create_subprocess_shell("echo $((6 * 7))", stdout=-1)
    assert (await shell.communicate())[0] == b"42\n"
    assert await asyncio.to_thread(fib, 10) == 55
    server = await asyncio.start_unix_server(lambda reader, writer: writer.close(), "/tmp/socket")
    reader, writer = await asyncio.open_unix_connection("/tmp/socket")
    assert await reader.read() == b""
    writer.close()
    server.close()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        [group.create_task(asyncio.sleep(0.001)) for _ in range(1000)]


def subprocesses():
    assert subprocess.run(["tr", "a-z", "A-Z"], input=b"abc", capture_output=True).stdout == b"ABC"
    assert os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", "exit 3"], os.environ), 0)[1]) == 3
    assert os.system("kill -9 $$") == 9
    assert subprocess.run("sleep 1 & wait $!", shell=True, start_new_session=True, process_group=None).returncode == 0
    try:
        subprocess.run(["sleep", "10"], timeout=0.05)
        raise AssertionError
    except subprocess.TimeoutExpired:
        pass


def databases():
    for path, mode in (("/box/a.db", "wal"), ("/tmp/b.db", "delete"), (":memory:", "memory")):
        with sqlite3.connect(path) as connection:
            connection.execute(f"pragma journal_mode={mode}")
            connection.execute("create table t (n)")
            connection.executemany("insert into t values (?)", [(n,) for n in range(1000)])
            assert connection.execute("select sum(n) from t").fetchone() == (499500,)
        connection.close()


def mapped_files():
    with tempfile.TemporaryFile() as file:
        file.truncate(8192)
        with mmap.mmap(file.fileno(), 8192) as mapped:
            mapped[0:5] = b"hello"
            mapped.flush()
            mapped.madvise(mmap.MADV_WILLNEED)
        assert os.pread(file.fileno(), 5, 0) == b"hello"
    shared = mmap.mmap(-1, 4096)
    child = os.fork()
    if not child:
        shared[0] = 42
        os._exit(0)
    os.waitpid(child, 0)
    assert shared[0] == 42
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x2a\0\0\0\xc3")  # mov eax, 42; ret
    assert ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))() == 42


def signals():
    arrived = []
    signal.signal(signal.SIGALRM, lambda *_: arrived.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    while len(arrived) < 3:
        signal.pause()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
    assert signal.sigtimedwait([signal.SIGUSR1], 5).si_signo == signal.SIGUSR1


def waiting():
    here, there = socket.socketpair()
    poll = select.epoll()
    poll.register(here, select.EPOLLIN)
    there.send(b"x")
    assert poll.poll(5) == [(here.fileno(), select.EPOLLIN)]
    timer = os.timerfd_create(time.CLOCK_MONOTONIC)
    os.timerfd_settime(timer, initial=0.01)
    assert os.read(timer, 8) == (1).to_bytes(8, "little")
    counter = os.eventfd(5)
    assert os.eventfd_read(counter) == 5
    child = subprocess.Popen(["true"])  # which is waited for when nobody has it any more
    pidfd = os.pidfd_open(child.pid)
    assert select.select([pidfd], [], [], 10)[0] == [pidfd]
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    assert os.sched_getaffinity(os.getpid())


for part in (threads, executors, subprocesses, databases, mapped_files, signals, waiting):
    part()
    print(part.__name__, "ok", flush=True)
asyncio.run(coroutines())
print("coroutines ok")
