"""Files of the sizes that the arguments say."""
import sys

for number, size in enumerate(sys.argv[1:]):
    open(f"{number}.out", "wb").write(b"x" * int(size))
