"""Look for whatever can be written to in the whole tree: a folder by a new file, a file by opening it."""
import os, stat

tried = 0
for folder, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if not (folder == "/" and name == "proc")]
    tried += 1 + len(names)
    try:
        os.close(os.open(f"{folder}/.new", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        print("folder", folder)
        os.remove(f"{folder}/.new")
    except OSError:
        pass
    for path in (os.path.join(folder, name) for name in names):
        try:
            if stat.S_ISLNK(os.lstat(path).st_mode):
                continue
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
            print("file", path)
        except OSError:
            pass
print("tried", tried)
