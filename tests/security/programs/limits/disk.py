"""Fill the disk with files below the limit of one; where is the first argument, how to end the second."""
import sys

number = 0
try:
    while True:
        with open(f"{sys.argv[1]}/{number}", "wb", buffering=0) as file:
            for _ in range(32):
                file.write(bytes(1 << 20))
        number += 1
except OSError as error:
    print(error.strerror)
sys.exit(int(sys.argv[2]))
