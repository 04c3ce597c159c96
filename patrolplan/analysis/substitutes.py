"""Who can step in for a duty, best first, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from patrolplan.analysis.difference import GapChange, absence_reason, gap_changes
from patrolplan.analysis.fairness import loads
from patrolplan.audit import Candidates, complete
from patrolplan.findings import Finding, Severity
from patrolplan.language import _
from patrolplan.problem import AT_LEAST, Problem, Slot
from patrolplan.roster import Duty, Roster, Stretch, duty_name, make_roster
from patrolplan.rules.checks import LINKING, PERSONAL, REASONS
from patrolplan.units import COST_SCALE, Period, Span, overlap

NEAR = 36 * 60
"""Minutes between the duty and another one that somebody might give up for it, at most."""
IN_THE_WAY = ("PP202", "PP203", "PP204", "PP209")
"""Findings that go away if somebody gives up a duty nearby."""
JUDGED = 12
"""People for whom all soft rules are judged; of the others only their own rules and their shares are."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who can take a duty, and what follows.

    Attributes
    ----------
    gives_up
        The duty that must be given up for it, or None.
    calls
        Standby at that time, which ends.
    gaps
        What it changes in the cover, against nobody stepping in.
    left_open
        Person-minutes that stay open at the duty's own post all the same.
    rest_before, rest_after
        Minutes to the nearest duties, or None where there is none.
    week_minutes, total_minutes
        Duty in the week and in the operation afterwards.
    given
        Minutes from hearing of it to the start, where that is less than the notice of the contract; else None.
    cost
        What soft rules cost more, in sixtieths of a weight, on all levels but that of cover together.
    bent
        Soft findings that are new.
    """

    person: int
    gives_up: Duty | None
    calls: tuple[Duty, ...]
    gaps: tuple[GapChange, ...]
    left_open: int
    rest_before: int | None
    rest_after: int | None
    week_minutes: int
    total_minutes: int
    given: int | None
    cost: int
    bent: tuple[Finding, ...] = ()

    @property
    def opened(self) -> int:
        """Person-minutes that open elsewhere."""
        return sum(change.opened for change in self.gaps)


@dataclass(frozen=True, slots=True)
class Refusal:
    """People who cannot take a duty for the same reason."""

    phrase: str
    people: tuple[int, ...]
    sample: Finding


@dataclass(frozen=True, slots=True)
class Substitutes:
    """Everybody who is not on the duty: who can step in, best first, and who cannot.

    Attributes
    ----------
    leaving
        Whose duty it is, who does not come; empty if it is open.
    """

    slot: Slot
    leaving: tuple[Duty, ...]
    stand_ins: tuple[StandIn, ...]
    refusals: tuple[Refusal, ...]


def substitutes(problem: Problem, roster: Roster, slot: Slot, leaving: Sequence[Duty], heard: int) -> Substitutes:
    """Rank who can step in.

    Parameters
    ----------
    leaving
        Duties of the roster that fall away first.
    heard
        Instant at which people hear of it.
    """
    return _Ranking(problem, roster, slot, leaving, heard).run()


def without(problem: Problem, roster: Roster, duties: Iterable[Duty]) -> Roster:
    """A roster without some of its duties."""
    gone = set(duties)
    return make_roster(problem, (part for duty in roster.duties if duty not in gone for part in duty.stretches))


def given_duty(problem: Problem, person: int, slot: Slot) -> Duty:
    """A slot as the duty of a person."""
    name = duty_name(problem, person, slot.day, slot.shift)
    stretch = Stretch(person, slot.post, slot.shift, slot.start, slot.end, name)
    return Duty(person, slot.day, slot.shift, slot.start, slot.end, "duty", name, (stretch,))


class _Ranking:
    def __init__(self, problem: Problem, roster: Roster, slot: Slot, leaving: Sequence[Duty], heard: int) -> None:
        self.problem = problem
        self.slot = slot
        self.leaving = tuple(leaving)
        self.heard = heard
        self.base = complete(problem, without(problem, roster, leaving))
        self.candidates = Candidates(problem, self.base)

    def run(self) -> Substitutes:
        """Judge everybody."""
        able: list[tuple[int, Duty | None]] = []
        refused: dict[str, tuple[list[int], Finding]] = {}
        away = {duty.person for duty in self.leaving}
        for person in range(len(self.problem.people)):
            if person in away or self._is_there(person):
                continue
            found = self.candidates.obstacle(person, self.slot)
            other = self._in_the_way(person) if found is not None and found.code in IN_THE_WAY else None
            if found is None or other is not None:
                able.append((person, other))
            else:
                refused.setdefault(self._phrase(person, found), ([], found))[0].append(person)
        refusals = [Refusal(phrase, tuple(people), sample) for phrase, (people, sample) in refused.items()]
        refusals.sort(key=lambda one: (-len(one.people), one.phrase))
        return Substitutes(self.slot, self.leaving, tuple(self._ranked(able)), tuple(refusals))

    def _is_there(self, person: int) -> bool:
        span = (self.slot.start, self.slot.end)
        return any(
            duty.kind == "duty" and duty.post == self.slot.post and overlap(span, (duty.start, duty.end))
            for duty in self.base.of(person)
        )

    def _phrase(self, person: int, found: Finding) -> str:
        if found.code == "PP201":
            duty = given_duty(self.problem, person, self.slot)
            return absence_reason(self.problem, duty) or _(REASONS["PP201"])
        return _(REASONS[found.code]) if found.code in REASONS else found.message

    def _in_the_way(self, person: int) -> Duty | None:
        """The duty nearby that somebody could give up for the slot."""
        slot = self.slot
        near = [
            duty
            for duty in self.base.of(person)
            if not duty.on_call
            and duty.start >= max(self.problem.start, self.problem.window[0])
            and max(duty.start - slot.end, slot.start - duty.end) < NEAR
        ]
        near.sort(key=lambda duty: (abs(duty.start - slot.start), duty.start))
        return next((one for one in near if self.candidates.obstacle(person, slot, (one,)) is None), None)

    # -- consequences ----------------------------------------------------------------------------------------------

    def _ranked(self, able: Sequence[tuple[int, Duty | None]]) -> list[StandIn]:
        shares = self._share_costs(able)
        found = [self._stand_in(person, other, shares.get(person, 0)) for person, other in able]
        found.sort(key=self._order)
        for number, one in enumerate(found[:JUDGED]):
            cost, bent = self._together(one)
            found[number] = replace(one, cost=one.cost + cost, bent=(*one.bent, *bent))
        return sorted(found, key=self._order)

    def _order(self, one: StandIn) -> tuple[bool, int, int, bool, int, bool, int, str]:
        """Whoever gives nothing up, leaves nothing open, hears in time, and costs and has served least comes first."""
        return (
            one.gives_up is not None,
            one.opened,
            one.left_open,
            one.given is not None,
            one.cost,
            bool(one.calls),
            one.week_minutes,
            self.problem.people[one.person].id,
        )

    def _stand_in(self, person: int, other: Duty | None, share_cost: int) -> StandIn:
        slot = self.slot
        held = [duty for duty in self.base.of(person) if duty != other and not duty.on_call]
        calls = [duty for duty in self.base.of(person) if duty.on_call]
        calls = [duty for duty in calls if overlap((duty.start, duty.end), (slot.start, slot.end))]
        gaps, left_open = self._cover(person, other)
        before = [duty.end for duty in held if duty.end <= slot.start]
        after = [duty.start for duty in held if duty.start >= slot.end]
        length, given = slot.end - slot.start, slot.start - self.heard
        cost, bent = self._alone(person, other, calls)
        return StandIn(
            person,
            other,
            tuple(calls),
            gaps,
            left_open,
            slot.start - max(before) if before else None,
            min(after) - slot.end if after else None,
            length + sum(duty.end - duty.start for duty in held if self._is_this_week(duty.day)),
            length + sum(duty.end - duty.start for duty in held if duty.start >= self.problem.start),
            given if given < self.problem.people[person].notice else None,
            cost + share_cost,
            bent,
        )

    def _is_this_week(self, day: int) -> bool:
        ((first, last),) = Period("week").groups(self.slot.day, self.slot.day, self.problem.week_starts)
        return first <= day <= last

    def _after(self, person: int, other: Duty | None, calls: Sequence[Duty], base: Iterable[Duty]) -> list[Duty]:
        gone = {*calls, other}
        duties = [duty for duty in base if duty not in gone]
        duties.append(given_duty(self.problem, person, self.slot))
        return sorted(duties, key=lambda duty: (self.problem.people[duty.person].id, duty.start, duty.end, duty.id))

    def _alone(self, person: int, other: Duty | None, calls: Sequence[Duty]) -> tuple[int, tuple[Finding, ...]]:
        """What the person's own soft rules cost more, and what is new."""
        before = self.base.of(person)
        after = self._after(person, other, calls, before)
        cost, bent = 0, []
        for rule in self.problem.rules:
            if rule.name in PERSONAL and person in rule.people and rule.weight:
                old = list(PERSONAL[rule.name](self.problem, rule, person, before))
                new = list(PERSONAL[rule.name](self.problem, rule, person, after))
                cost += sum(one.cost for one in new) - sum(one.cost for one in old)
                bent += _new(old, new)
        return cost, tuple(bent)

    def _share_costs(self, able: Sequence[tuple[int, Duty | None]]) -> dict[int, int]:
        """What each person's distance from the fair share costs more; all at once, since each is priced alone."""
        before = {load.person: load.cost for load in loads(self.problem, self.base)}
        gone = {other for _, other in able}
        duties = [duty for duty in self.base.duties if duty not in gone]
        duties += [given_duty(self.problem, person, self.slot) for person, _ in able]
        roster = make_roster(self.problem, (part for duty in duties for part in duty.stretches))
        return {load.person: load.cost - before[load.person] for load in loads(self.problem, roster)}

    def _together(self, one: StandIn) -> tuple[int, tuple[Finding, ...]]:
        """What soft rules that tie people together cost more; cover and shares are said elsewhere."""
        after = self._after(one.person, one.gives_up, one.calls, self.base.duties)
        roster = Roster(tuple(part for duty in after for part in duty.stretches), tuple(after))
        cost, bent = 0, []
        for rule in self.problem.rules:
            if rule.name in LINKING and rule.name not in ("cover", "fairness", "command") and rule.weight:
                old = list(LINKING[rule.name](self.problem, rule, self.base))
                new = list(LINKING[rule.name](self.problem, rule, roster))
                cost += sum(found.cost for found in new) - sum(found.cost for found in old)
                bent += _new(old, new)
        return cost, tuple(bent)

    # -- cover -----------------------------------------------------------------------------------------------------

    def _cover(self, person: int, other: Duty | None) -> tuple[tuple[GapChange, ...], int]:
        """What stepping in changes in the cover, and what stays open at the post."""
        spans: list[tuple[int | None, Span]] = [(self.slot.post, (self.slot.start, self.slot.end))]
        if other is not None:
            spans += [(part.post, (part.start, part.end)) for part in other.stretches]
        part = self._asking(spans)
        first, last = min(start for _, (start, _) in spans), max(end for _, (_, end) in spans)
        near = [duty for duty in self.base.duties if duty.start < last + NEAR and duty.end > first - NEAR]
        before = _cover_findings(part, near)
        after = _cover_findings(part, self._after(person, other, (), near))
        own = (self.slot.start, self.slot.end)
        key = self.problem.posts[self.slot.post].key
        open_here = [one for one in after if one.post == key and one.severity is Severity.GAP]
        minutes = [
            overlap((one.start or 0, one.end or 0), own) * round((one.required or 0) - (one.actual or 0))
            for one in open_here
        ]
        return tuple(gap_changes(part, before, after)), max(minutes, default=0)

    def _asking(self, spans: Sequence[tuple[int | None, Span]]) -> Problem:
        """The problem with the needs alone that some posts have at some times."""
        demands = []
        for demand in self.problem.demands:
            windows = tuple(
                window
                for window in demand.windows
                if any(post in demand.posts and overlap(span, (window.start, window.end)) for post, span in spans)
            )
            if windows and demand.kind in AT_LEAST:
                demands.append(replace(demand, windows=windows))
        return replace(self.problem, demands=tuple(demands))


def _cover_findings(problem: Problem, duties: Sequence[Duty]) -> list[Finding]:
    roster = Roster(tuple(part for duty in duties for part in duty.stretches), tuple(duties))
    rules = [rule for rule in problem.rules if rule.name == "cover"]
    return [one for rule in rules for one in LINKING["cover"](problem, rule, roster)]


def _new(old: Sequence[Finding], new: Sequence[Finding]) -> list[Finding]:
    """Findings that cost something and were not there before."""
    known = {(one.code, one.start, one.message) for one in old}
    return [one for one in new if one.cost >= COST_SCALE and (one.code, one.start, one.message) not in known]
