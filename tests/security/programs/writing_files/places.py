"""Remove, move and close the places one may write to, and go on; one line each."""
import os


def attempt(name, action, *arguments):
    try:
        action(*arguments)
        print(f"{name}: done")
    except OSError as error:
        print(f"{name}: {error.strerror}")


os.mkdir("/tmp/empty")
for place in ("/box", "/tmp", "/var/tmp", "/dev/shm", "/proc", "/dev"):
    attempt(f"remove {place}", os.rmdir, place)
    attempt(f"move {place}", os.rename, place, "/tmp/moved")
    attempt(f"replace {place}", os.rename, "/tmp/empty", place)
    if place != "/box":
        attempt(f"close {place}", os.chmod, place, 0)
os.remove("/box/main.py")
os.chmod("/box", 0)
attempt("work in a closed box", open, "/box/x", "w")
