"""What pydantic found wrong, in a planner's words and at the right place of the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from patrolplan.config.shape import UnknownKey, walk
from patrolplan.config.source import Mark, Node
from patrolplan.errors import Complaint, nearest
from patrolplan.language import _
from patrolplan.units import MissingUnit

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]
_BARE_RATE = re.compile(r"(\d+(?:\.\d+)?)\s+((?:per|a|in)\s+.+)")
_WRONG_TYPE = frozenset(
    (
        "model_type",
        "model_attributes_type",
        "dict_type",
        "tuple_type",
        "list_type",
        "string_type",
        "int_type",
        "none_required",
    )
)


@dataclass(frozen=True, slots=True)
class _Fault:
    """One pydantic error with its path through the nodes, union arms left out."""

    path: Path
    arm: tuple[Path, str] | None
    kind: str
    context: Mapping[str, Any]
    value: Any
    text: str


def validated(node: Node, model: type[Model], path: Path = ()) -> tuple[Model | None, list[tuple[Path, Complaint]]]:
    """A node read as a model, or everything that is wrong with it.

    Returns
    -------
    tuple
        The model (None if there are complaints), and each complaint with the path of the value that it is about.
    """
    unknown = [one for one in walk(node, model) if isinstance(one, UnknownKey)]
    found = [((*path, *one.path, one.key), one.complaint()) for one in unknown]
    try:
        result = model.model_validate(node.plain())
    except ValidationError as error:
        faults = _best_arms([_fault(node, one) for one in error.errors(include_url=False)])
        for fault in faults:
            if fault.kind == "extra_forbidden" or _misspelt(fault, unknown):
                continue
            found.append(((*path, *fault.path), _complaint(node, fault)))
        if not found:
            found.append((path, Complaint(_("this is not understood."), node.mark.place, node.mark.width)))
        return None, found
    return (None if found else result), found


def _fault(root: Node, error: Any) -> _Fault:
    path: list[str | int] = []
    arm: tuple[Path, str] | None = None
    node: Node | None = root
    steps: Sequence[str | int] = error["loc"]
    for index, step in enumerate(steps):
        if step == "[key]":
            continue
        child: Node | None = None
        if node is not None and isinstance(step, str):
            child = node.children.get(step)
        elif node is not None and isinstance(step, int) and step < len(node.entries):
            child = node.entries[step]
        is_missing = error["type"] == "missing" and index == len(steps) - 1
        if child is None and not is_missing:
            if isinstance(step, str) and arm is None:
                arm = (tuple(path), step)
            continue
        path.append(step)
        node = child
    return _Fault(tuple(path), arm, error["type"], error.get("ctx", {}), error["input"], error["msg"])


def _best_arms(faults: list[_Fault]) -> list[_Fault]:
    """Of the alternatives that all failed at one place, only the one that came closest."""
    arms: dict[Path, dict[str, list[_Fault]]] = {}
    for fault in faults:
        if fault.arm:
            arms.setdefault(fault.arm[0], {}).setdefault(fault.arm[1], []).append(fault)
    kept: list[_Fault] = [fault for fault in faults if fault.arm is None]
    for alternatives in arms.values():
        best: list[_Fault] = max(alternatives.values(), key=_closeness)
        kept += best
    return kept


def _closeness(faults: list[_Fault]) -> tuple[int, bool, int]:
    return max(len(fault.path) for fault in faults), faults[0].kind not in _WRONG_TYPE, -len(faults)


def _misspelt(fault: _Fault, unknown: list[UnknownKey]) -> bool:
    """Whether a missing key is there, only misspelt."""
    if fault.kind != "missing":
        return False
    name = str(fault.path[-1])
    return any(one.path == fault.path[:-1] and f'"{name}"' in nearest(one.key, one.known) for one in unknown)


def _complaint(root: Node, fault: _Fault) -> Complaint:
    mark = mark_of(root, fault.path[:-1] if fault.kind == "missing" else fault.path, at_key=fault.kind == "missing")
    return Complaint(_words(fault), mark.place, mark.width)


def mark_of(root: Node, path: Path, at_key: bool = False) -> Mark:
    """Where the value at a path stands; for mappings and lists (or with `at_key`) the key above it."""
    node, mark = root, root.mark
    for step in path:
        if isinstance(step, int):
            node = node.entries[step]
            mark = node.mark
            continue
        key = node.key_mark(step)
        node = node.children[step]
        mark = key if at_key or isinstance(node.value, (dict, list)) else node.mark
    return mark


def _words(fault: _Fault) -> str:
    name = next((str(step) for step in reversed(fault.path) if isinstance(step, str)), "")
    given = shown(fault.value)
    context = fault.context
    if fault.kind == "missing":
        return _('"{name}" is missing.').format(name=name)
    if fault.kind == "value_error":
        return _sentence(name, _with_period(context.get("error", fault.text), fault.value))
    if fault.kind == "literal_error":
        return _("{name} must be {choices}, not {given}.{hint}").format(
            name=name, choices=_choices(str(context["expected"])), given=given, hint=_nearest_choice(fault)
        )
    limits = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt", "less_than": "lt"}
    if fault.kind in limits:
        key = limits[fault.kind]
        phrase = {"ge": _("at least"), "le": _("at most"), "gt": _("more than"), "lt": _("less than")}[key]
        return _("{name} must be {phrase} {limit}, not {given}.").format(
            name=name, phrase=phrase, limit=context[key], given=given
        )
    kinds = {
        "int": _("a whole number"),
        "float": _("a number"),
        "bool": _("true or false"),
        "string": _("text"),
        "model": _("a mapping of keys and values"),
        "dict": _("a mapping of keys and values"),
        "tuple": _("a list"),
        "list": _("a list"),
    }
    kind = kinds.get(fault.kind.partition("_")[0])
    if kind:
        return _("{name} must be {kind}, not {given}.").format(name=name or _("this"), kind=kind, given=given)
    return _sentence(name, fault.text)


def _sentence(name: str, message: str) -> str:
    text = message if message.endswith((".", "?")) else f"{message}."
    return text if text.startswith(name) else f"{name}: {text}"


def _with_period(error: Any, value: Any) -> str:
    """The remedy for a number without unit that has a period: ``24h per week`` for ``24 per week``."""
    match = _BARE_RATE.fullmatch(str(value).strip())
    if match is None or not isinstance(error, MissingUnit):
        return str(error)
    return _("hours need a unit, such as {hours}h {period}.").format(hours=match[1], period=match[2])


def _choices(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", _(" or "))


def _nearest_choice(fault: _Fault) -> str:
    choices = [one.strip(" '") for one in str(fault.context["expected"]).replace(" or ", ",").split(",")]
    return nearest(str(fault.value), [one for one in choices if one])


def shown(value: Any) -> str:
    """A value as a message shows it."""
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
    if isinstance(value, dict):
        return _("a mapping")
    return _("a list") if isinstance(value, (list, tuple)) else str(value)
