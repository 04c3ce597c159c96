"""Whether enough people, and enough of each kind, are on duty at every minute."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from patrolplan.findings import Finding, Severity
from patrolplan.language import _
from patrolplan.problem import Demand, Problem, Rule, Window
from patrolplan.roster import Duty, Roster, Stretch
from patrolplan.rules.verdict import count_text
from patrolplan.units import COST_SCALE, Span, count_steps, merge_spans

Posted = Mapping[int, tuple[tuple[Duty, Stretch], ...]]
"""Stretches that count for cover, with their duties, by post."""

_JUDGEMENT = {
    "staff": ("PP101", Severity.GAP),
    "qualified": ("PP102", Severity.GAP),
    "rank": ("PP102", Severity.GAP),
    "at_most": ("PP104", Severity.SOFT),
    "ideal": ("PP106", Severity.NOTE),
    "surplus": ("PP107", Severity.NOTE),
}


@dataclass(frozen=True, slots=True)
class Presence:
    """How many people of the kind that a demand counts are present in (a piece of) one of its windows."""

    window: Window
    start: int
    end: int
    people: int


@dataclass(frozen=True, slots=True)
class _Miss:
    presence: Presence
    people: int
    """How many people are missing, or too many."""

    @property
    def person_minutes(self) -> int:
        return self.people * (self.presence.end - self.presence.start)


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per demand and unbroken time with the same shortfall or surplus (PP101, 102, 104, 106, 107)."""
    posted = posted_stretches(roster)
    for demand in problem.demands:
        if demand.kind == "surplus" and not demand.cost:
            continue
        misses = _misses(demand, presence(problem, demand, posted))
        for _group, group in groupby(misses, key=lambda miss: miss.presence.window.group):
            for miss, cost in _priced(demand, list(group)):
                yield _finding(problem, rule, demand, miss, cost)


def posted_stretches(roster: Roster) -> Posted:
    """Stretches by post, without standby and training."""
    found: dict[int, list[tuple[Duty, Stretch]]] = defaultdict(list)
    for duty in roster.duties:
        if duty.kind == "duty":
            for stretch in duty.stretches:
                if stretch.post is not None:
                    found[stretch.post].append((duty, stretch))
    return {post: tuple(stretches) for post, stretches in found.items()}


def presence(problem: Problem, demand: Demand, posted: Posted) -> Iterator[Presence]:
    """How many distinct people count for a demand, minute by minute, in each of its windows."""
    if not demand.windows:
        return
    first = min(window.start for window in demand.windows)
    last = max(window.end for window in demand.windows)
    turns = {window.turn for window in demand.windows}
    spans = _spans_by_turn(problem, demand, posted, turns)
    steps = {turn: count_steps(spans.get(turn, ()), first, last) for turn in turns if turn is None or turn in spans}
    for window in sorted(demand.windows, key=lambda one: (one.group, one.start)):
        pieces = steps.get(window.turn, [(first, last, 0)])
        index = bisect_right(pieces, window.start, key=lambda piece: piece[0]) - 1
        for start, end, people in pieces[index:]:
            if start >= window.end:
                break
            yield Presence(window, max(start, window.start), min(end, window.end), people)


def _spans_by_turn(
    problem: Problem, demand: Demand, posted: Posted, turns: Iterable[tuple[int, int] | None]
) -> dict[tuple[int, int] | None, list[Span]]:
    """Spans of presence, one person at most once at any minute, for the clock (None) and for each turn asked for."""
    wanted = set(turns)
    found: dict[tuple[int, int] | None, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for post in sorted(demand.posts):
        for duty, stretch in posted.get(post, ()):
            if not counts(problem, demand, duty):
                continue
            span = (stretch.start, stretch.end)
            if None in wanted:
                found[None][duty.person].append(span)
            if duty.shift is not None and (duty.day, duty.shift) in wanted:
                found[duty.day, duty.shift][duty.person].append(span)
    return {
        turn: [span for spans in by_person.values() for span in merge_spans(spans)] for turn, by_person in found.items()
    }


def counts(problem: Problem, demand: Demand, duty: Duty) -> bool:
    """Whether the person on a duty is of the kind that the demand counts."""
    who = problem.people[duty.person]
    if demand.kind == "qualified":
        return who.holds(demand.label, problem.last_date(duty.end))
    if demand.kind == "rank":
        return who.rank is not None and who.rank >= problem.ranks.index(demand.label)
    return True


def _misses(demand: Demand, presences: Iterable[Presence]) -> Iterator[_Miss]:
    """Pieces with too few or too many people; equal neighbours of one window group are joined."""
    last: _Miss | None = None
    for piece in presences:
        people = piece.people - piece.window.count if demand.is_upper else piece.window.count - piece.people
        if people <= 0:
            continue
        if last is not None and _continues(last.presence, piece):
            last = replace(last, presence=replace(last.presence, end=piece.end))
            continue
        if last is not None:
            yield last
        last = _Miss(piece, people)
    if last is not None:
        yield last


def _continues(before: Presence, piece: Presence) -> bool:
    one, other = before.window, piece.window
    same = (one.group, one.turn, one.count, before.people) == (other.group, other.turn, other.count, piece.people)
    return same and before.end == piece.start


def _priced(demand: Demand, misses: list[_Miss]) -> Iterator[tuple[_Miss, int]]:
    """The misses of one window group with their costs: by the hour, or once for the largest."""
    worst = max(range(len(misses)), key=lambda index: (misses[index].people, -index))
    for index, miss in enumerate(misses):
        if demand.per == "hour":
            yield miss, demand.cost * miss.person_minutes
        else:
            yield miss, demand.cost * COST_SCALE * miss.people if index == worst else 0


def _finding(problem: Problem, rule: Rule, demand: Demand, miss: _Miss, cost: int) -> Finding:
    code, severity = _JUDGEMENT[demand.kind]
    site, post = _names(problem, demand)
    return Finding(
        code,
        severity,
        _message(demand, miss),
        rule=rule.id,
        site=site,
        post=post,
        start=miss.presence.start,
        end=miss.presence.end,
        actual=miss.presence.people,
        required=miss.presence.window.count,
        unit="people",
        cost=cost,
        level=demand.level,
        place=demand.place,
        label=demand.label,
    )


def _names(problem: Problem, demand: Demand) -> tuple[str, str]:
    """Site name and post key of what a demand binds; the group's name if it is more than a site."""
    sites = {problem.posts[post].site for post in demand.posts}
    site = problem.sites[sites.pop()].name if len(sites) == 1 else demand.where
    post = problem.posts[next(iter(demand.posts))].key if len(demand.posts) == 1 else ""
    return site, post


def _message(demand: Demand, miss: _Miss) -> str:
    here, need = miss.presence.people, miss.presence.window.count
    people = count_text(here, "person", "people")
    match demand.kind:
        case "at_most":
            return _("{people} on duty at {where}; at most {need} may be").format(
                people=people, where=demand.where, need=need
            )
        case "surplus":
            return _("{people} on duty at {where}; {need} would do").format(
                people=people, where=demand.where, need=need
            )
        case "ideal":
            return _("{people} on duty at {where}; {need} would be ideal").format(
                people=people, where=demand.where, need=need
            )
        case "qualified":
            return _("{people} with {label} on duty at {where}; {need} needed").format(
                people=people, label=demand.label, where=demand.where, need=need
            )
        case "rank":
            return _("{people} of rank {label} or above on duty at {where}; {need} needed").format(
                people=people, label=demand.label, where=demand.where, need=need
            )
    return _("{people} on duty at {where}; {need} needed").format(people=people, where=demand.where, need=need)
