"""A file in each of a thousand folders, each inside the other."""
import os

for depth in range(1000):
    open("file.out", "w").write(str(depth))
    os.mkdir("d")
    os.chdir("d")
