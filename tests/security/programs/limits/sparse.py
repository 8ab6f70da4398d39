"""A sparse file as large as a file may be, and one byte more."""
import os

fd = os.open("large", os.O_WRONLY | os.O_CREAT)
os.ftruncate(fd, 64 << 20)
os.pwrite(fd, b"x", 64 << 20)
