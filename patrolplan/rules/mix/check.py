"""Whether enough of the people on duty at a place have a quality, at every minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import cast

from patrolplan.findings import Finding
from patrolplan.language import _, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.mix.spec import Mix
from patrolplan.rules.verdict import count_text, is_past, posts_named, violation
from patrolplan.units import Span, intersect_spans

REASON = later("too few of the asked kind with one more")


@dataclass(frozen=True, slots=True)
class _Time:
    """A stretch of time with the same number of people, and of people with the quality."""

    start: int
    end: int
    people: int
    able: int


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One finding per place and unbroken time with the same people too few (PP303)."""
    spec = cast(Mix, rule.spec)
    bound: list[Span] = [(problem.start, problem.end)]
    if rule.during is not None:
        bound = intersect_spans(bound, rule.during)
    for name in spec.at or [post.key for post in problem.posts]:
        there = list(_stretches(roster, posts_named(problem, [name])))
        for one in _joined(_times(problem, rule, there, bound)):
            required = _required(spec, one.people)
            if one.able < required:
                yield _finding(problem, rule, name, one, required)


def _required(spec: Mix, people: int) -> int:
    by_share = (people * spec.share + 99) // 100
    return max(by_share, min(spec.min, people))


def _stretches(roster: Roster, posts: frozenset[int]) -> Iterator[tuple[Duty, Span]]:
    for duty in roster.duties:
        if duty.kind == "duty":
            for stretch in duty.stretches:
                if stretch.post in posts:
                    yield duty, (stretch.start, stretch.end)


def _times(problem: Problem, rule: Rule, there: Iterable[tuple[Duty, Span]], bound: list[Span]) -> Iterator[_Time]:
    """Every stretch of time in which somebody is there whose duty belongs to the operation."""
    spec = cast(Mix, rule.spec)
    coming = deque(
        sorted(((span, duty, _is_able(problem, spec, duty)) for duty, span in there), key=lambda one: one[0])
    )
    edges = {instant for span in bound for instant in span} | {instant for span, _, _ in coming for instant in span}
    present: list[tuple[Span, Duty, bool]] = []
    for start, end in pairwise(sorted(edges)):
        while coming and coming[0][0][0] <= start:
            present.append(coming.popleft())
        present = [one for one in present if one[0][1] > start]
        if not any(opens <= start < closes for opens, closes in bound):
            continue
        if any(not is_past(problem, duty) for _, duty, _ in present):
            people = {duty.person for _, duty, _ in present}
            yield _Time(start, end, len(people), len({duty.person for _, duty, is_able in present if is_able}))


def _is_able(problem: Problem, spec: Mix, duty: Duty) -> bool:
    """Whether the person has the quality during the whole duty."""
    who = problem.people[duty.person]
    if spec.of:
        last = problem.last_date(duty.end)
        return any(who.holds(name, last) for name in spec.of)
    if spec.rank_from:
        return who.rank is not None and problem.ranks[who.rank] in problem.ranks[problem.ranks.index(spec.rank_from) :]
    return who.sex == spec.sex


def _joined(times: Iterable[_Time]) -> Iterator[_Time]:
    last: _Time | None = None
    for one in times:
        if last is not None and (last.end, last.people, last.able) == (one.start, one.people, one.able):
            last = replace(last, end=one.end)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _finding(problem: Problem, rule: Rule, name: str, time: _Time, required: int) -> Finding:
    spec = cast(Mix, rule.spec)
    quality = _(" or ").join(spec.of) or (
        _("rank {rank_from} or above").format(rank_from=spec.rank_from)
        if spec.rank_from
        else _("sex {sex}").format(sex=spec.sex)
    )
    found = violation(
        problem,
        rule,
        "PP303",
        _("{able} of {people} on duty at {name} with {quality}; {required} needed").format(
            able=time.able,
            people=count_text(time.people, "person", "people"),
            name=name,
            quality=quality,
            required=required,
        ),
        amount=(required - time.able) * (time.end - time.start),
        span=(time.start, time.end),
        actual=time.able,
        required=required,
        unit="people",
    )
    is_post = name in problem.post_index
    site = problem.sites[problem.posts[problem.post_index[name]].site].name if is_post else name
    return replace(found, site=site, post=name if is_post else "")
