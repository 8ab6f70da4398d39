"""Fill so many MiB of the disk, in files that may be that large, and give them back."""
import errno, os, sys
from attempting import say

PIECE = 32
outcome, names = "done", []
try:
    for number in range(int(sys.argv[1]) // PIECE):
        names.append(f"{sys.argv[2]}-{number}")
        fd = os.open(names[-1], os.O_CREAT | os.O_WRONLY)
        os.posix_fallocate(fd, 0, PIECE << 20)
        os.close(fd)
except OSError as error:
    outcome = errno.errorcode[error.errno]
for name in names:
    os.unlink(name)
say("fill the disk", outcome)
