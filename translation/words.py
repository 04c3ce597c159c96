"""The words of the source that a person reads: what `_`, `later` and `plural` mark, help texts, and templates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

from patrolplan.cli.speech import help_paragraphs
from patrolplan.terminal.catalogue import rule_paragraphs

PACKAGE = Path(__file__).parents[1] / "patrolplan"
TEMPLATES = (".html", ".j2", ".jinja")

Words = str | tuple[str, str]
"""Words, or the forms for one and for several."""


def source_words(package: Path = PACKAGE) -> Catalog:
    """All words of the source as a catalogue without translations, each with the files that say it."""
    found = Catalog(project="patrolplan", charset="utf-8")
    for path in sorted(package.rglob("*")):
        where = path.relative_to(package.parent).as_posix()
        if path.suffix == ".py":
            words = python_words(
                path.read_text(encoding="utf-8"), is_command="/cli/" in where, is_rule=where.endswith("/spec.py")
            )
        elif path.suffix in TEMPLATES:
            words = template_words(path)
        else:
            continue
        for one in dict.fromkeys(words):
            found.add(one, locations=[(where, 1)])
    return found


def python_words(source: str, *, is_command: bool = False, is_rule: bool = False) -> Iterator[Words]:
    """The words of a Python file.

    Parameters
    ----------
    is_command
        Whether help texts count: those of options, of functions that are commands, and of the list of commands.
    is_rule
        Whether the documentation of rules counts, and that of their keys.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
            names = {"help"} if is_command else {"description"} if is_rule else set()
            said = [keyword.value for keyword in node.keywords if keyword.arg in names]
            yield from (text for value in said for text in _texts(value))
        elif (
            is_rule
            and isinstance(node, ast.ClassDef)
            and any(getattr(base, "id", "") == "RuleSpec" for base in node.bases)
        ):
            yield from rule_paragraphs(ast.get_docstring(node) or "")
        elif is_command and isinstance(node, ast.FunctionDef) and any(map(_makes_command, node.decorator_list)):
            yield from help_paragraphs(ast.get_docstring(node) or "")
        elif is_command and isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "COMMANDS" for target in targets):
                yield from (text for value in node.value.values for text in _texts(value))


def template_words(path: Path) -> Iterator[Words]:
    """The words of a Jinja template, in ``_(...)``, ``gettext(...)``, ``ngettext(...)`` and ``{% trans %}``."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "plural": (1, 2)}
    for _line, words, _comments, _context in extract_from_file("jinja2", path, keywords=keywords):
        yield words if isinstance(words, str) else (words[0], words[1])


def _of_call(call: ast.Call) -> Iterator[Words]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments = call.args
    if name in ("_", "later"):
        many = _text(arguments[1]) if len(arguments) > 1 else ""
        for text in _texts(arguments[0]) if arguments else ():
            yield (text, many) if many else text
    elif name in ("plural", "plural_form", "count_text"):
        forms = [text for text in map(_text, arguments) if text]
        if forms:
            yield forms[0], forms[1] if len(forms) > 1 else forms[0] + "s"


def _makes_command(decorator: ast.expr) -> bool:
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(name, ast.Attribute) and name.attr in ("command", "group")


def _texts(node: ast.expr) -> list[str]:
    """The text of a constant, or both texts of a choice between two."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    text = _text(node)
    return [text] if text else []


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
