"""The rules of an operation as plain numbers, as far as `benchmarks.peers.task` has words for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from benchmarks.peers.task import HARD, HARD_PRICE, Clash, Limit, Streak, Task, Unsupported, WeekendLimit, Wish
from patrolplan.problem import Problem, Rule, Slot
from patrolplan.rules.duties.spec import Duties
from patrolplan.rules.fairness.spec import Fairness, fair_shares
from patrolplan.rules.hours.spec import Hours
from patrolplan.rules.off_streak.spec import OffStreak
from patrolplan.rules.one_duty.spec import OneDuty
from patrolplan.rules.requests.spec import Request, Requests
from patrolplan.rules.rest.spec import Rest
from patrolplan.rules.shift_streak.spec import ShiftStreak
from patrolplan.rules.succession.spec import Succession
from patrolplan.rules.weekends.spec import Weekends
from patrolplan.rules.work_streak.spec import WorkStreak
from patrolplan.units import COST_SCALE, DAY_MINUTES, Period, weekday

Turn = tuple[int, int]
"""Date and shift."""

Amounts = list[tuple[int, int]]


def add_rule(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    """Put one rule into the task.

    Raises
    ------
    Unsupported
        If there are no words for it.
    """
    if rule.name in ("availability", "eligibility", "cover"):
        return
    adder = _ADDERS.get(rule.name)
    if adder is None:
        raise Unsupported(f"the rule {rule.name}")
    if rule.during is not None:
        raise Unsupported("a rule with during")
    if rule.people:
        adder(problem, rule, turns, task)


def _price(rule: Rule) -> tuple[int, int]:
    """Price of a whole unit in sixtieths, and level."""
    return (HARD_PRICE, HARD) if rule.weight is None else (COST_SCALE * rule.weight, rule.level)


def _people(rule: Rule) -> list[int]:
    return sorted(rule.people)


# -- one after the other ---------------------------------------------------------------------------------------------


def _one_duty(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(OneDuty, rule.spec)
    if spec.per_day != 1 or spec.travel:
        raise Unsupported("several duties on a date, or travel between sites")


def _rest(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(Rest, rule.spec)
    if rule.weight is not None:
        raise Unsupported("a rest that may bend")
    most = max((spec.min, *spec.after.values()))
    for first, second in _pairs(turns, reach=2 + most // DAY_MINUTES):
        (day, shift), (later, following) = turns[first], turns[second]
        end, start = problem.shift_span(shift, day)[1], problem.shift_span(following, later)[0]
        if start - end < spec.required_after(problem.shifts[shift].name):
            task.clashes.append(Clash(_people(rule), first, second, *_price(rule)))


def _succession(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(Succession, rule.spec)
    if spec.within is not None:
        raise Unsupported("a succession within a time")
    for first, second in _pairs(turns, reach=1):
        before, after = problem.shifts[turns[first][1]], problem.shifts[turns[second][1]]
        backward = spec.direction == "forward" and after.start < before.start
        if backward or after.name in spec.forbid.get(before.name, ()):
            task.clashes.append(Clash(_people(rule), first, second, *_price(rule)))


def _pairs(turns: Sequence[Turn], reach: int) -> Iterator[tuple[int, int]]:
    """Turns of two dates that lie at most so many dates apart."""
    for first, (day, _) in enumerate(turns):
        for second in range(first + 1, len(turns)):
            if turns[second][0] > day + reach:
                break
            if turns[second][0] > day:
                yield first, second


# -- sums ------------------------------------------------------------------------------------------------------------


def _hours(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(Hours, rule.spec)
    amounts = [(number, slot.end - slot.start) for number, slot in enumerate(problem.slots)]
    price = (1, HARD) if rule.weight is None else (rule.weight, rule.level)
    if spec.max:
        _add_limits(problem, rule, spec.max.period, amounts, None, spec.max.minutes, price, task)
    if spec.min:
        _add_limits(problem, rule, spec.min.period, amounts, spec.min.minutes, None, price, task)


def _duties(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(Duties, rule.spec)
    if spec.at:
        raise Unsupported("duties at a place")
    wanted = [not spec.shifts or shift.name in spec.shifts for shift in problem.shifts]
    amounts = [(number, 1) for number, slot in enumerate(problem.slots) if wanted[slot.shift]]
    if spec.max:
        _add_limits(problem, rule, spec.max.period, amounts, None, spec.max.count, _price(rule), task)
    if spec.min:
        _add_limits(problem, rule, spec.min.period, amounts, spec.min.count, None, _price(rule), task)


def _add_limits(
    problem: Problem,
    rule: Rule,
    period: Period,
    amounts: Amounts,
    least: int | None,
    most: int | None,
    price: tuple[int, int],
    task: Task,
) -> None:
    if any(problem.people[person].counted.duties for person in rule.people):
        raise Unsupported("counters of what was served before")
    for first, last in period.groups(problem.first_day, problem.last_day, problem.week_starts):
        is_whole = problem.first_day <= first and last <= problem.last_day
        inside = [(slot, amount) for slot, amount in amounts if first <= problem.slots[slot].day <= last]
        if inside and (least is None or is_whole):
            task.limits.append(Limit(_people(rule), inside, least, most, *price))


def _fairness(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(Fairness, rule.spec)
    if spec.at:
        raise Unsupported("fairness at a place")
    for kind in spec.of:
        shared = [(number, _shared(problem, kind, number)) for number in range(len(problem.slots))]
        amounts = [(number, amount) for number, amount in shared if amount]
        price = rule.weight or 0
        for person, share in fair_shares(problem, rule, kind).items():
            task.limits.append(Limit([person], amounts, share, share, price, rule.level))


def _shared(problem: Problem, kind: str, number: int) -> int:
    """What a slot counts towards a share, in sixtieths of the unit."""
    slot = problem.slots[number]
    if kind == "hours":
        return slot.end - slot.start
    counts = {
        "nights": problem.shifts[slot.shift].night,
        "weekends": weekday(slot.day) in problem.weekend,
        "holidays": slot.day in problem.holidays,
    }
    return COST_SCALE if counts[kind] else 0


def _weekends(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(Weekends, rule.spec)
    if spec.complete or spec.max is None or spec.max.period.kind != "operation":
        raise Unsupported("weekends that are complete, or limited in a period")
    days: Amounts = []
    for day in range(problem.first_day, problem.last_day + 1):
        if weekday(day) in problem.weekend:
            continues = bool(days) and days[-1][0] == day - 1
            days.append((day, days[-1][1] if continues else len(days)))
    task.weekends.append(WeekendLimit(_people(rule), days, spec.max.count, *_price(rule)))


# -- streaks and wishes ----------------------------------------------------------------------------------------------


def _work_streak(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(WorkStreak, rule.spec)
    every = list(range(len(turns)))
    task.streaks.append(Streak(_people(rule), every, False, spec.min, spec.max, *_price(rule)))


def _shift_streak(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(ShiftStreak, rule.spec)
    meant = [number for number, (_, shift) in enumerate(turns) if problem.shifts[shift].name in spec.shift]
    task.streaks.append(Streak(_people(rule), meant, False, spec.min, spec.max, *_price(rule)))


def _off_streak(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    spec = cast(OffStreak, rule.spec)
    if spec.max is not None:
        raise Unsupported("a longest streak of days off")
    task.streaks.append(Streak(_people(rule), [], True, spec.min, None, *_price(rule)))


def _requests(problem: Problem, rule: Rule, turns: Sequence[Turn], task: Task) -> None:
    price, level = _price(rule)
    for wish in cast(Requests, rule.spec).entries:
        person = problem.person_index[wish.person]
        days = {day for first, last in wish.dates for day in range(first, last + 1)}
        for day in sorted(days & set(range(problem.first_day, problem.last_day + 1))):
            there = ((number, slot) for number, slot in enumerate(problem.slots) if slot.day == day)
            slots = [number for number, slot in there if _is_meant(problem, wish, slot)]
            task.wishes.append(Wish(person, slots, wish.on, price * wish.weight, level))


def _is_meant(problem: Problem, wish: Request, slot: Slot) -> bool:
    post = problem.posts[slot.post]
    return wish.shift in (None, problem.shifts[slot.shift].name) and wish.post in (None, post.key, post.name)


_ADDERS: dict[str, Callable[[Problem, Rule, Sequence[Turn], Task], None]] = {
    "one_duty": _one_duty,
    "rest": _rest,
    "succession": _succession,
    "hours": _hours,
    "duties": _duties,
    "fairness": _fairness,
    "weekends": _weekends,
    "work_streak": _work_streak,
    "shift_streak": _shift_streak,
    "off_streak": _off_streak,
    "requests": _requests,
}
