"""Make as many of the kind in the first argument as there is room for, at most a million; say how many; end with the code of the second."""
import os, sys

make = {
    "files": lambda name: os.close(os.open(name, os.O_CREAT | os.O_WRONLY)),
    "folders": os.mkdir,
    "symlinks": lambda name: os.symlink("x" * 4000, name),
    "links": lambda name: os.link("/tmp/first", name),
    "fifos": os.mkfifo,
    "long names": lambda name: os.close(os.open(name.rjust(255, "x"), os.O_CREAT | os.O_WRONLY)),
}[sys.argv[1]]
open("/tmp/first", "w").close()
os.mkdir("/tmp/many")
os.chdir("/tmp/many")
number = 0
try:
    while number < 1_000_000:
        make(str(number))
        number += 1
except OSError as error:
    print(error.strerror)
print("number", number)
sys.exit(int(sys.argv[2]))
