"""Print what is in the working directory, this file left out: names and contents as JSON, latin-1 for bytes."""
import json, os, stat, sys

found = []
for folder, folders, names in os.walk(b"."):
    for name in names:
        path = os.path.join(folder, name)
        state = os.lstat(path)
        if path == b"./list.py":
            continue
        with open(path, "rb") as file:
            content = file.read(100).decode("latin-1")
        found.append([path[2:].decode("latin-1"), content, stat.filemode(state.st_mode), state.st_uid])
json.dump(sorted(found), sys.stdout)
