"""Everything that is not a regular file, and regular files that are strange."""
import os, socket

os.mkfifo("fifo")
socket.socket(socket.AF_UNIX).bind("socket")
os.mkdir("folder")
with open("sparse", "wb") as file:
    file.truncate(60 * 1024 * 1024)  # not one block of it on disk
open("empty", "w").close()
open("unreadable", "w").write("x")
os.chmod("unreadable", 0)
os.mkdir("closed")
open("closed/file", "w").write("x")
os.chmod("closed", 0)
open(b"not \xff utf-8", "w").write("x")
open("line\nbreak \"quoted\" \x1b[31m", "w").write("odd name")
open("bytes", "wb").write(bytes(range(256)))
