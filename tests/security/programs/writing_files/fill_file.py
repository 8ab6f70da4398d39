"""Write into one file of the folder in the argument until it is refused; say how much; end with the code of the second."""
import os, sys

fd, size = os.open(f"{sys.argv[1]}/large", os.O_CREAT | os.O_WRONLY), 0
try:
    while True:
        size += os.write(fd, bytes(65536))
except OSError as error:
    print(error.strerror)
print("size", size)
sys.exit(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
