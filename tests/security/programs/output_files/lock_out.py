"""Take away all rights to the working directory."""
import os

open("file.out", "w").write("x")
os.chmod("/box", 0)
