"""Die by the signal that the argument says."""
import os, signal, sys, time

number = int(sys.argv[1])
if number not in (signal.SIGKILL, signal.SIGSTOP):
    signal.signal(number, signal.SIG_DFL)
os.kill(os.getpid(), number)
sys.exit(42)
