"""The finished plan: stretches of duty on the clock, grouped into duties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from patrolplan.problem import HeldDuty, Problem
from patrolplan.units import date_text


@dataclass(frozen=True, slots=True)
class Stretch:
    """One person at one post without interruption.

    Attributes
    ----------
    post, shift
        Index in the problem, or None where the row names none.
    start, end
        Instants.
    duty
        Identifies the duty to which the stretch belongs; empty if the row does not say.
    kind
        ``duty``, ``standby`` or ``training``.
    row
        Line in the file it was read from, 0 if it was not read.
    """

    person: int
    post: int | None
    shift: int | None
    start: int
    end: int
    duty: str = ""
    kind: str = "duty"
    row: int = 0


@dataclass(frozen=True, slots=True)
class Duty:
    """One person on one shift of one date; `day` is the local date on which it starts."""

    person: int
    day: int
    shift: int | None
    start: int
    end: int
    kind: str
    id: str
    stretches: tuple[Stretch, ...]

    @property
    def post(self) -> int | None:
        """The post at which the duty starts."""
        return self.stretches[0].post

    @property
    def row(self) -> int:
        """Line of its first stretch in the file, 0 if it was not read."""
        return self.stretches[0].row

    @property
    def on_call(self) -> bool:
        """Whether this is standby, which is no duty for rest, cover and hours."""
        return self.kind == "standby"


@dataclass(frozen=True)
class Roster:
    """All stretches of a plan, in a stable order, and the duties that they form."""

    stretches: tuple[Stretch, ...]
    duties: tuple[Duty, ...]

    @cached_property
    def by_person(self) -> dict[int, tuple[Duty, ...]]:
        """Duties of each person in order of time."""
        found: dict[int, list[Duty]] = {}
        for duty in self.duties:
            found.setdefault(duty.person, []).append(duty)
        return {person: tuple(duties) for person, duties in found.items()}

    def of(self, person: int) -> tuple[Duty, ...]:
        """Duties of one person in order of time."""
        return self.by_person.get(person, ())


def duty_name(problem: Problem, person: int, day: int, shift: int | None, kind: str = "duty") -> str:
    """The name of a duty in files: person, date and shift, such as ``P07/2024-11-27/night``."""
    parts = [problem.people[person].id, date_text(day)]
    parts += [problem.shifts[shift].name] if shift is not None else []
    parts += [kind] if kind != "duty" else []
    return "/".join(parts)


def make_roster(problem: Problem, stretches: Iterable[Stretch]) -> Roster:
    """Order stretches by person, time and post, and group them into duties.

    Rows that share a duty name, a person and a shift are one duty, but a name that comes again on another date, when
    the shift is over, is another duty. Of rows without a name, those that touch and are of one shift and kind are one
    duty, but also only as long as the shift is not over: whoever stays for the same shift of the next date begins anew.
    """
    order = sorted(
        stretches, key=lambda s: (problem.people[s.person].id, s.start, s.end, -1 if s.post is None else s.post, s.kind)
    )
    named: dict[tuple[int, str, str, int | None], list[list[Stretch]]] = {}
    loose: list[list[Stretch]] = []
    for stretch in order:
        if stretch.duty:
            known = named.setdefault((stretch.person, stretch.duty, stretch.kind, stretch.shift), [])
            if not known or _is_another(problem, known[-1], stretch):
                known.append([])
            known[-1].append(stretch)
            continue
        if loose and _touches(loose[-1][-1], stretch) and not _is_another(problem, loose[-1], stretch):
            loose[-1].append(stretch)
        else:
            loose.append([stretch])
    duties = [_duty(problem, parts) for groups in (*named.values(), loose) for parts in groups]
    duties.sort(key=lambda duty: (problem.people[duty.person].id, duty.start, duty.end, duty.id))
    return Roster(tuple(order), tuple(duties))


def _touches(last: Stretch, stretch: Stretch) -> bool:
    """Whether a stretch goes on where the last one of the same person, shift and kind ended."""
    return stretch.shift is not None and (last.person, last.shift, last.kind, last.end) == (
        stretch.person,
        stretch.shift,
        stretch.kind,
        stretch.start,
    )


def _is_another(problem: Problem, parts: Sequence[Stretch], stretch: Stretch) -> bool:
    """Whether a stretch begins a new duty although it bears the name of an earlier one or follows it at once."""
    day = problem.zone.local(parts[0].start)[0]
    if problem.zone.local(stretch.start)[0] == day:
        return False
    over = parts[-1].end + 1 if stretch.shift is None else problem.shift_span(stretch.shift, day)[1]
    return stretch.start >= over


def _duty(problem: Problem, parts: Sequence[Stretch]) -> Duty:
    first = parts[0]
    start, end = min(part.start for part in parts), max(part.end for part in parts)
    day = problem.zone.local(start)[0]
    return Duty(first.person, day, first.shift, start, end, first.kind, first.duty, tuple(parts))


WhoStands = dict[tuple[int, int, int], list[int]]
"""People by post, shift and date."""


def who_stands(duties: Iterable[Duty]) -> WhoStands:
    """Who stands where: everybody once, in the order of the duties; standby and training are none."""
    found: WhoStands = {}
    for duty in duties:
        if duty.kind != "duty" or duty.shift is None:
            continue
        for stretch in duty.stretches:
            if stretch.post is not None:
                people = found.setdefault((stretch.post, duty.shift, duty.day), [])
                if duty.person not in people:
                    people.append(duty.person)
    return found


def held_duties(duties: Iterable[Duty]) -> tuple[HeldDuty, ...]:
    """Duties as given facts for a later plan."""
    return tuple(
        HeldDuty(duty.person, duty.day, duty.shift, duty.post, duty.start, duty.end, duty.kind) for duty in duties
    )


def given_roster(problem: Problem) -> Roster:
    """The history and held duties of a problem as a roster."""
    stretches: list[Stretch] = []
    taken: set[tuple[int, str]] = set()
    for duty in (duty for duties in problem.given.values() for duty in duties):
        plain = name = duty_name(problem, duty.person, duty.day, duty.shift, duty.kind)
        number = 2
        while (duty.person, name) in taken:
            name, number = f"{plain}/{number}", number + 1
        taken.add((duty.person, name))
        stretches.append(
            Stretch(duty.person, duty.post, duty.shift, duty.start, duty.end, name, duty.kind),
        )
    return make_roster(problem, stretches)


def join_rosters(problem: Problem, *rosters: Roster) -> Roster:
    """One roster from several; stretches that stand in more than one count once."""
    seen: dict[tuple[int, int | None, int, int, str], Stretch] = {}
    for roster in rosters:
        for stretch in roster.stretches:
            key = (stretch.person, stretch.post, stretch.start, stretch.end, stretch.kind)
            if key not in seen or not seen[key].duty:
                seen[key] = stretch
    return make_roster(problem, seen.values())
