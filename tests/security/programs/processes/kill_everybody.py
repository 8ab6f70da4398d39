"""kill(-1, SIGKILL) from a child; say who is left to tell."""
import os, signal, sys

bystander = os.fork()
if not bystander:
    signal.pause()
signal.signal(signal.SIGTERM, lambda *_: None)
killer = os.fork()
if not killer:
    os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    os.kill(-1, signal.SIGTERM)
    os._exit(0)
os.waitpid(killer, 0)
print("bystander", os.WTERMSIG(os.waitpid(bystander, 0)[1]), flush=True)
if not os.fork():
    signal.pause()
os.kill(-1, signal.SIGKILL)  # spares the caller
print("alive", flush=True)
