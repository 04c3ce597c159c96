"""A team's cycle, for the solver."""

from __future__ import annotations

from typing import cast

from patrolplan.model.person_model import Linear, PersonModel, Stint
from patrolplan.problem import Problem, Rule
from patrolplan.rules.rotation.spec import Rotation


def encode(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """For each planned date, a row over the duties off the cycle and one over the duty in it."""
    spec = cast(Rotation, rule.spec)
    by_day: dict[int, list[Stint]] = {}
    for stint in model.stints:
        by_day.setdefault(stint.day, []).append(stint)
    turns = _turns(problem, spec)
    for day, stints in by_day.items():
        team = problem.people[model.person].team_at(problem.zone.instant(day, problem.day_starts))
        offered = [stint for stint in stints if stint.key is not None and rule.binds(stint.start)]
        if team not in spec.offsets or not offered:
            continue
        shift = turns[(day + spec.offsets[team] - cast(int, spec.starts)) % len(turns)]
        astray = Linear()
        for stint in offered:
            if stint.shift != shift:
                astray.add(stint.key)
        model.bind(rule, astray, upper=0)
        if spec.serve and any(stint.shift == shift for stint in offered):
            model.bind(rule, model.on_days(stints)[day], lower=1)


def _turns(problem: Problem, spec: Rotation) -> list[int | None]:
    """Index of the shift of each date of the cycle, None for a day off."""
    meant = {letter: problem.shift_index[name] for letter, name in spec.letters.items()}
    return [meant.get(letter) for letter in spec.pattern]
