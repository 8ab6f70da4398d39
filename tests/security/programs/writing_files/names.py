"""Make files and folders of strange names, and what is too much of it; one line each."""
import os

NAMES = {
    "255 bytes": b"a" * 255, "256 bytes": b"a" * 256, "255 bytes of two each": "ä".encode() * 127 + b"a", "not UTF-8": b"\xff\xfe\x80",
    "overlong": b"\xc0\xaf", "surrogate": b"\xed\xa0\x80", "newline": b"a\nb", "escape": b"\x1b[2J", "backslash": b"\\", "blank": b" ",
    "dash": b"-rf", "star": b"*", "shell": b"$(reboot);`id`|x", "whiteout": b".wh.main.py", "opaque": b".wh..wh..opq", "dots": b"...",
    "control": bytes(range(1, 32)), "end of text": b"\x7f\x9b", "bidi": "\u202e".encode(), "high": bytes(range(128, 256)),
}
for what, name in NAMES.items():
    for kind, make in (("file", lambda: os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))), ("folder", lambda: os.mkdir(name))):
        try:
            os.chdir(b"/tmp")
            os.makedirs(kind, exist_ok=True)
            os.chdir(kind)
            make()
            print(f"{kind} {what}: {'done' if name in os.listdir(b'.') else 'lost'}")
        except OSError as error:
            print(f"{kind} {what}: {error.strerror}")
