"""Forbidden successions of shifts, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel, Stint
from patrolplan.problem import Problem, Rule
from patrolplan.rules.succession.spec import Succession


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """A forbidden pair of neighbours in time is excluded or priced; a duty between them makes them no neighbours."""
    spec = cast(Succession, rule.spec)
    if spec.within is None and model.one_a_day:
        _encode_by_day(problem, rule, model)
    else:
        _encode_pairs(problem, rule, model)


def _encode_by_day(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """With one duty a date nothing lies between two of neighbouring dates; duties that forbid the same share a row."""
    spec = cast(Succession, rule.spec)
    by_day: dict[int, list[Stint]] = {}
    for stint in model.stints:
        by_day.setdefault(stint.day, []).append(stint)
    forbidden: dict[tuple[int | None, int | None], bool] = {}
    for day, laters in by_day.items():
        alike: dict[tuple[tuple[Stint, ...], Stint | None], list[Stint]] = {}
        for later in laters:
            if not rule.binds(later.start):
                continue
            forbidding = []
            for one in by_day.get(day - 1, ()):
                pair = one.shift, later.shift
                if pair not in forbidden:
                    forbidden[pair] = _forbidden(problem, spec, one, later)
                if forbidden[pair]:
                    forbidding.append(one)
            if forbidding:
                known = later if later.key is None else None  # two of them on a date count twice
                alike.setdefault((tuple(forbidding), known), []).append(later)
        for (before, _), after in alike.items():
            row = Linear()
            for stint in (*before, *after):
                row.add(stint.key)
            model.bind(rule, row, upper=1)


def _encode_pairs(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """A row for each pair, in which whatever lies between counts against it."""
    spec = cast(Succession, rule.spec)
    stints = model.stints
    for position, later in enumerate(stints):
        if not rule.binds(later.start):
            continue
        for index in range(position - 1, -1, -1):
            earlier = stints[index]
            if later.day - earlier.day > 1 and (spec.within is None or later.start - earlier.end >= spec.within):
                if later.start - earlier.start > (spec.within or 0) + 3 * 1440:
                    break
                continue
            if _forbidden(problem, spec, earlier, later):
                pair = Linear()
                pair.add(earlier.key)
                pair.add(later.key)
                for stint in stints[index + 1 : position]:
                    pair.add(stint.key, -1)
                model.bind(rule, pair, upper=1)


def _forbidden(problem: Problem, spec: Succession, earlier: Stint, later: Stint) -> bool:
    if earlier.shift is None or later.shift is None:
        return False
    near = later.day == earlier.day + 1 if spec.within is None else later.start - earlier.end < spec.within
    if not near:
        return False
    before, after = problem.shifts[earlier.shift], problem.shifts[later.shift]
    return after.name in spec.forbid.get(before.name, ()) or (
        spec.direction == "forward" and after.start < before.start
    )
