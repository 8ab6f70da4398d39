"""The numbers that Judge0 has for languages and statuses."""

from typing import Any

# Several for some: its versions of their compilers, for all of which ours stands. `judge0_languages` changes it.
IDS: dict[int, str] = {
    46: "bash", 48: "c", 49: "c", 50: "c", 75: "c", 52: "c++", 53: "c++", 54: "c++", 76: "c++", 51: "csharp", 60: "go",
    62: "java", 63: "javascript", 71: "python", 72: "ruby", 73: "rust", 74: "typescript",
}  # fmt: skip
NAMES = {
    "bash": "Bash", "c": "C", "c++": "C++", "csharp": "C#", "go": "Go", "java": "Java", "javascript": "JavaScript",
    "python": "Python", "ruby": "Ruby", "rust": "Rust", "typescript": "TypeScript",
}  # fmt: skip


def language_of(id_: int, language: str, version: str = "") -> dict[str, Any]:
    """A language as Judge0 lists it."""
    name = NAMES.get(language, language)
    return {"id": id_, "name": f"{name} ({version})" if version else name}


STATUSES = {
    1: "In Queue", 2: "Processing", 3: "Accepted", 4: "Wrong Answer", 5: "Time Limit Exceeded", 6: "Compilation Error",
    7: "Runtime Error (SIGSEGV)", 8: "Runtime Error (SIGXFSZ)", 9: "Runtime Error (SIGFPE)",
    10: "Runtime Error (SIGABRT)", 11: "Runtime Error (NZEC)", 12: "Runtime Error (Other)", 13: "Internal Error",
    14: "Exec Format Error",
}  # fmt: skip
