"""Run a 32-bit program: getpid, then exit with 7 by int 0x80. Say how it ended."""
import os, struct

code = bytes([
    0xB8, 20, 0, 0, 0, 0xCD, 0x80,  # getpid
    0xBB, 7, 0, 0, 0, 0x85, 0xC0, 0x7F, 5, 0xBB, 8, 0, 0, 0,  # 7, or 8 when it was refused
    0xB8, 1, 0, 0, 0, 0xCD, 0x80,  # exit
    0x0F, 0x0B,  # there was no exit: an illegal instruction
])  # fmt: skip
header = b"\x7fELF\1\1\1".ljust(16, b"\0") + struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, 0x10000 + 84, 52, 0, 0, 52, 32, 1, 0, 0, 0)
segment = struct.pack("<IIIIIIII", 1, 0, 0x10000, 0x10000, 84 + len(code), 84 + len(code), 5, 0x1000)
with open("program", "wb") as file:
    file.write(header + segment + code)
os.chmod("program", 0o755)
child = os.fork()
if not child:
    os.execv("./program", ["program"])
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
