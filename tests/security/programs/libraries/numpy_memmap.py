import numpy as np

array = np.memmap("data.bin", dtype=np.int64, mode="w+", shape=(1000, 1000))
array[:] = np.arange(1_000_000).reshape(1000, 1000)
array.flush()
del array
again = np.memmap("data.bin", dtype=np.int64, mode="r", shape=(1000, 1000))
assert again.sum() == 499999500000
np.savez_compressed("data.npz", a=again[:10], b=np.ones(5))
loaded = np.load("data.npz")
assert loaded["a"].shape == (10, 1000) and loaded["b"].sum() == 5
print("right")
