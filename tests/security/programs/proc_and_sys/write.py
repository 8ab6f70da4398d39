"""Open each of the files of the arguments after the first for writing, and unless that is "open" write to it; one line each."""
import os, sys

for path in sys.argv[2:]:
    try:
        fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        if sys.argv[1] == "write":
            os.write(fd, b"1\n")
        os.close(fd)
        print(f"{path}: done")
    except OSError as error:
        print(f"{path}: {error.strerror}")
