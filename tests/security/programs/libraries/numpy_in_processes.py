import multiprocessing
from multiprocessing import shared_memory

import numpy as np


def fill(name, number):
    block = shared_memory.SharedMemory(name=name)
    np.ndarray((4, 1000), dtype=np.float64, buffer=block.buf)[number] = np.arange(1000) * number
    block.close()


def total(array):
    return float(array.sum())


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    block = shared_memory.SharedMemory(create=True, size=4 * 1000 * 8)
    workers = [multiprocessing.Process(target=fill, args=(block.name, number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    array = np.ndarray((4, 1000), dtype=np.float64, buffer=block.buf)
    assert array.sum() == 499500 * (0 + 1 + 2 + 3)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(total, [row.copy() for row in array]) == [0.0, 499500.0, 999000.0, 1498500.0]
    del array
    block.close()
    block.unlink()
    print("right")
