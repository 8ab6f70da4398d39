import numpy as np

rng = np.random.default_rng(7)
a = rng.normal(size=(400, 400))
assert np.allclose(a @ np.linalg.inv(a), np.eye(400), atol=1e-6)
assert np.allclose(np.fft.ifft(np.fft.fft(a)), a)
values, vectors = np.linalg.eigh(a @ a.T)
assert np.allclose(vectors @ np.diag(values) @ vectors.T, a @ a.T)
u, s, v = np.linalg.svd(a)
assert np.allclose(u @ np.diag(s) @ v, a)
print("right")
