"""Leave a mark wherever it is possible: a file in every folder, a change in every file. Then say what marks there are."""
import os

MARK = ".neighbour"
made = changed = found = 0
for folder, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys")]
    found += MARK in names
    try:
        open(os.path.join(folder, MARK), "x").close()
        made += 1
    except OSError:
        pass
    for name in names:
        path = os.path.join(folder, name)
        if not os.path.isfile(path) or name == "main.py":
            continue
        try:
            open(path, "r+b").close()
            changed += 1
        except OSError:
            pass
print("made", made, "changed", changed, "found", found)
