"""Write into many files, as the first argument has it, until it is refused; say how much; end with the code of the second."""
import os, sys

how, code, size, number = sys.argv[1], int(sys.argv[2]), 0, 0
block = bytes(1 << 20)
files = []
try:
    while True:
        fd = os.open("/tmp", os.O_TMPFILE | os.O_RDWR) if how == "unnamed" else os.open(f"/tmp/{number}", os.O_CREAT | os.O_RDWR)
        number += 1
        files.append(fd)
        if how == "removed":
            os.remove(f"/tmp/{number - 1}")
        for _ in range(16):
            if how == "allocated":
                os.posix_fallocate(fd, 0, 16 << 20)
                size += 16 << 20
                break
            if how == "copied" and number > 1:
                size += os.copy_file_range(files[0], fd, 1 << 20, 0)
                continue
            size += os.write(fd, block)
except OSError as error:
    print(error.strerror)
print("size", size)
sys.exit(code)
