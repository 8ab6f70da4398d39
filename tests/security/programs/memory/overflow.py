"""Recurse without end."""
def recurse(depth):
    return recurse(depth + 1) + 1

print("begun", flush=True)
recurse(0)
