"""multiprocessing in its three ways, with all that its processes share."""
import multiprocessing as mp
import os
from multiprocessing import shared_memory


def square(number):
    return number * number


def answer(queue, connection, lock, value, event, barrier):
    event.wait()
    with lock:
        value.value += 1
    barrier.wait()
    queue.put(os.getpid())
    connection.send("hello")


def write(name):
    memory = shared_memory.SharedMemory(name)
    memory.buf[0] = 42
    memory.close()


def main():
    for method in ("fork", "spawn", "forkserver"):
        context = mp.get_context(method)
        queue, lock, value, event, barrier = context.Queue(), context.Lock(), context.Value("i", 0), context.Event(), context.Barrier(2)
        here, there = context.Pipe()
        children = [context.Process(target=answer, args=(queue, there, lock, value, event, barrier)) for _ in range(2)]
        for child in children:
            child.start()
        event.set()
        assert {queue.get(timeout=20) for _ in children} == {child.pid for child in children}
        assert here.recv() == "hello"
        for child in children:
            child.join()
            assert child.exitcode == 0
        assert value.value == 2
        with context.Pool(2) as pool:
            assert pool.map(square, range(100)) == [n * n for n in range(100)]
        memory = shared_memory.SharedMemory(create=True, size=4096)
        child = context.Process(target=write, args=(memory.name,))
        child.start()
        child.join()
        assert memory.buf[0] == 42
        memory.close()
        memory.unlink()
        print(method, "ok", flush=True)
    with mp.Manager() as manager:
        shared = manager.dict(a=1)
        child = mp.Process(target=shared.update, args=({"b": 2},))
        child.start()
        child.join()
        assert dict(shared) == {"a": 1, "b": 2}
    print("manager ok")


if __name__ == "__main__":
    main()
