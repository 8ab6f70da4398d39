"""Names of files that a request brings or asks for: relative, and of nothing outside the working directory."""

from pathlib import PurePosixPath
from typing import NoReturn

from protocol.messages import MAX_FILES_BYTES, MAX_NAME_BYTES, ErrorCode, SourceFile
from supervisor.errors import Refusal

_MAX_COMPONENT_BYTES = 255  # NAME_MAX of every file system below


def check_files(files: list[SourceFile], source_name: str) -> list[tuple[str, bytes]]:
    """Names, made plain, and contents; Refusal for a name that is none, or not one of its own."""
    if sum(len(file.content) for file in files) > MAX_FILES_BYTES:
        raise Refusal(ErrorCode.TOO_LARGE, f"the files have more than {MAX_FILES_BYTES} bytes together", ["files"])
    checked: dict[str, bytes] = {}
    folders: set[str] = set()
    for index, file in enumerate(files):
        path: list[str | int] = ["files", index, "name"]
        name = _check_name(file.name if file.name is not None or index else source_name, path)
        parents = {str(parent) for parent in PurePosixPath(name).parents} - {"."}
        if name in checked:
            _refuse_name(path, "is there twice")
        if name in folders or parents & checked.keys():
            _refuse_name(path, "is a file in one place and a folder in another")
        folders |= parents
        checked[name] = file.content
    return list(checked.items())


def _check_name(name: str | None, path: list[str | int]) -> str:
    if not name:
        _refuse_name(path, "is empty" if name == "" else "is missing: only the first file has a default name")
    if "\0" in name:
        _refuse_name(path, "contains a NUL")
    if name.startswith("/"):
        _refuse_name(path, "is absolute")
    if ".." in name.split("/"):
        _refuse_name(path, "leaves the working directory")
    normal = str(PurePosixPath(name))
    if normal == "." or name.endswith(("/", "/.")):
        _refuse_name(path, "is a folder")
    try:
        encoded = normal.encode()
    except UnicodeEncodeError:
        _refuse_name(path, "is not valid Unicode")
    if len(encoded) > MAX_NAME_BYTES or max(map(len, encoded.split(b"/"))) > _MAX_COMPONENT_BYTES:
        _refuse_name(path, f"is longer than {_MAX_COMPONENT_BYTES} bytes a part, {MAX_NAME_BYTES} in all")
    return normal


def check_pattern(pattern: str, path: list[str | int]) -> None:
    """Refusal for a glob that could leave the working directory."""
    parts = pattern.split("/")
    if "\0" in pattern or not all(parts) or {".", ".."} & set(parts):
        message = f"outputs[{path[1]}] is not a relative path or glob without empty, `.` and `..` parts"
        raise Refusal(ErrorCode.INVALID_REQUEST, message, path)
    try:
        pattern.encode()
    except UnicodeEncodeError:
        raise Refusal(ErrorCode.INVALID_REQUEST, f"outputs[{path[1]}] is not valid Unicode", path) from None


def _refuse_name(path: list[str | int], why: str) -> NoReturn:
    raise Refusal(ErrorCode.INVALID_REQUEST, f"files[{path[1]}].name {why}", path)
