"""People on call, for the solver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm
from patrolplan.model.person_model import PersonModel
from patrolplan.model.variables import Turn
from patrolplan.problem import Problem, Rule
from patrolplan.rules.reserve.spec import Reserve
from patrolplan.units import COST_SCALE


def open_options(problem: Problem, rule: Rule, model: PersonModel) -> None:
    """Offer standby in every turn that asks for a reserve."""
    for index in _turns(problem, rule, model.variables.turns):
        model.open_standby(index)


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """One row for each turn and kind of number."""
    spec = cast(Reserve, rule.spec)
    variables = links.variables
    everyone, bound = links.mask(range(len(problem.people))), links.mask(rule.people)
    for index in _turns(problem, rule, variables.turns):
        turn = variables.turns[index]
        minutes = turn.end - turn.start
        below = COST_SCALE if rule.weight is None else rule.weight * minutes
        level = 0 if rule.weight is None else rule.level
        call = LinkTerm(bound, (variables.standby_key(index),))
        if not spec.share:
            links.add(LinkRow((call,), spec.count, None, below, 0, level, rule.id))
            links.add(LinkRow((call,), None, spec.count, 0, minutes, rule.level, rule.id))
            continue
        pool = links.pool()
        calls = LinkTerm(bound, (variables.standby_key(index),), 100)
        working = LinkTerm(everyone, (variables.turn_key(index),), -spec.share)
        links.add(LinkRow((call,), spec.count, None, below, 0, level, rule.id, pool=pool))
        links.add(LinkRow((calls, working), 0, None, below, 0, level, rule.id, pool=pool, unit=100))


def _turns(problem: Problem, rule: Rule, turns: Sequence[Turn]) -> Iterator[int]:
    shifts = {problem.shift_index[name] for name in cast(Reserve, rule.spec).shifts}
    for index, turn in enumerate(turns):
        if rule.binds(turn.start) and (not shifts or turn.shift in shifts):
            yield index
