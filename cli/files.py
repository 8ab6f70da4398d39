"""Files that a program is given, and those it brings back."""

import base64
from pathlib import Path
from typing import Any

from cli.console import OWN_FAILURE, fail, say


def sent(path: Path, name: str | None = None) -> dict[str, str]:
    """A file as a request has it."""
    return {"name": name or path.name, "content": encoded(path.read_bytes()), "encoding": "base64"}


def sent_beside(path: Path, *, but: Path) -> list[dict[str, str]]:
    """A file, or all files of a folder with their names in it, but for the program itself."""
    if not path.is_dir():
        return [sent(path)]
    files = (file for file in sorted(path.rglob("*")) if file.is_file() and not file.samefile(but))
    return [sent(file, file.relative_to(path).as_posix()) for file in files]


def keep(answer: dict[str, Any], folder: Path) -> None:
    """Write what came back into a folder; nothing of it goes anywhere else."""
    for file in answer.get("files", []):
        path = folder / file["name"]
        if not path.resolve().is_relative_to(folder.resolve()):
            fail(f"the service brought back {file['name']!r}, which is not in {folder}", OWN_FAILURE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(
            base64.b64decode(file["content"]) if file["encoding"] == "base64" else file["content"].encode()
        )
    for skipped in answer.get("files_skipped", []):
        say(f"{skipped['name']} was not brought back: {skipped['reason']}")


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
