"""Ask for the attributes that overlayfs and the host keep with files; one line each."""
import os

for path in ("/", "/usr", "/etc/passwd", "/tmp", "/box", "/box/main.py"):
    for name in ("origin", "opaque", "redirect", "upper", "uuid", "metacopy", "impure"):
        try:
            print(f"{path} {name}: done {os.getxattr(path, f'trusted.overlay.{name}')}")
        except OSError as error:
            print(f"{path} {name}: {error.strerror}")
    print(f"{path} list: {os.listxattr(path)}")
