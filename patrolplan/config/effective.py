"""The effective operation as text: every line with its origin, and what is needed when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from patrolplan.config.folder import Folder
from patrolplan.config.merging import Merged, NamedRule, read_merged
from patrolplan.config.resolve import resolve
from patrolplan.config.source import Mark, Node, scalar_text
from patrolplan.language import _, later
from patrolplan.problem import Demand, Problem, Window
from patrolplan.units import DAY_MINUTES, Span, clock_text


def effective_text(path: Path) -> str:
    """The operation after merging as YAML with origins, followed by a table of needs as comments."""
    problem = resolve(path).problem
    merged = read_merged(Folder(path))
    lines = list(_mapping_lines(_whole(merged), 0))
    width = min(72, max((len(text) for text, _ in lines), default=0))
    body = [
        f"{text:<{width}}  # {mark.place.file}:{mark.place.line}" if mark.place.line else text for text, mark in lines
    ]
    table = [f"# {line}".rstrip() for line in (*needs_lines(problem), *holiday_lines(problem))]
    return "\n".join([*body, "", *table]) + "\n"


def _whole(merged: Merged) -> Node:
    children = dict(merged.root.children)
    keys = dict(merged.root.keys)
    if "contracts" in children and children["contracts"].value is not None:
        children["contracts"] = _with_contract_rules(children["contracts"], merged)
    general = [rule for rule in merged.rules if not rule.contract]
    if general:
        children["rules"] = _rules_node(general)
    return Node(children, merged.root.mark, keys)


def _with_contract_rules(contracts: Node, merged: Merged) -> Node:
    children = dict(contracts.children)
    for name in dict.fromkeys(rule.contract for rule in merged.rules if rule.contract):
        contract = children.get(name, Node({}))
        rules = _rules_node([rule for rule in merged.rules if rule.contract == name])
        children[name] = Node({**contract.children, "rules": rules}, Mark(contract.mark.place), contract.keys)
    return Node(children, Mark(contracts.mark.place), contracts.keys)


def _rules_node(rules: Sequence[NamedRule]) -> Node:
    return Node([_with_id(rule.node, rule.own_id) for rule in rules], Mark(rules[0].node.mark.place))


def _with_id(node: Node, identity: str) -> Node:
    """The rule with its id written out, where it is a mapping."""
    ((name, body),) = node.children.items()
    if not isinstance(body.value, dict) or "id" in body.children:
        return node
    inner = Node({"id": Node(identity, body.mark), **body.children}, body.mark, {"id": body.mark, **body.keys})
    return Node({name: inner}, node.mark, node.keys)


Line = tuple[str, Mark]


def _mapping_lines(node: Node, indent: int) -> Iterator[Line]:
    for key, child in node.children.items():
        head = " " * indent + scalar_text(key) + ":"
        mark = node.keys.get(key) or child.mark
        yield from _value_lines(head, child, mark, indent + 2)


def _value_lines(head: str, node: Node, mark: Mark, indent: int) -> Iterator[Line]:
    flow = _flow(node)
    if flow is not None:
        yield f"{head} {flow}", mark
    elif isinstance(node.value, dict):
        yield head, mark
        yield from _mapping_lines(node, indent)
    else:
        yield head, mark
        for item in node.entries:
            yield from _item_lines(item, indent)


def _item_lines(item: Node, indent: int) -> Iterator[Line]:
    dash = " " * indent + "- "
    if _flow(item) is not None or not isinstance(item.value, dict):
        yield from _value_lines(dash[:-1], item, item.mark, indent + 2)
        return
    lines = _mapping_lines(item, indent + 2)
    first, mark = next(lines)
    yield dash + first[len(dash) :], mark
    yield from lines


def _flow(node: Node) -> str | None:
    """A value on one line if it stands on one line in its file or is empty, else None."""
    if not isinstance(node.value, (dict, list)):
        return scalar_text(node.value)
    is_plain_list = isinstance(node.value, list) and not any(isinstance(one.value, (dict, list)) for one in node.value)
    if node.value and not node.mark.width and not is_plain_list:
        return None
    texts = [_flow(child) for child in (node.entries or node.children.values())]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts):
        return None
    if isinstance(node.value, list):
        return f"[{', '.join(known)}]"
    return "{" + ", ".join(f"{scalar_text(key)}: {text}" for key, text in zip(node.children, known, strict=True)) + "}"


def needs_lines(problem: Problem) -> Iterator[str]:
    """For each post, site and group with needs: dates, and within a date the counts by the clock."""
    yield _("What is needed when")
    by_target: dict[str, list[Demand]] = {}
    for demand in problem.demands:
        if demand.kind != "surplus":
            by_target.setdefault(demand.where, []).append(demand)
    for where, demands in by_target.items():
        yield ""
        yield where
        for (first, last), pattern in _runs(problem, demands):
            dates = problem.zone.day_text(first) + ("" if first == last else f" - {problem.zone.day_text(last)}")
            for number, (clock, counts) in enumerate(pattern):
                yield f"  {dates if not number else '':<23}  {clock}  {counts}"


def holiday_lines(problem: Problem) -> Iterator[str]:
    """The public holidays of the operation, if there are any."""
    inside = [day for day in problem.holidays if problem.first_day <= day <= problem.last_day]
    if inside:
        yield ""
        yield _("Public holidays")
    for day in inside:
        yield f"  {problem.zone.day_text(day):<23}  {problem.holidays[day]}"


Pattern = tuple[tuple[str, str], ...]


def _runs(problem: Problem, demands: list[Demand]) -> Iterator[tuple[tuple[int, int], Pattern]]:
    """Consecutive dates on which the same is needed; a date runs from where it begins to where the next begins."""
    first, last = problem.first_day - 1, problem.last_day + 1
    current: Pattern = ()
    since = first
    for day in range(first, last + 1):
        span = (problem.zone.instant(day, problem.day_starts), problem.zone.instant(day + 1, problem.day_starts))
        pattern = _pattern(problem, demands, span)
        if pattern != current:
            if current:
                yield (since, day - 1), current
            current, since = pattern, day
    if current:
        yield (since, last), current


def _pattern(problem: Problem, demands: list[Demand], span: Span) -> Pattern:
    held = [
        (demand, window)
        for demand in demands
        for window in demand.windows
        if window.turn is None and window.start < span[1] and window.end > span[0]
    ]
    edges = {max(span[0], problem.start), min(span[1], problem.end)}
    edges |= {edge for _, window in held for edge in (window.start, window.end) if span[0] < edge < span[1]}
    cuts = sorted(edges)
    found: list[tuple[str, str]] = []
    for start, end in pairwise(cuts):
        counts = [(demand, window) for demand, window in held if window.start <= start and end <= window.end]
        if counts:
            found.append((_clocks(problem, start, end), _counts_text(counts)))
    for shift in problem.shifts:
        for demand in demands:
            for window in demand.windows:
                if window.turn and span[0] <= window.start < span[1] and problem.shifts[window.turn[1]] is shift:
                    found.append((f"{shift.name:<11}", _counts_text([(demand, window)])))
    return tuple(found)


def _clocks(problem: Problem, start: int, end: int) -> str:
    opens, closes = problem.zone.local(start)[1], problem.zone.local(end)[1]
    return _("all day").ljust(11) if end - start >= DAY_MINUTES else f"{clock_text(opens)}-{clock_text(closes)}"


_ORDER = ("staff", "qualified", "rank", "ideal", "at_most")
_WORDS: Mapping[str, str] = {
    "staff": later("staff"),
    "ideal": later("ideal"),
    "at_most": later("at most"),
    "rank": later("from rank"),
}


def _counts_text(counts: list[tuple[Demand, Window]]) -> str:
    parts = []
    for demand, window in sorted(counts, key=lambda one: _ORDER.index(one[0].kind)):
        kind = _(_WORDS[demand.kind]) if demand.kind in _WORDS else ""
        name = " ".join(part for part in (kind, demand.label) if part)
        parts.append(f"{name} {window.count}")
    return ", ".join(parts)
