"""A first roster in seconds: turn by turn, the scarcest need first, the least needed and least used people first.

It decides by the rows alone. People whose own rows cannot be kept one turn at a time (shortest streaks, fewest hours,
pins) are repaired afterwards, each by a small model of that one person.
"""

from __future__ import annotations

from collections.abc import Mapping

from patrolplan.engine.closing import close_gaps
from patrolplan.engine.draft import Draft
from patrolplan.engine.executors import threads
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent, is_feasible
from patrolplan.engine.nearest import nearest_schedule
from patrolplan.engine.subproblem import Effort, StopSignal


def first_roster(formulation: Formulation, effort: Effort, stop: StopSignal, workers: int = 1) -> Incumbent:
    """A roster that keeps every hard personal rule.

    Raises
    ------
    Contradiction
        If somebody's hard rules leave no schedule at all.
    """
    incumbent = Incumbent(formulation)
    draft = Draft(formulation, incumbent)
    for turn in range(len(formulation.variables.turns)):
        draft.fill(turn)
    for turn in range(len(formulation.variables.turns)):
        draft.call(turn)
    wished = {person: frozenset(keys) for person, keys in enumerate(draft.keys)}
    incumbent.apply(
        {person: keys for person, keys in _repaired(formulation, wished, effort, stop, workers).items() if keys}
    )
    close_gaps(incumbent, effort, stop)
    return incumbent


def _repaired(
    formulation: Formulation, wished: Mapping[int, Schedule], effort: Effort, stop: StopSignal, workers: int
) -> dict[int, Schedule]:
    """Wished schedules, those that break a hard rule replaced by near ones that do not."""

    def repair(person: int) -> Schedule:
        one = formulation.model_of(person)
        if is_feasible(formulation, one, wished[person]):
            return wished[person]
        return nearest_schedule(formulation, one, wished[person], effort, stop, person)

    with threads(workers) as executor:
        return dict(zip(wished, executor.map(repair, wished), strict=True))
