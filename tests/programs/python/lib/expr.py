"""A recursive-descent parser of arithmetic and the tree it builds."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Iterator

TOKEN = re.compile(r"\s*(?:(?P<number>\d+)|(?P<sign>[-+*/%()]))")
LEVELS = ("+-", "*/%")


class ExpressionError(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class Number:
    value: int

    def evaluate(self) -> Fraction:
        return Fraction(self.value)

    def depth(self) -> int:
        return 1


@dataclass(frozen=True, slots=True)
class Binary:
    sign: str
    left: "Node"
    right: "Node"

    def evaluate(self) -> Fraction:
        left, right = self.left.evaluate(), self.right.evaluate()
        match self.sign:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
            case "%":
                return left % right
        raise ExpressionError(f"unknown sign {self.sign}")

    def depth(self) -> int:
        return 1 + max(self.left.depth(), self.right.depth())


Node = Number | Binary


def tokens(source: str) -> Iterator[str]:
    position = 0
    while position < len(source.rstrip()):
        found = TOKEN.match(source, position)
        if not found:
            raise ExpressionError(f"bad character {source[position:].lstrip()[0]!r}")
        yield found["number"] or found["sign"]
        position = found.end()


class Parser:
    def __init__(self, source: str) -> None:
        self.tokens = list(tokens(source))
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else "end"

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def parse(self) -> Node:
        tree = self.level(0)
        if self.peek() != "end":
            raise ExpressionError(f"left over: {self.peek()}")
        return tree

    def level(self, depth: int) -> Node:
        if depth == len(LEVELS):
            return self.primary()
        tree = self.level(depth + 1)
        while self.peek() in LEVELS[depth]:
            tree = Binary(self.take(), tree, self.level(depth + 1))
        return tree

    def primary(self) -> Node:
        token = self.take()
        if token.isdigit():
            return Number(int(token))
        if token != "(":
            raise ExpressionError(f"unexpected {token}")
        tree = self.level(0)
        if self.take() != ")":
            raise ExpressionError("missing )")
        return tree


def calculate(source: str) -> str:
    try:
        tree = Parser(source).parse()
        return f"{tree.evaluate()} depth={tree.depth()}"
    except ZeroDivisionError:
        return "division by zero"
    except ExpressionError as error:
        return f"error: {error}"
