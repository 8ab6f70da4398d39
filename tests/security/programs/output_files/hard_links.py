"""A hundred names of one file."""
import os

open("0", "w").write("x" * 1000)
for number in range(1, 100):
    os.link("0", str(number))
