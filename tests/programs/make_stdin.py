"""The standard input the programs of this folder are tested with: about 1 MiB of records, one to a line."""

import sys
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

WORDS = (
    "alpha beta gamma delta lorem ipsum dolor amet river stone Jail RUN naïve café über Straße Ελλάδα σοφός "
    "Привет мир שלום مرحبا 日本語 漢字 中文字符 한국어 नमस्ते ไทย 😀 🚀 👩‍💻 👨‍👩‍👧‍👦 🇩🇪 🇯🇵 👍🏽 e\u0301clair n\u0303andu "
    "A\u030angstro\u0308m \u1112\u1161\u11ab ﬁne ½ Ⅷ ǆ İstanbul ı 𝔘𝔫𝔦 𐍈 Z\u0351\u036b\u0343a\u0321l\u0328go"
).split(" ")
KEYS = ["red", "grün", "青", "κόκκινο", "🟡", "violet", "o\u0308cker", "белый"]
TARGET_BYTES = 1 << 20


class Lcg:
    """A generator of our own, so that no version of Python changes the bytes."""

    def __init__(self, seed: int):
        self.state = seed

    def below(self, bound: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound

    def pick(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]


def text_line(rng: Lcg) -> str:
    return "text " + " ".join(rng.pick(WORDS) for _ in range(3 + rng.below(16)))


def expression(rng: Lcg, depth: int) -> str:
    if depth == 0 or rng.below(5) == 0:
        return str(rng.below(100))
    operator = rng.pick(["+", "-", "*", "*", "/", "%"])
    inner = f"{expression(rng, depth - 1)} {operator} {expression(rng, depth - 1)}"
    return f"({inner})" if rng.below(3) else inner


def expr_line(rng: Lcg) -> str:
    broken = rng.below(40) == 0
    return "expr " + expression(rng, 3) + (rng.pick([" +", " )", " $ 1"]) if broken else "")


def edge_line(rng: Lcg) -> str:
    return f"edge n{rng.below(60)} n{rng.below(60)} {1 + rng.below(90)}"


def cache_line(rng: Lcg) -> str:
    key = f"{rng.pick(KEYS)}{rng.below(12)}"
    return f"put {key} {rng.below(10000)}" if rng.below(2) else f"get {key}"


def json_line(rng: Lcg) -> str:
    tags = ", ".join(f'"{rng.pick(WORDS)}"' for _ in range(rng.below(4)))
    flag = rng.pick(["true", "false", "null"])
    return (
        f'json {{"id": {rng.below(100000)}, "name": "{rng.pick(WORDS)} \\u00e9\\n\\"{rng.pick(KEYS)}\\"", '
        f'"tags": [{tags}], "flag": {flag}, "pos": {{"x": -{rng.below(500)}, "y": {rng.below(500)}}}}}'
    )


def odd_line(rng: Lcg) -> str:
    return rng.pick(["", "   ", "text\ttab\tseparated\t日本", "text trailing blanks   ", "text carriage\r", "bogus record"])


def make_stdin() -> bytes:
    rng = Lcg(20240229)
    makers = [text_line] * 12 + [expr_line] * 5 + [cache_line] * 4 + [json_line] * 3 + [edge_line] * 2 + [odd_line]
    lines, size = ["text " + "長い行 long line 🚂 " * 700], 0
    while size < TARGET_BYTES:
        lines.append(rng.pick(makers)(rng))
        size += len(lines[-1].encode()) + 1
    lines.append("text the last line has no newline 🏁")
    return "\n".join(lines).encode()


if __name__ == "__main__":
    sys.stdout.buffer.write(make_stdin())
