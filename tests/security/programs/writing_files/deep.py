"""Make folders in folders in the one of the argument, until the number is reached or there is no room; say how many."""
import os, sys

os.chdir(sys.argv[1])
depth, name = 0, "d" * int(sys.argv[3])
while depth < int(sys.argv[2]):
    try:
        os.mkdir(name)
        os.chdir(name)
    except OSError as error:
        print(error.strerror)
        break
    depth += 1
else:
    open("bottom", "w").write("there")
    print(open("bottom").read())
print("depth", depth)
