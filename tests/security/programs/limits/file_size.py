"""Write one file until the kernel refuses; how it ends is the argument's choice."""
import sys

try:
    with open("large", "wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
except OSError as error:
    print(error.strerror)
sys.exit(int(sys.argv[1]))
