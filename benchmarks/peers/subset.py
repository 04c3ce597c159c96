"""An operation as plain numbers: dates, people, slots and needs; the rules are in `benchmarks.peers.subset_rules`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, product

from benchmarks.peers.subset_rules import add_rule
from benchmarks.peers.task import HARD, HARD_PRICE, Cell, Clash, Need, Task, Unsupported
from patrolplan.problem import Absence, Demand, Person, Problem, Slot, Window
from patrolplan.units import COST_SCALE, Span, overlap

KINDS = ("staff", "ideal", "at_most", "surplus")
"""Kinds of demands that can be put; the others look at who the people are."""


def restrict(problem: Problem) -> Task:
    """Put an operation as plain numbers.

    Needs for staff, `ideal`, `at_most` and `surplus`; one duty a date; eligibility and absences; hard `rest`;
    `succession` to the next date; `hours`, `duties` and `fairness` without `at`; `work_streak`, `shift_streak` and
    `off_streak` (`min`); `weekends` (`max`); `requests`.

    Raises
    ------
    Unsupported
        If it has anything else, also a rule with `during`, a history, doubles, travel, standby or training.
    """
    _refuse_facts(problem)
    turns = sorted({(slot.day, slot.shift) for slot in problem.slots})
    index = {turn: number for number, turn in enumerate(turns)}
    task = Task(len(problem.people), problem.first_day, problem.last_day)
    task.turns = [day for day, _ in turns]
    task.shifts = [shift for _, shift in turns]
    task.slots = [index[slot.day, slot.shift] for slot in problem.slots]
    task.kinds = [slot.post * len(problem.shifts) + slot.shift for slot in problem.slots]
    task.cells = list(_cells(problem))
    task.clashes = list(_overlaps(problem, turns))
    for demand in problem.demands:
        task.needs += _needs(problem, demand)
    for rule in problem.rules:
        add_rule(problem, rule, turns, task)
    task.cells = list(_without_forbidden(task))
    return task


def _without_forbidden(task: Task) -> Iterator[Cell]:
    """Cells without the slots that alone break a hard limit, such as shifts of which somebody may have none."""
    forbidden = {
        (person, slot)
        for limit in task.limits
        if limit.level == HARD and limit.most is not None
        for slot, amount in limit.amounts
        if amount > limit.most
        for person in limit.people
    }
    for cell in task.cells:
        yield Cell(cell.person, cell.day, [slot for slot in cell.slots if (cell.person, slot) not in forbidden])


def _refuse_facts(problem: Problem) -> None:
    if problem.history or problem.held or problem.published:
        raise Unsupported("history or a published roster")
    if problem.travel:
        raise Unsupported("travel between sites")
    if any(slot.training for slot in problem.slots):
        raise Unsupported("training")
    if any(person.double for person in problem.people):
        raise Unsupported("double duties")


# -- people and dates ------------------------------------------------------------------------------------------------


def _cells(problem: Problem) -> Iterator[Cell]:
    by_day: dict[int, list[int]] = {}
    for number, slot in enumerate(problem.slots):
        by_day.setdefault(slot.day, []).append(number)
    for person, day in product(range(len(problem.people)), range(problem.first_day, problem.last_day + 1)):
        yield Cell(person, day, [slot for slot in by_day.get(day, ()) if _may_hold(problem, person, slot)])


def _may_hold(problem: Problem, person: int, number: int) -> bool:
    slot, who = problem.slots[number], problem.people[person]
    return problem.may_stand(person, slot.post, slot.day, slot.end) and not _is_absent(who, slot)


def _is_absent(who: Person, slot: Slot) -> bool:
    return any(_touches(absence, slot) for absence in who.absences)


def _touches(absence: Absence, slot: Slot) -> bool:
    if absence.starts_only:
        return absence.start <= slot.start < absence.end
    return overlap((slot.start, slot.end), (absence.start, absence.end)) > 0


def _overlaps(problem: Problem, turns: list[tuple[int, int]]) -> Iterator[Clash]:
    """Turns of a date that run into those of the next date; on one date there is only one duty."""
    people = list(range(len(problem.people)))
    for one, (day, shift) in enumerate(turns):
        end = problem.shift_span(shift, day)[1]
        for other, (later, following) in enumerate(turns):
            if later == day + 1 and problem.shift_span(following, later)[0] < end:
                yield Clash(people, one, other, HARD_PRICE, HARD)


# -- needs -----------------------------------------------------------------------------------------------------------


def _needs(problem: Problem, demand: Demand) -> Iterator[Need]:
    if demand.kind not in KINDS:
        raise Unsupported(f"a need for people who are {demand.label or demand.kind}")
    if not demand.cost:
        return
    minutes: dict[tuple[int, tuple[int, ...], int], int] = {}
    for window in demand.windows:
        for slots, length in _pieces(problem, demand, window):
            key = (window.group if demand.per == "window" else 0, slots, window.count)
            minutes[key] = minutes.get(key, 0) + length
    groups = [group for group, _, _ in minutes]
    if demand.per == "window" and len(groups) != len(set(groups)):
        raise Unsupported("a need per window in which several shifts follow one another")
    for (_, slots, count), length in minutes.items():
        price = demand.cost * (COST_SCALE if demand.per == "window" else length)
        if slots:
            yield Need(list(slots), count, demand.is_upper, price, demand.level)


def _pieces(problem: Problem, demand: Demand, window: Window) -> Iterator[tuple[tuple[int, ...], int]]:
    """Slots that count, and for how many minutes, piece by piece of a window."""
    asked = [
        (number, slot)
        for number, slot in enumerate(problem.slots)
        if slot.post in demand.posts and window.turn in (None, (slot.day, slot.shift))
    ]
    inside = [(number, (slot.start, slot.end)) for number, slot in asked if _runs_in(slot, window)]
    for start, end in _cuts(window, (span for _, span in inside)):
        yield tuple(number for number, span in inside if overlap(span, (start, end)) > 0), end - start


def _runs_in(slot: Slot, window: Window) -> bool:
    return overlap((slot.start, slot.end), (window.start, window.end)) > 0


def _cuts(window: Window, spans: Iterable[Span]) -> Iterator[Span]:
    """A window cut wherever a span begins or ends."""
    marks = {window.start, window.end}
    marks.update(mark for span in spans for mark in span if window.start < mark < window.end)
    yield from pairwise(sorted(marks))
