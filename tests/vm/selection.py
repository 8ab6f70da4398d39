"""Which of the project's tests are run on cgroup v2, in a guest, and which of those files are not, and why.

What is not named here has nothing to do with cgroups, or is run by
another file's tests in passing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

# With their jails and what waits in them, eleven languages take a slow processor a minute to start.
RUNTIMES = ("bash", "c", "cpp", "javascript", "python", "ruby")
# Tests of the others' programs, by the parts of their names that say so.
_OTHER_LANGUAGES = (".java", ".go", ".rs", ".cs", ".ts", "[go]", "[rust]", "[typescript]", "[csharp]", "[java]")


@dataclass(frozen=True, slots=True)
class Part:
    """Some files, or tests of files, that are run by one guest."""

    tests: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)  # by name, with the reason

    def arguments(self) -> Iterator[str]:
        """For pytest."""
        yield from self.tests
        yield from (f"--deselect={name}" for name in self.left_out)
        yield from ("-k", " and ".join(f"not {language}" for language in _OTHER_LANGUAGES))


PARTS = {
    "cgroups": Part(("tests/vm/in_guest",)),
}
