"""Print the arguments as they came."""
import sys

print(*sys.argv[1:], sep="\n")
