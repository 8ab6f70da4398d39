"""Give the kernel another idea of whom to kill; then leak."""
import os, sys

print("begun", flush=True)
for path in ("/proc/self/oom_score_adj", "/proc/thread-self/oom_score_adj", "/proc/1/oom_score_adj"):
    try:
        with open(path, "r+") as file:
            file.write(sys.argv[2])
        print("done", path, flush=True)
    except OSError as error:
        print(error.strerror, path, flush=True)
kept = b"x" * (int(sys.argv[1]) << 20)
print("filled", flush=True)
