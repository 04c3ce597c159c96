"""Pay, for the solver: a row of prices for each person, or one row of money for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import cast

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm
from patrolplan.model.person_model import Linear, PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.cost.spec import Cost
from patrolplan.rules.fields import HoursRate
from patrolplan.units import COST_SCALE, weekday


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Where pay is to be kept low: every duty at its price, and hours above each step of the ladder."""
    spec = cast(Cost, rule.spec)
    if spec.budget is not None:
        return
    pay = _pay(problem, spec, model.person)
    per = spec.currency_per_weight
    total = Linear()
    for stint in model.stints:
        if stint.key is not None and rule.binds(stint.start):
            percent = _percent(problem, spec, stint.day, stint.shift)
            total.add(stint.key, _price(pay, stint.end - stint.start, percent, per))
    for call in model.standbys:
        if call.key is not None and rule.binds(call.start):
            total.add(call.key, _price(pay, call.end - call.start, spec.standby, per))
    model.bind(rule, total, upper=0, unit=1)
    for rate, percent in _steps(spec):
        for first, last in rate.period.groups(problem.first_day, problem.last_day, problem.week_starts):
            worked = Linear()
            for stint in model.stints:
                if first <= stint.day <= last and rule.binds(stint.start):
                    worked.add(stint.key, _price(pay, stint.end - stint.start, percent, per))
            if rate.period.kind == "operation" and rule.during is None:
                worked.add(None, _price(pay, problem.people[model.person].counted.minutes, percent, per))
            model.bind(rule, worked, upper=_price(pay, rate.minutes, percent, per), unit=1)


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """With a budget: the pay of all duties in one row, in the largest unit that divides every amount."""
    spec = cast(Cost, rule.spec)
    if spec.budget is None:
        return
    alike: dict[int, list[int]] = {}
    for person in sorted(rule.people):
        alike.setdefault(_pay(problem, spec, person), []).append(person)
    terms: list[tuple[int, tuple[int, ...], int]] = []
    for pay, people in alike.items():
        mask = links.mask(people)
        terms += [(mask, tuple(keys), amount) for amount, keys in _amounts(problem, rule, spec, pay, links).items()]
    left = spec.budget - _given(problem, rule, spec)
    per = spec.currency_per_weight
    unit = gcd(left, per, *(amount for _, _, amount in terms))
    weight = COST_SCALE * (1 if rule.weight is None else rule.weight)
    links.add(
        LinkRow(
            tuple(LinkTerm(mask, keys, amount // unit) for mask, keys, amount in terms),
            None,
            left // unit,
            0,
            weight,
            0 if rule.weight is None else rule.level,
            rule.id,
            unit=per // unit,
        )
    )


def _amounts(problem: Problem, rule: Rule, spec: Cost, pay: int, links: LinkRows) -> dict[int, list[int]]:
    """Turns and standby of people with one pay, by what they earn in it."""
    variables = links.variables
    found: dict[int, list[int]] = {}
    for index, turn in enumerate(variables.turns):
        if not rule.binds(turn.start):
            continue
        minutes = turn.end - turn.start
        call = _money(pay, minutes, spec.standby)
        if call:
            found.setdefault(call, []).append(variables.standby_key(index))
        duty = _money(pay, minutes, _percent(problem, spec, turn.day, turn.shift))
        if duty and variables.slots_of_turn[index]:
            found.setdefault(duty, []).append(variables.turn_key(index))
    return found


def _given(problem: Problem, rule: Rule, spec: Cost) -> int:
    """What known duties of the operation earn."""
    total = 0
    for duty in problem.held:
        if duty.person in rule.people and duty.start >= problem.start and rule.binds(duty.start):
            is_call = duty.kind == "standby"
            percent = spec.standby if is_call else _percent(problem, spec, duty.day, duty.shift)
            total += _money(_pay(problem, spec, duty.person), duty.end - duty.start, percent)
    return total


def _pay(problem: Problem, spec: Cost, person: int) -> int:
    own = problem.people[person].pay
    return spec.pay if own is None else own


def _percent(problem: Problem, spec: Cost, day: int, shift: int | None) -> int:
    """What an hour of duty earns, in percent of the pay."""
    night = shift is not None and problem.shifts[shift].night
    return (
        100
        + night * spec.night
        + (weekday(day) in problem.weekend) * spec.weekend
        + (day in problem.holidays) * spec.holiday
    )


def _steps(spec: Cost) -> Iterator[tuple[HoursRate, int]]:
    """Every step of overtime with what it adds to the step below it, in percent."""
    for step in spec.overtime:
        lower = [
            other.premium
            for other in spec.overtime
            if other.above.period == step.above.period and other.above.minutes < step.above.minutes
        ]
        yield step.above, step.premium - max(lower, default=0)


def _price(pay: int, minutes: int, percent: int, per: int) -> int:
    """Cost in sixtieths, halves rounded up."""
    return (2 * minutes * pay * percent + 100 * per) // (200 * per)


def _money(pay: int, minutes: int, percent: int) -> int:
    """Whole units of the currency, halves rounded up."""
    return (minutes * pay * percent + 3000) // 6000
