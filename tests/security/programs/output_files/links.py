"""Links out of the working directory, to devices, into /proc, to folders, in circles; and one honest file."""
import os

for name, target in {
    "passwd": "/etc/passwd", "shadow": "/etc/shadow", "random": "/dev/urandom", "zero": "/dev/zero", "full": "/dev/full",
    "environ": "/proc/1/environ", "mem": "/proc/self/mem", "maps": "/proc/self/maps", "root": "/", "proc": "/proc/self/root/etc",
    "parent": "..", "loop": "loop", "dangling": "nowhere", "relative": "../etc/passwd", "inside": "honest", "stdin": "/dev/stdin",
}.items():
    os.symlink(target, name)
os.mkdir("folder")
os.symlink("/etc", "folder/etc")
open("honest", "w").write("honest")
open("folder/honest", "w").write("honest too")
