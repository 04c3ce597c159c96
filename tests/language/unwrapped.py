"""Texts of the source that look as if a person read them, and that are not marked for translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

MARKS = ("_", "later", "plural", "plural_form", "count_text")
SAYING = ("say", "compose", "print", "echo", "Text", "Complaint", "InputError", "UsageError", "fail", "remark")
_WORD = re.compile(r"[A-Za-z]{2}")
_TITLE = re.compile(r"[A-Z][a-z]{2,}[:.]?")
_STYLE = re.compile(r"(bold|dim|reverse|red|green|yellow|cyan|italic)\b.*")


def unwrapped(source: str) -> Iterator[tuple[int, str]]:
    """Line and text, in order, of what no mark surrounds and what looks like words for a person.

    That are texts with a blank and a word or with a capital letter, f-strings with a word (``{}`` for what is filled
    in), and single words that are handed to what speaks to a person.
    """
    tree = ast.parse(source)
    silent, said = set(_silent(tree)), set(_said(tree))
    found = []
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            literal = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
            if any(_WORD.search(text) for text in literal):
                found.append((node.lineno, node.col_offset, "".join(_shape(node))))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORD.search(node.value):
            words = node.value
            if " " in words.strip() or _TITLE.fullmatch(words) or (id(node) in said and not _STYLE.fullmatch(words)):
                found.append((node.lineno, node.col_offset, words))
    yield from ((line, words) for line, _column, words in sorted(found))


def _shape(node: ast.JoinedStr) -> Iterator[str]:
    for part in node.values:
        yield str(part.value) if isinstance(part, ast.Constant) else "{}"


def _said(tree: ast.Module) -> Iterator[int]:
    """Texts among the arguments of what speaks to a person; of a text with its style only the text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in SAYING:
            for argument in node.args:
                yield id(argument.elts[0] if isinstance(argument, ast.Tuple) and argument.elts else argument)


def _silent(tree: ast.Module) -> Iterator[int]:
    """Nodes that nobody reads or that are marked: documentation, marked words, help, types, the inside of f-strings."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            yield from _documentation(body)
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                yield id(part)
                if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
                    yield from map(id, ast.walk(part.format_spec))
        if isinstance(node, ast.Call):
            if _name(node) in MARKS:
                yield from (id(part) for argument in node.args for part in _constants(argument))
            if _name(node) in ("cast", "TypeVar"):
                yield from (id(part) for argument in node.args for part in _constants(argument))
            for keyword in node.keywords:
                if keyword.arg in ("help", "description"):
                    yield from map(id, ast.walk(keyword.value))
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "__all__" for target in node.targets):
            yield from map(id, ast.walk(node.value))
        annotations = (getattr(node, "annotation", None), getattr(node, "returns", None))
        yield from (id(part) for one in annotations if isinstance(one, ast.expr) for part in ast.walk(one))


def _documentation(body: list[ast.stmt]) -> Iterator[int]:
    yield from (id(one.value) for one in body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _constants(node: ast.expr) -> Iterator[ast.AST]:
    """The text of an argument, or both of a choice between two."""
    if isinstance(node, ast.Constant):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)
