"""Print arguments and the variables named in the first of them, as they came."""
import os, sys

print(sys.argv[2:], [os.environ[name] for name in sys.argv[1].split()])
