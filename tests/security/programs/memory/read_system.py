"""Read the files of the system."""
import os

total = 0
for folder, _, names in os.walk("/usr"):
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isfile(path) and not os.path.islink(path):
            with open(path, "rb") as file:
                while piece := file.read(1 << 20):
                    total += len(piece)
print("read", total >> 20)
