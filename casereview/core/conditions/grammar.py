"""From text to an untyped tree: caps, then the grammar, then one sentence for what is wrong."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from casereview.errors import ConditionError

MAX_TEXT = 2_000
MAX_DEPTH = 40


class Raw(NamedTuple):
    """A node as written: kind of the grammar, 0-based offset, parts, and how deep it nests."""

    kind: str
    at: int
    parts: tuple[Any, ...]
    depth: int


def read(text: str) -> Raw:
    """Return the untyped tree of a condition.

    Raises:
        ConditionError: empty, over MAX_TEXT characters, nested over MAX_DEPTH, or not in the
            grammar.
    """
    if len(text) > MAX_TEXT:
        reason = f"The condition has {len(text)} characters; {MAX_TEXT} is the most."
        raise ConditionError(MAX_TEXT, reason)
    if not text.strip(" \t\r\n"):
        raise ConditionError(0, "The condition is empty.")
    _scan(text)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise _explained(text, error) from None
    return tree  # type: ignore[return-value]  # the transformer makes it a Raw


@cache
def _parser() -> Lark:
    # LALR with the basic lexer reads in one pass: time grows with the text, never with its shape.
    grammar = files("casereview_rules").joinpath("condition.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", transformer=_Builder())


def _scan(text: str) -> None:
    """Check quotes, brackets and characters in one pass, so that the parser meets no surprise."""
    at, opened = 0, list[int]()
    while at < len(text):
        char = text[at]
        if char == "'":
            at = _after_quoted(text, at)
            continue
        if char == "(":
            opened.append(at)
            if len(opened) > MAX_DEPTH:
                raise _too_deep(at)
        elif char == ")":
            if not opened:
                raise ConditionError(at, "This bracket closes nothing.")
            opened.pop()
        elif text.startswith("--", at):
            raise ConditionError(at, "'--' starts a comment in SQL; a condition has no comments.")
        elif not (char.isascii() and (char.isprintable() or char in "\t\r\n")):
            raise ConditionError(at, f"{_shown(char)} can stand only between single quotes.")
        at += 1
    if opened:
        raise ConditionError(opened[-1], "This bracket is never closed.")


def _after_quoted(text: str, start: int) -> int:
    at = start + 1
    while True:
        end = text.find("'", at)
        if end < 0:
            raise ConditionError(start, "This quote is never closed.")
        if not text.startswith("''", end):
            break
        at = end + 2
    for offset, char in enumerate(text[start + 1 : end], start + 1):
        # Control, direction and surrogate characters would reach databases and terminals.
        if not char.isprintable():
            raise ConditionError(offset, f"{_shown(char)} cannot stand in a quoted word.")
    return end + 1


def _shown(char: str) -> str:
    return f"The character {char!r}" if char.isprintable() else f"The character U+{ord(char):04X}"


def _too_deep(at: int) -> ConditionError:
    return ConditionError(at, f"The condition nests more than {MAX_DEPTH} deep.")


def _explained(text: str, error: UnexpectedInput) -> ConditionError:
    if isinstance(error, UnexpectedCharacters):
        return _bad_character(text, error.pos_in_stream or 0)
    token = error.token if isinstance(error, UnexpectedToken) else Token("$END", "")
    at = len(text) if token.type == "$END" or token.start_pos is None else token.start_pos
    return ConditionError(at, _bad_token(text, at, token))


def _bad_character(text: str, at: int) -> ConditionError:
    number = re.match(r"[0-9]+\.?[0-9A-Za-z_]*", text[at:])
    if number and "." in number[0]:
        return ConditionError(at, f"{_cut(number[0])} has decimals; numbers are whole.")
    if number:
        return ConditionError(at, f"{_cut(number[0])} is not a whole number.")
    hints = {
        '"': "Double quotes are not used; put words in single quotes.",
        ".": "A full stop cannot stand here; numbers are whole and names have no dots.",
        ";": "A condition is one expression; ';' cannot stand here.",
        "!": "'not equal' is written <>.",
    }
    return ConditionError(at, hints.get(text[at], f"{_shown(text[at])} means nothing here."))


def _bad_token(text: str, at: int, token: Token) -> str:
    if token.type == "$END":
        return "The condition ends too early."
    if token.type == "_NULL":
        return "'null' can stand only in 'is null' and 'is not null'."
    before = re.search(r"([A-Za-z_][A-Za-z0-9_]*)[ \t\r\n]*$", text[:at])
    words = {"and", "or", "not", "in", "between", "is", "null", "coalesce", "true", "false"}
    if token.type == "LPAR" and before and before[1].lower() not in words:
        return f"There is no function '{_cut(before[1])}'; the only one is coalesce(a, b)."
    if token.type == "RPAR" and re.search(
        r"coalesce[ \t\r\n]*\([^(),]*$", text[:at], re.IGNORECASE
    ):
        return "coalesce takes two or more values."
    if token.type == "COMPARES" and re.search(r"[<>=][ \t\r\n]*$", text[:at]):
        return "Two comparison signs in a row; the signs are = <> < <= > >=."
    return f"'{_cut(str(token))}' cannot stand here."


def _cut(word: str) -> str:
    return word if len(word) <= 40 else word[:37] + "..."


class _Builder(Transformer[Token, Raw]):
    """Called by the parser from the leaves up, so depth is known without recursion."""

    def either(self, parts: list[Raw]) -> Raw:
        return parts[0] if len(parts) == 1 else _node("either", parts, 1)

    def both(self, parts: list[Raw]) -> Raw:
        return parts[0] if len(parts) == 1 else _node("both", parts, 1)

    def negation(self, parts: list[Any]) -> Raw:
        return _node("not", parts[1:], 1, at=parts[0].start_pos)

    def compare(self, parts: list[Any]) -> Raw:
        left, op, right = parts
        return _node("compare", [left, right], 0, extra=((str(op), _at(op)),))

    def one_of(self, parts: list[Any]) -> Raw:
        item, negated, *options = parts
        return _node("one_of", [item, *options], 0, extra=(negated is not None,))

    def between(self, parts: list[Any]) -> Raw:
        item, negated, low, high = parts
        return _node("between", [item, low, high], 0, extra=(negated is not None,))

    def is_null(self, parts: list[Any]) -> Raw:
        item, negated = parts
        return _node("is_null", [item], 0, extra=(negated is not None,))

    def sum(self, parts: list[Any]) -> Raw:
        if len(parts) == 1:
            return parts[0]  # type: ignore[no-any-return]  # a term is a Raw
        signs = tuple(-1 if str(s) == "-" else 1 for s in parts[1::2])
        return _node("sum", parts[::2], 1, extra=((1, *signs),))

    def name(self, parts: list[Token]) -> Raw:
        return Raw("name", _at(parts[0]), (str(parts[0]),), 0)

    def number(self, parts: list[Any]) -> Raw:
        sign, digits = parts
        at = _at(digits if sign is None else sign)
        return Raw("number", at, (("-" if sign == "-" else "") + str(digits),), 0)

    def quoted(self, parts: list[Token]) -> Raw:
        return Raw("quoted", _at(parts[0]), (str(parts[0])[1:-1].replace("''", "'"),), 0)

    def truth(self, parts: list[Token]) -> Raw:
        return Raw("truth", _at(parts[0]), (parts[0].type == "TRUE",), 0)

    def coalesce(self, parts: list[Raw]) -> Raw:
        return _node("coalesce", parts, 1)

    def bracket(self, parts: list[Raw]) -> Raw:
        return parts[0]


def _at(token: Token) -> int:
    return token.start_pos or 0


def _node(
    kind: str, parts: list[Raw], deeper: int, *, at: int | None = None, extra: tuple[Any, ...] = ()
) -> Raw:
    """Return a node over `parts`; `extra` (operator, negation, signs) comes after them."""
    start = parts[0].at if at is None else at
    depth = max(part.depth for part in parts) + deeper
    if depth > MAX_DEPTH:
        raise _too_deep(start)
    return Raw(kind, start, (tuple(parts), *extra), depth)
