"""Ignore every signal that can be ignored, and stay."""
import signal

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
signal.raise_signal(signal.SIGTERM)
print("deaf", flush=True)
while True:
    signal.pause()
