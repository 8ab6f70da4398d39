import threading

import numpy as np

results = []


def multiply(seed):
    a = np.random.default_rng(seed).normal(size=(300, 300))
    results.append(np.allclose(a @ a.T, (a @ a.T).T))


threads = [threading.Thread(target=multiply, args=(seed,)) for seed in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert results == [True] * 8
print("right")
