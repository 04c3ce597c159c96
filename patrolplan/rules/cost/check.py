"""What people earn, and whether it stays under the budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import cast

from patrolplan.findings import Finding, Severity
from patrolplan.language import _, figures, later
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.cost.spec import Cost, Overtime
from patrolplan.rules.periods import Served, above, counted_before
from patrolplan.rules.verdict import count_text, is_past, violation
from patrolplan.units import COST_SCALE, Period, weekday

REASON = later("over the budget")


@dataclass(frozen=True, slots=True)
class Earned:
    """What one person earns in the operation by one rule, in whole units of the currency.

    Attributes
    ----------
    basic
        Hours of duty at the person's pay.
    premiums
        For nights, weekends and holidays.
    standby, overtime
        For hours on call, and for hours above the steps of overtime.
    """

    basic: int = 0
    premiums: int = 0
    standby: int = 0
    overtime: int = 0

    @property
    def total(self) -> int:
        """Everything together."""
        return self.basic + self.premiums + self.standby + self.overtime


def check(problem: Problem, rule: Rule, roster: Roster) -> Iterator[Finding]:
    """One note per person with what they earn, or one finding if all together earn more than the budget (PP305)."""
    spec = cast(Cost, rule.spec)
    earned = {person: earnings(problem, rule, person, roster.of(person)) for person in sorted(rule.people)}
    if spec.budget is not None:
        yield from _over_budget(problem, rule, earned.values(), spec.budget)
        return
    for person, one in earned.items():
        if one.total:
            yield _note(problem, rule, person, one, _sixtieths(problem, rule, person, roster.of(person)))


def earnings(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> Earned:
    """What a person earns in the duties of the operation that the rule sees.

    Parameters
    ----------
    duties
        All duties of the person, history included: it is not paid, but counts towards overtime.
    """
    spec = cast(Cost, rule.spec)
    pay = hourly_pay(problem, spec, person)
    basic = premiums = standby = 0
    for duty in _paid(problem, rule, duties):
        hours = Fraction(duty.end - duty.start, 60)
        if duty.on_call:
            standby += _rounded(hours * pay * spec.standby / 100)
        else:
            plain = _rounded(hours * pay)
            basic += plain
            premiums += _rounded(hours * pay * (100 + _premium(problem, spec, duty)) / 100) - plain
    overtime = sum(
        _rounded(Fraction(minutes * extra, 60 * 100) * pay)
        for step, extra in _ladder(spec)
        for minutes in _beyond(problem, rule, person, duties, step, Fraction(1))
    )
    return Earned(basic, premiums, standby, overtime)


def hourly_pay(problem: Problem, spec: Cost, person: int) -> int:
    """Pay of an hour: the person's own or by contract, else that of the rule."""
    own = problem.people[person].pay
    return own if own is not None else spec.pay


def _sixtieths(problem: Problem, rule: Rule, person: int, duties: Sequence[Duty]) -> int:
    """What the earnings of a person count under a weight of one, duty by duty and step by step."""
    spec = cast(Cost, rule.spec)
    hour = Fraction(COST_SCALE * hourly_pay(problem, spec, person), spec.currency_per_weight)
    total = 0
    for duty in _paid(problem, rule, duties):
        percent = spec.standby if duty.on_call else 100 + _premium(problem, spec, duty)
        total += _rounded(Fraction(duty.end - duty.start, 60) * hour * percent / 100)
    for step, extra in _ladder(spec):
        total += sum(_beyond(problem, rule, person, duties, step, Fraction(extra, 100) * hour / 60))
    return total


def _paid(problem: Problem, rule: Rule, duties: Iterable[Duty]) -> list[Duty]:
    return [duty for duty in _counted(problem, rule, duties) if not is_past(problem, duty)]


def _counted(problem: Problem, rule: Rule, duties: Iterable[Duty]) -> list[Duty]:
    return [duty for duty in duties if duty.day <= problem.last_day and rule.binds(duty.start)]


def _premium(problem: Problem, spec: Cost, duty: Duty) -> int:
    """All premiums of a duty together, in percent."""
    found = 0
    if duty.shift is not None and problem.shifts[duty.shift].night:
        found += spec.night
    if weekday(duty.day) in problem.weekend:
        found += spec.weekend
    if duty.day in problem.holidays:
        found += spec.holiday
    return found


def _ladder(spec: Cost) -> Iterator[tuple[Overtime, int]]:
    """Each step of overtime with the percent by which it goes beyond the one below."""
    reached: dict[Period, int] = {}
    for step in sorted(spec.overtime, key=lambda one: one.above.minutes):
        below = reached.get(step.above.period, 0)
        reached[step.above.period] = step.premium
        yield step, step.premium - below


def _beyond(
    problem: Problem, rule: Rule, person: int, duties: Iterable[Duty], step: Overtime, rate: Fraction
) -> Iterator[int]:
    """For each period, by how much the hours of duty, at a rate per minute, go beyond a step."""
    period = step.above.period
    served = [
        Served(duty.day, _rounded((duty.end - duty.start) * rate), is_past(problem, duty))
        for duty in _counted(problem, rule, duties)
        if not duty.on_call
    ]
    before = counted_before(problem, rule, period, _rounded(problem.people[person].counted.minutes * rate))
    for breach in above(problem, period, _rounded(step.above.minutes * rate), [*served, *before]):
        yield breach.amount


def _rounded(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def _note(problem: Problem, rule: Rule, person: int, earned: Earned, sixtieths: int) -> Finding:
    parts = [
        f"{figures(f'{amount:,}')} {name}"
        for amount, name in (
            (earned.premiums, _("of it in premiums")),
            (earned.standby, _("for standby")),
            (earned.overtime, _("for overtime")),
        )
        if amount
    ]
    return Finding(
        "PP305",
        Severity.NOTE,
        ", ".join([_("a pay of {total}").format(total=figures(f"{earned.total:,}")), *parts]),
        rule=rule.id,
        person=problem.people[person].id,
        actual=earned.total,
        cost=(rule.weight or 0) * sixtieths,
        level=rule.level,
        place=rule.place,
    )


def _over_budget(problem: Problem, rule: Rule, earned: Iterable[Earned], budget: int) -> Iterator[Finding]:
    total = sum(one.total for one in earned)
    if total > budget:
        per = cast(Cost, rule.spec).currency_per_weight
        yield violation(
            problem,
            rule,
            "PP305",
            _("the pay of {people} is {total} together, {excess} above the budget of {budget}").format(
                people=count_text(len(rule.people), "person", "people"),
                total=figures(f"{total:,}"),
                excess=figures(f"{total - budget:,}"),
                budget=figures(f"{budget:,}"),
            ),
            amount=COST_SCALE * ceil(Fraction(total - budget, per)),
            actual=total,
            required=budget,
        )
