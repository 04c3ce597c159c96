"""YAML text to plain values that remember where they stand: the only module that knows YAML.

Scalars follow the core rules of YAML 1.2, so ``off``, ``no``, ``19:00``, ``007`` and dates stay text. Aliases are
shared, never copied, and their expanded size is counted, so a file that would unfold to millions of values is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from patrolplan.errors import Complaint, InputError, Place
from patrolplan.language import _, figures

SIZE_LIMIT = 5 * 1024 * 1024
"""Largest YAML file that is read, in bytes."""
NODE_LIMIT = 200_000
"""Most values in one file, aliases written out."""
DEPTH_LIMIT = 60
"""Deepest nesting."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"0|-?[1-9][0-9]{0,17}")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_PLAIN = re.compile(r"[A-Za-z_][\w./%+@-]*(?: [\w./%+@()-]+)*|[0-9]+(?:[a-z%]+|-[0-9]{2}-[0-9]{2}(?:\.\.[0-9-]+)?)")
_OTHER_WORDS = frozenset(("yes", "no", "on", "off", "y", "n"))
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_KNOWN_TAGS = (*_TEXT_TAGS, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something stands, and how many characters of the line it takes (0: unknown)."""

    place: Place = Place()
    width: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands.

    Attributes
    ----------
    value
        ``dict[str, Node]``, ``list[Node]``, text, number, true, false or None.
    keys
        For a mapping: where each key stands.
    size, depth
        Values inside, aliases written out, and how deep they nest.
    """

    value: Any
    mark: Mark = Mark()
    keys: Mapping[str, Mark] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    @property
    def children(self) -> dict[str, Node]:
        """The values of a mapping; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def entries(self) -> list[Node]:
        """The values of a list; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> Any:
        """The value without marks."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def key_mark(self, key: str) -> Mark:
        """Where a key stands, or this value if it has no such key."""
        return self.keys.get(key, self.mark)

    def with_children(self, children: dict[str, Node], keys: Mapping[str, Mark]) -> Node:
        """The same place with other content."""
        return Node(children, self.mark, keys)


def parse_yaml(text: str, file: str) -> Node:
    """The content of one YAML file, a mapping at the top.

    Parameters
    ----------
    file
        Name of the file for messages.

    Raises
    ------
    InputError
        If the text is no YAML, is empty, holds several documents or no mapping, repeats a key, or unfolds to too much.
    """
    composer = _Composer(text, file)
    try:
        root = composer.document()
    except yaml.YAMLError as error:
        raise InputError([_syntax_complaint(error, text, file)], file) from None
    if composer.complaints:
        raise InputError(composer.complaints, file)
    return root


class _Composer:
    """Builds nodes from the events of one file."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))
        self.anchors: dict[str, Node | None] = {}
        self.complaints: list[Complaint] = []

    def document(self) -> Node:
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise self._fatal(
                _("the file is empty; an operation starts with the line patrolplan: 1."), Mark(self._place(1))
            )
        root = self._node(next(self.events), 1)
        next(self.events)
        after = next(self.events)
        if isinstance(after, yaml.DocumentStartEvent):
            raise self._fatal(
                _("a second document starts here; a file holds one, so remove the line ---."), self._mark(after)
            )
        if root.value is None:
            raise self._fatal(_("the file is empty; an operation starts with the line patrolplan: 1."), root.mark)
        if not isinstance(root.value, dict):
            raise self._fatal(_("the file must hold keys and values, such as patrolplan: 1."), root.mark)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if depth > DEPTH_LIMIT:
            raise self._fatal(_("nested more than {limit} deep.").format(limit=DEPTH_LIMIT), self._mark(event))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag is not None and event.tag not in _KNOWN_TAGS:
            self.complaints.append(
                self._complaint(_("tags (words with an exclamation mark) are not understood."), self._mark(event))
            )
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = Node(self._scalar(event), self._mark(event))
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(event, depth)
        else:
            node = self._mapping(event, depth)
        if node.size > NODE_LIMIT or node.depth > DEPTH_LIMIT:
            raise self._fatal(
                _(
                    "with its aliases written out this holds more than {most} values, or nests more than "
                    "{depth} deep; that is refused."
                ).format(most=figures(f"{NODE_LIMIT:,}"), depth=DEPTH_LIMIT),
                node.mark,
            )
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self.anchors:
            raise self._fatal(
                _("*{anchor} names an anchor that is not defined above.").format(anchor=event.anchor), self._mark(event)
            )
        node = self.anchors[event.anchor]
        if node is None:
            raise self._fatal(
                _("*{anchor} stands inside the value that it names.").format(anchor=event.anchor), self._mark(event)
            )
        return node

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.style or event.tag in _TEXT_TAGS:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text

    def _sequence(self, start: Any, depth: int) -> Node:
        items: list[Node] = []
        event = next(self.events)
        while not isinstance(event, yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
            event = next(self.events)
        return Node(items, self._mark(start, event), {}, *_extent(items))

    def _mapping(self, start: Any, depth: int) -> Node:
        children: dict[str, Node] = {}
        keys: dict[str, Mark] = {}
        merged: list[Node] = []
        event = next(self.events)
        while not isinstance(event, yaml.MappingEndEvent):
            key = self._key(event, depth)
            mark = self._mark(event)
            value = self._node(next(self.events), depth + 1)
            if key == "<<" and not getattr(event, "style", None):
                merged += self._merge_sources(value)
            elif key is not None and key in children:
                line = keys[key].place.line
                self.complaints.append(
                    self._complaint(
                        _('the key "{key}" stands twice: in line {line} and in line {line2}.').format(
                            key=key, line=line, line2=mark.place.line
                        ),
                        mark,
                    )
                )
            elif key is not None:
                children[key], keys[key] = value, mark
            event = next(self.events)
        for source in merged:
            for key, child in source.children.items():
                if key not in children:
                    children[key], keys[key] = child, source.keys[key]
        return Node(children, self._mark(start, event), keys, *_extent(children.values()))

    def _key(self, event: Any, depth: int) -> str | None:
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor:
                self.anchors[event.anchor] = Node(event.value, self._mark(event))
            return str(event.value)
        node = self._node(event, depth + 1)
        if isinstance(node.value, (dict, list)):
            self.complaints.append(self._complaint(_("a key must be a word or a number."), node.mark))
            return None
        return str(node.value)

    def _merge_sources(self, value: Node) -> list[Node]:
        sources = value.entries if isinstance(value.value, list) else [value]
        for one in sources:
            if not isinstance(one.value, dict):
                self.complaints.append(
                    self._complaint(_("<< takes a mapping, such as *name of one defined above."), one.mark)
                )
        return [one for one in sources if isinstance(one.value, dict)]

    def _place(self, line: int, column: int = 0) -> Place:
        return Place(self.file, line, column)

    def _mark(self, event: Any, end: Any = None) -> Mark:
        start = event.start_mark
        stop = (end or event).end_mark
        flow = end is None or getattr(event, "flow_style", False)
        width = stop.column - start.column if flow and stop.line == start.line else 0
        return Mark(self._place(start.line + 1, start.column + 1), width)

    def _complaint(self, message: str, mark: Mark) -> Complaint:
        return Complaint(message, mark.place, mark.width)

    def _fatal(self, message: str, mark: Mark) -> InputError:
        return InputError([*self.complaints, self._complaint(message, mark)], self.file)


def _extent(nodes: Any) -> tuple[int, int]:
    size, depth = 1, 1
    for node in nodes:
        size += node.size
        depth = max(depth, node.depth + 1)
    return size, depth


def _syntax_complaint(error: yaml.YAMLError, text: str, file: str) -> Complaint:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        position = getattr(error, "position", 0)
        line = text[:position].count("\n") + 1 if isinstance(position, int) else 0
        return Complaint(_("a character here cannot stand in YAML text."), Place(file, line))
    place = Place(file, mark.line + 1, mark.column + 1)
    lines = text.splitlines()
    for number in range(mark.line, max(-1, mark.line - 2), -1):
        indent = re.match(r"\s*", lines[number]) if number < len(lines) else None
        if indent and "\t" in indent[0]:
            column = indent[0].index("\t") + 1
            return Complaint(_("a tab stands in the indentation; use spaces."), Place(file, number + 1, column), 1)
    return Complaint(_syntax_words(str(getattr(error, "problem", "") or "")), place)


def _syntax_words(problem: str) -> str:
    known = {
        "mapping values are not allowed": _(
            "a colon stands where none is expected: a line above is unfinished, or a text with a colon "
            "lacks its quotes."
        ),
        "could not find expected ':'": _("a colon is missing after the key."),
        "did not find expected ',' or ']'": _("a list in [ ] is not closed, or lacks a comma."),
        "did not find expected ',' or '}'": _("a mapping in { } is not closed, or lacks a comma."),
        "did not find expected key": _("a key was expected, indented like the lines above."),
        "did not find expected '-' indicator": _("a list entry starting with - was expected; check the indentation."),
        "exceeded maximum nesting depth": _("nested more than {limit} deep.").format(limit=DEPTH_LIMIT),
        "found unexpected end of stream": _("a quote is not closed."),
        "found character that cannot start any token": _(
            "this character cannot start a value; put the text in quotes."
        ),
    }
    for start, words in known.items():
        if problem.startswith(start):
            return words
    return _("this is not YAML: {problem}.").format(problem=problem or _("not readable"))


def scalar_text(value: Any) -> str:
    """A scalar as YAML, in quotes where a reader of YAML 1.1 or 1.2 might take it for something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _OTHER_WORDS and text not in _WORDS and not _INT.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def flow_text(value: Any) -> str:
    """Plain values as YAML on one line, readable by `parse_yaml`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar_text(key)}: {flow_text(child)}" for key, child in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow_text(child) for child in value) + "]"
    return scalar_text(value)
