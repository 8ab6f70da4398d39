"""Make empty files until none can be made; where is the first argument, how to end the second."""
import os, sys

number = 0
try:
    while True:
        os.close(os.open(f"{sys.argv[1]}/{number}", os.O_CREAT | os.O_WRONLY))
        number += 1
except OSError as error:
    print(error.strerror, number)
sys.exit(int(sys.argv[2]))
