"""Say which processes there are: by the listing of /proc, by asking for every number, by signals, by name."""
import os, sys

highest = int(sys.argv[1])
listed = {int(name) for name in os.listdir("/proc") if name.isdigit()}
stated, signalled, grouped = set(), set(), set()
for pid in range(1, highest):
    try:
        os.stat(f"/proc/{pid}")
        stated.add(pid)
    except OSError:
        pass
    for call, found in ((lambda: os.kill(pid, 0), signalled), (lambda: os.getpgid(pid), grouped)):
        try:
            call()
            found.add(pid)
        except ProcessLookupError:
            pass
        except PermissionError:
            found.add(pid)
print("own", os.getpid())
print("listed", *sorted(listed))
print("stated", *sorted(stated))
print("signalled", *sorted(signalled))
print("grouped", *sorted(grouped))
