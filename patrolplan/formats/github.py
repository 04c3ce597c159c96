"""A check for GitHub Actions: workflow commands that become annotations, and a table for the step summary.

The commands and their escapes are those of the workflow-command reference of GitHub Actions; it shows at most ten
annotations of a level from one step and takes one mebibyte of summary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from patrolplan.findings import Severity, title_of
from patrolplan.formats.report import Entry, Report
from patrolplan.language import _, figures, later

MOST = 10
"""Annotations of one level from one step."""
SUMMARY_BYTES = 1024 * 1024
"""Most bytes of a step summary."""
LEVELS = ("error", "warning", "notice")

_HEADINGS = (later("level"), later("code"), later("where"), later("when"), later("what"), later("source"))
_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_DATA, (":", "%3A"), (",", "%2C"))
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#])")


def level_of(severity: Severity, failing: frozenset[Severity]) -> str:
    """What fails is an error; what else is worth a look a warning, and a note a notice."""
    if severity in failing:
        return "error"
    return "notice" if severity is Severity.NOTE else "warning"


def workflow_commands(report: Report) -> str:
    """Workflow commands, worst first and at most ten of a level, and the result in a line of its own."""
    lines = []
    left = []
    for level in LEVELS:
        here = _of_level(report, level)
        lines += [_command(level, entry) for entry in here[:MOST]]
        left += (
            [_("{n} more of level {level}").format(n=figures(f"{len(here) - MOST:,}"), level=level)]
            if len(here) > MOST
            else []
        )
    lines.append(_plain(report.headline))
    if left:
        lines.append(_("{left}: GitHub shows ten of a level; the step summary has all.").format(left=", ".join(left)))
    return "\n".join(lines) + "\n"


def _of_level(report: Report, level: str) -> list[Entry]:
    return [entry for entry in report.entries if level_of(entry.severity, report.failing) == level]


def _command(level: str, entry: Entry) -> str:
    properties: dict[str, str] = {}
    if entry.place.file:
        properties["file"] = entry.place.file
        properties |= {"line": str(entry.place.line)} if entry.place.line else {}
        properties |= {"col": str(entry.place.column)} if entry.place.column else {}
    properties["title"] = ": ".join(part for part in (f"{entry.code} {title_of(entry.code)}", entry.where) if part)
    text = ": ".join(part for part in (entry.when, entry.text) if part)
    return command(level, properties, text)


def command(name: str, properties: Mapping[str, str], data: str) -> str:
    """One workflow command, ``::error file=ops.yaml,line=3::what is wrong``, with its escapes."""
    listed = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items())
    return f"::{name}{' ' if listed else ''}{listed}::{_escaped(data, _DATA)}"


def _escaped(text: str, escapes: Sequence[tuple[str, str]]) -> str:
    for character, code in escapes:
        text = text.replace(character, code)
    return text


def _plain(text: str) -> str:
    """Words that are no command, whatever they begin with."""
    words = " ".join(text.split())
    return f" {words}" if words.startswith("::") else words


def step_summary(report: Report, limit: int = SUMMARY_BYTES) -> str:
    """All entries as a table in Markdown, worst first, of at most so many bytes in UTF-8."""
    head = f"### {_cell(report.headline)}\n\n"
    if not report.entries:
        return head if len(head.encode()) <= limit else ""
    text = head + f"| {' | '.join(map(_, _HEADINGS))} |\n{'|---' * len(_HEADINGS)}|\n"
    rows = [_row(level, entry) for level in LEVELS for entry in _of_level(report, level)]
    tail = "\n" + _("and {n} more; `patrolplan check` lists them all.") + "\n"
    room = limit - len(text.encode()) - len(tail.format(n=figures(f"{len(rows):,}"))) - 1
    kept = []
    for row in rows:
        room -= len(row.encode())
        if room < 0:
            break
        kept.append(row)
    if not kept:
        return ""
    return (
        text + "".join(kept) + (tail.format(n=figures(f"{len(rows) - len(kept):,}")) if len(kept) < len(rows) else "\n")
    )


def _row(level: str, entry: Entry) -> str:
    source = f"{entry.place.file}:{entry.place.line}" if entry.place.line else entry.place.file
    cells = (level, f"{entry.code} {title_of(entry.code)}", entry.where, entry.when, entry.text, source)
    return f"| {' | '.join(map(_cell, cells))} |\n"


def _cell(text: str) -> str:
    """Words as they are in a cell of a table, whatever Markdown or HTML would make of them."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.replace("&", "&amp;").split()))
