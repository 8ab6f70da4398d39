"""The files a program left: from what init wrote (jail/files.py) to the response. The names are the program's."""

import base64
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Encoding = Literal["utf8", "base64"]


class OutputFile(Struct, frozen=True):
    """A file of the working directory."""

    name: str
    size: int
    content: str
    encoding: Encoding


class SkippedFile(Struct, frozen=True):
    """A file, or with its globs everything, that is not brought back."""

    name: str
    reason: str


class _Line(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    size: Annotated[int, Meta(ge=0)] = 0
    skipped: str | None = None


_decoder = msgspec.json.Decoder(_Line)
_KILLED = "the jail was ended together with the program"
_UNREADABLE = "the working directory can't be read"
_INCOMPLETE = SkippedFile(name="", reason="what follows could not be read")


def read_outputs(
    bundle: bytes | None, patterns: list[str], encoding: Encoding
) -> tuple[list[OutputFile], list[SkippedFile]]:
    """The files and those left out, in the order of their names."""
    files: list[OutputFile] = []
    if not bundle:
        reason = _KILLED if bundle is None else _UNREADABLE
        return files, [SkippedFile(name=pattern, reason=reason) for pattern in patterns]
    skipped: list[SkippedFile] = []
    rest = memoryview(bundle)
    while header := bytes(rest[: _line_length(rest)]):
        rest = rest[len(header) :]
        if header == b"\n":
            return files, skipped
        line = _decoder.decode(header)
        if line.skipped is not None:
            skipped.append(SkippedFile(name=line.name, reason=line.skipped))
        elif len(rest) < line.size:
            break
        else:
            files.append(_output_file(line.name, bytes(rest[: line.size]), encoding))
            rest = rest[line.size :]
    return files, [*skipped, _INCOMPLETE]


def _line_length(rest: memoryview) -> int:
    # Lines are short; a copy of their beginning is searched, not of all that follows.
    return bytes(rest[:65_536]).find(b"\n") + 1


def _output_file(name: str, content: bytes, encoding: Encoding) -> OutputFile:
    """As text where it is text and text is wanted."""
    if encoding == "utf8":
        try:
            return OutputFile(name=name, size=len(content), content=content.decode(), encoding="utf8")
        except UnicodeDecodeError:
            pass
    return OutputFile(name=name, size=len(content), content=base64.b64encode(content).decode(), encoding="base64")
