"""Crash by a null pointer, in the folder of the argument."""
import ctypes, os, resource, sys

os.chdir(sys.argv[1])
print(resource.getrlimit(resource.RLIMIT_CORE), flush=True)
ctypes.string_at(0)
