"""Change each of the files or folders of the arguments in every way there is; one line each."""
import os, sys


def attempt(name, action, *arguments):
    try:
        result = action(*arguments)
        if action is os.open:
            os.close(result)
        print(f"{name}: done")
    except OSError as error:
        print(f"{name}: {error.strerror}")


os.makedirs("/tmp/own", exist_ok=True)
for path in sys.argv[1:]:
    folder, mine = (path if os.path.isdir(path) else os.path.dirname(path)), "/tmp/own/file"
    open(mine, "w").close()
    attempt(f"create in {folder} for {path}", os.open, f"{folder}/new", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    attempt(f"unnamed in {folder} for {path}", os.open, folder, os.O_TMPFILE | os.O_WRONLY)
    attempt(f"mkdir in {folder} for {path}", os.mkdir, f"{folder}/folder")
    attempt(f"symlink in {folder} for {path}", os.symlink, "/tmp", f"{folder}/symlink")
    attempt(f"link into {folder} for {path}", os.link, mine, f"{folder}/link")
    attempt(f"fifo in {folder} for {path}", os.mkfifo, f"{folder}/fifo")
    if not os.path.isdir(path):
        attempt(f"write {path}", os.open, path, os.O_WRONLY)
        attempt(f"append {path}", os.open, path, os.O_WRONLY | os.O_APPEND)
        attempt(f"read and write {path}", os.open, path, os.O_RDWR)
        attempt(f"truncate {path}", os.truncate, path, 0)
        attempt(f"link {path}", os.link, path, f"/tmp/own/{path.replace('/', '_')}")
        attempt(f"rename over {path}", os.rename, mine, path)
    attempt(f"chmod {path}", os.chmod, path, 0o777)
    attempt(f"chown {path}", os.chown, path, os.getuid(), os.getgid())
    attempt(f"times of {path}", os.utime, path, (1, 1))
    attempt(f"touch {path}", os.utime, path)
    attempt(f"rename {path}", os.rename, path, f"/tmp/own/renamed{path.replace('/', '_')}")
    if os.path.isdir(f"/tmp/own/renamed{path.replace('/', '_')}"):
        os.rename(f"/tmp/own/renamed{path.replace('/', '_')}", path)
    attempt(f"remove {path}", os.rmdir if os.path.isdir(path) else os.remove, path)
