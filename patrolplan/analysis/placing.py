"""Why somebody is, or is not, on a duty: what the audit says of the roster with it and without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePath

from patrolplan.analysis.gaps import GAP_CODES
from patrolplan.analysis.remedies import NUMBERED
from patrolplan.audit import Audit, Candidates, Leaving, Shortfall, audit, candidate_duty, complete
from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.language import _
from patrolplan.problem import Problem, Slot
from patrolplan.roster import Duty, Roster, make_roster
from patrolplan.units import DAY_MINUTES, duration_text, overlap

NEAR = 10 * DAY_MINUTES
"""Own duties further away are not looked at as what could be given up."""
MOST_WAYS = 6
MOST_GIVEN_UP = 8
"""Own duties, nearest first, of which one or two could be given up."""


@dataclass(frozen=True, slots=True)
class Way:
    """Something that would have to change.

    Attributes
    ----------
    words
        What.
    enough
        Whether it is enough by itself, tried out by the audit's checks.
    leaves
        Needs that would be short then.
    """

    words: str
    enough: bool
    leaves: tuple[Shortfall, ...] = ()


@dataclass(frozen=True)
class Placing:
    """A person and a duty.

    Attributes
    ----------
    held
        The duty, if the person is on it.
    is_asked
        Whether anybody is asked for there at that time.
    broken
        Hard rules that would be broken: with the duty if the person is not on it, without it if so.
    opened, closed
        Gaps that there would be then, and gaps that would go.
    bent
        Rules that bend and would cost more.
    ways
        What would have to change.
    """

    person: int
    slot: Slot
    held: Duty | None
    is_asked: bool
    broken: tuple[Finding, ...]
    opened: tuple[Finding, ...]
    closed: tuple[Finding, ...]
    bent: tuple[Finding, ...]
    ways: tuple[Way, ...] = ()


def placing(problem: Problem, roster: Roster, person: int, slot: Slot) -> Placing:
    """What speaks for and against a duty of somebody.

    Parameters
    ----------
    roster
        As it is; given duties are added where it lacks them.
    slot
        The duty.
    """
    whole = complete(problem, roster)
    held = next((duty for duty in whole.of(person) if _is(duty, slot)), None)
    if held is not None:
        gone = set(held.stretches)
        other = make_roster(problem, [one for one in whole.stretches if one not in gone])
    else:
        other = make_roster(problem, [*whole.stretches, *candidate_duty(person, slot).stretches])
    before, after = audit(problem, whole), audit(problem, other)
    new, gone_findings = _difference(before, after)
    is_asked = any((one.post, one.shift, one.day) == (slot.post, slot.shift, slot.day) for one in problem.slots)
    broken = tuple(one for one in new if one.severity is Severity.HARD and one.code not in GAP_CODES)
    return Placing(
        person,
        slot,
        held,
        is_asked,
        broken,
        tuple(one for one in new if _is_gap(one) and not any(_is_part(one, other) for other in gone_findings)),
        tuple(one for one in gone_findings if _is_gap(one) and not any(_is_part(one, other) for other in new)),
        tuple(one for one in new if one.severity is Severity.SOFT and one.code not in GAP_CODES),
        () if held is not None or not broken else tuple(_ways(problem, whole, person, slot, broken)),
    )


def _is(duty: Duty, slot: Slot) -> bool:
    there = any(one.post == slot.post for one in duty.stretches)
    return there and not duty.on_call and duty.day == slot.day and duty.shift == slot.shift


def _difference(before: Audit, after: Audit) -> tuple[list[Finding], list[Finding]]:
    """Findings that come and findings that go."""
    first, second = Counter(before.findings), Counter(after.findings)
    return list((second - first).elements()), list((first - second).elements())


def _is_gap(finding: Finding) -> bool:
    return finding.code in GAP_CODES and finding.severity is not Severity.NOTE


def _is_part(finding: Finding, other: Finding) -> bool:
    """Whether a gap is a part of another one of the same need, and no deeper."""
    same = (finding.code, finding.site, finding.post, finding.place) == (
        other.code,
        other.site,
        other.post,
        other.place,
    )
    inside = (other.start or 0) <= (finding.start or 0) and (finding.end or 0) <= (other.end or 0)
    return same and inside and (finding.actual or 0) >= (other.actual or 0)


def _ways(problem: Problem, roster: Roster, person: int, slot: Slot, broken: Sequence[Finding]) -> list[Way]:
    candidates, leaving = Candidates(problem, roster), Leaving(problem, roster)
    near = [
        duty
        for duty in roster.of(person)
        if not duty.on_call and duty.start >= problem.start and abs(duty.start - slot.start) <= NEAR
    ]
    nearest = sorted(near, key=lambda one: (abs(one.start - slot.start), one.start))[:MOST_GIVEN_UP]
    found: list[Way] = []
    pinned: list[Way] = []
    for given_up in (*((duty,) for duty in nearest), *combinations(nearest, 2)):
        if len(given_up) > 1 and found:
            break
        obstacle = candidates.obstacle(person, slot, given_up)
        if obstacle is not None and obstacle.code == "PP211" and len(given_up) == 1:
            pinned.append(Way(f"{_taken_over(problem, given_up)}, {_rule_words(problem, person, obstacle)}", False))
        if obstacle is None:
            short = tuple(one for duty in given_up for one in leaving.shortfalls(duty, _moved_to(duty, slot)))
            found.append(Way(_taken_over(problem, given_up), True, short))
    found.sort(key=lambda one: len(one.leaves) > 0)
    alone = len({one.rule for one in broken}) == 1 and not any(one.code in ("PP202", "PP203") for one in broken)
    rules = [Way(_rule_words(problem, person, one), alone and one.code in NUMBERED) for one in broken]
    return [*found[:MOST_WAYS], *(() if found else pinned[:1]), *dict.fromkeys(way for way in rules if way.words)]


def _moved_to(duty: Duty, slot: Slot) -> int | None:
    """The post to which somebody moves from a duty at the same time; None if the slot is at another time."""
    return slot.post if overlap((duty.start, duty.end), (slot.start, slot.end)) else None


def _taken_over(problem: Problem, duties: Sequence[Duty]) -> str:
    named = [
        f"{problem.posts[duty.post].key if duty.post is not None else ''} "
        f"{problem.zone.span_text(duty.start, duty.end)}".strip()
        for duty in sorted(duties, key=lambda one: one.start)
    ]
    if len(named) == 1:
        return _("somebody else takes {duty}").format(duty=named[0])
    return _("others take {one} and {other}").format(one=named[0], other=named[1])


def _rule_words(problem: Problem, person: int, finding: Finding) -> str:
    """What a rule or a fact would have to be."""
    who = problem.people[person]
    place = _place_text(finding.place)
    if finding.code == "PP201":
        return _("the absence at {place} ends or begins otherwise").format(place=place)
    if finding.code == "PP210":
        own = _place_text(who.place)
        return _("{person} is given what is missing, at {place}").format(person=who.name or who.id, place=own)
    if finding.code == "PP211":
        return _("the pin at {place} is changed").format(place=place)
    if finding.code not in NUMBERED or finding.actual is None or finding.actual < 0:
        return ""
    hours = finding.unit == "h"
    value = duration_text(round(finding.actual * 60)) if hours else f"{finding.actual:g} {finding.unit}".strip()
    return _("the rule {rule} at {place} allows {value}").format(rule=finding.rule, place=place, value=value)


def _place_text(place: Place) -> str:
    file = PurePath(place.file).name
    return f"{file}:{place.line}" if place.line else file
