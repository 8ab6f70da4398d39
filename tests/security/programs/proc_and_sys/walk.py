"""Open everything below the folder of the argument for writing; say what could be, and how much was tried. Masks, which are /dev/null, and one's own streams are told as such."""
import os, stat, sys

tried = 0
for folder, folders, names in os.walk(sys.argv[1]):
    for path in (os.path.join(folder, name) for name in names + folders):
        tried += 1
        for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC, os.O_WRONLY | os.O_APPEND):
            try:
                fd = os.open(path, flags | os.O_NONBLOCK)
            except OSError:
                continue
            found = os.fstat(fd)
            if stat.S_ISCHR(found.st_mode) and found.st_rdev == os.makedev(1, 3):
                print("mask", path)
            elif stat.S_ISFIFO(found.st_mode):
                print("stream", path)
            else:
                print("file", path)
            os.close(fd)
print("tried", tried)
