"""What everybody serves, beside the fair share of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from patrolplan.audit import complete
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.rules.fairness.spec import Fairness, counted_before, fair_shares
from patrolplan.rules.verdict import posts_named
from patrolplan.units import COST_SCALE, DAY_MINUTES, WEEK_DAYS, merge_spans, subtract_spans, weekday

KINDS = ("hours", "nights", "weekends", "holidays")
"""What is counted: hours of duty, duties in night shifts, duties that start on weekend dates and on holidays."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one person serves under a fairness rule and the fair share of it, in hours or duties."""

    served: float
    fair: float

    @property
    def distance(self) -> float:
        """Above the fair share (positive) or below it."""
        return self.served - self.fair


@dataclass(frozen=True, slots=True)
class Load:
    """What one person serves in the operation, without history and standby.

    Attributes
    ----------
    present_minutes
        Time of the operation in which the person is not absent.
    shares
        By kind of work, such as ``nights``, or ``nights at hospital/gate`` where a rule is about some posts; empty
        without a fairness rule that binds the person. Here history counts on both sides.
    cost
        What the distances cost, in sixtieths of a weight.
    """

    person: int
    minutes: int
    duties: int
    nights: int
    weekends: int
    holidays: int
    standby: int
    present_minutes: int
    shares: Mapping[str, Share]
    cost: int

    @property
    def hours_per_week(self) -> float:
        """Hours of duty per week of presence; 0 for somebody never present."""
        weeks = self.present_minutes / (WEEK_DAYS * DAY_MINUTES)
        return self.minutes / 60 / weeks if weeks else 0.0

    def served(self, kind: str) -> float:
        """Hours, nights, weekend duties or holiday duties, or what counts under a rule about some posts."""
        amounts = {
            "hours": self.minutes / 60,
            "nights": self.nights,
            "weekends": self.weekends,
            "holidays": self.holidays,
        }
        return amounts[kind] if kind in amounts else self.shares[kind].served


def loads(problem: Problem, roster: Roster) -> list[Load]:
    """The load of everybody, in the order of the people.

    Parameters
    ----------
    roster
        Duties of the plan; history and held duties of the problem are added where it lacks them.
    """
    whole = complete(problem, roster)
    shares, costs = _shares(problem, whole)
    return [
        _load(problem, whole, person, shares.get(person, {}), costs.get(person, 0))
        for person in range(len(problem.people))
    ]


def worst_first(found: Iterable[Load]) -> list[Load]:
    """Loads by the price of their distance, then by hours."""
    return sorted(found, key=lambda load: (-load.cost, -load.minutes, load.person))


def _load(problem: Problem, roster: Roster, person: int, shares: Mapping[str, Share], cost: int) -> Load:
    inside = [duty for duty in roster.of(person) if duty.start >= problem.start]
    served = [duty for duty in inside if not duty.on_call]
    absences = merge_spans((gap.start, gap.end) for gap in problem.people[person].absences if not gap.starts_only)
    present = subtract_spans([(problem.start, problem.end)], absences)
    return Load(
        person,
        sum(duty.end - duty.start for duty in served),
        len(served),
        sum(_amount(problem, "nights", duty) for duty in served) // COST_SCALE,
        sum(_amount(problem, "weekends", duty) for duty in served) // COST_SCALE,
        sum(_amount(problem, "holidays", duty) for duty in served) // COST_SCALE,
        len(inside) - len(served),
        sum(end - start for start, end in present),
        shares,
        cost,
    )


def _shares(problem: Problem, roster: Roster) -> tuple[dict[int, dict[str, Share]], dict[int, int]]:
    """Shares by person and kind, of the first rule that has them, and what all distances cost."""
    found: dict[int, dict[str, Share]] = {}
    costs: dict[int, int] = {}
    for rule in problem.rules:
        if rule.name != "fairness":
            continue
        spec = cast(Fairness, rule.spec)
        posts = posts_named(problem, spec.at)
        for kind in spec.of:
            name = f"{kind} at {', '.join(spec.at)}" if spec.at else kind
            for person, share in fair_shares(problem, rule, kind).items():
                counted = (
                    duty
                    for duty in roster.of(person)
                    if not duty.on_call
                    and (not spec.at or duty.post in posts)
                    and duty.start < problem.counted_until
                    and (duty.start < problem.start or rule.binds(duty.start))
                )
                served = counted_before(spec, problem.people[person], kind)
                served += sum(_amount(problem, kind, duty) for duty in counted)
                if spec.at and not served and not share:
                    continue
                found.setdefault(person, {}).setdefault(name, Share(served / COST_SCALE, share / COST_SCALE))
                costs[person] = costs.get(person, 0) + (rule.weight or 0) * abs(served - share)
    return found, costs


def _amount(problem: Problem, kind: str, duty: Duty) -> int:
    """What a duty counts, in sixtieths of the unit."""
    if kind == "hours":
        return duty.end - duty.start
    if kind == "nights":
        return COST_SCALE if duty.shift is not None and problem.shifts[duty.shift].night else 0
    if kind == "holidays":
        return COST_SCALE if duty.day in problem.holidays else 0
    return COST_SCALE if weekday(duty.day) in problem.weekend else 0
