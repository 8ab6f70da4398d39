"""As many files as the argument says."""
import sys

for number in range(int(sys.argv[1])):
    open(f"{number:05}.out", "w").write(str(number))
