"""Hold much memory for a while, and look whether all of it stays what it was."""
import sys, time

kept = [bytes([number]) * (1 << 20) for number in range(int(sys.argv[1]))]
end = time.monotonic() + 1
while time.monotonic() < end:
    for number, piece in enumerate(kept):
        assert piece[0] == piece[-1] == number
        assert piece.count(number) == 1 << 20
print("unharmed")
