"""What the lines of a text look like to Unicode."""

import unicodedata
from collections import Counter

JOINER = "\u200d"


def extends(char: str) -> bool:
    """Whether a character belongs to the cluster before it."""
    return (
        unicodedata.combining(char) > 0
        or unicodedata.category(char) in ("Mn", "Mc", "Me")
        or char == JOINER
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def graphemes(text: str) -> list[str]:
    clusters: list[str] = []
    for char in text:
        last = clusters[-1] if clusters else ""
        pairs_up = is_flag_half(char) and len(last) == 1 and is_flag_half(last)
        if last and (extends(char) or last.endswith(JOINER) or pairs_up):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def describe(text: str) -> str:
    nfd = unicodedata.normalize("NFD", text)
    nfkc = unicodedata.normalize("NFKC", text)
    return (
        f"{len(text.encode())}B {len(text)}cp {len(graphemes(text))}g "
        f"nfd={len(nfd)} nfkc={len(nfkc)} utf16={len(text.encode('utf-16-le')) // 2}"
    )


def fold(word: str) -> str:
    return unicodedata.normalize("NFC", word.casefold())


class Vocabulary:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.categories: Counter[str] = Counter()

    def add(self, line: str) -> None:
        self.counts.update(fold(word) for word in line.split())
        self.categories.update(unicodedata.category(char) for char in line)

    def top(self, count: int) -> list[tuple[str, int]]:
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:count]
