"""Read each of the files, or list each of the folders, of the arguments; one line each."""
import os, sys

for path in sys.argv[1:]:
    try:
        os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1)
        print(f"{path}: done")
    except OSError as error:
        print(f"{path}: {error.strerror}")
