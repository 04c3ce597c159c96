"""Which pricer takes the rules of a class: a graph, a graph with budgets, or the solver."""

from __future__ import annotations

from contextlib import suppress

from patrolplan.engine.budgets import BudgetPricer
from patrolplan.engine.formulation import Formulation, PersonClass
from patrolplan.engine.layers import TooLarge
from patrolplan.engine.pricing import GraphPricer, Pricer, SolverPricer
from patrolplan.engine.schedules import MOST_ARCS

LONG = 100
"""Dates beyond which a graph may be too large to remember all that rules count over all of them."""
MOST_REMEMBERED = 2_000_000
"""Arcs of a graph that remembers so much, at most; beyond, such rules are budgets."""


def make_pricer(formulation: Formulation, one: PersonClass, level: int, *, remembers: bool = False) -> Pricer:
    """The quickest pricer that can take the rules of a class.

    Parameters
    ----------
    remembers
        Whether, over a long time, a graph is tried first that remembers all that the rules count.
    """
    long = is_long(formulation, one)
    if remembers or not long:
        with suppress(TooLarge):
            return GraphPricer(formulation, one, level, MOST_REMEMBERED if long else MOST_ARCS)
    if long:
        with suppress(TooLarge):
            return BudgetPricer(formulation, one, level)
    return SolverPricer(formulation, one, level)


def fullest(formulation: Formulation) -> int | None:
    """Of the classes over a long time the one with most to remember, to try it there first; None if there are none."""
    long = [kind for kind, one in enumerate(formulation.classes) if is_long(formulation, one)]
    return max(long, key=lambda kind: sum(map(len, formulation.classes[kind].slots.values())), default=None)


def is_long(formulation: Formulation, one: PersonClass) -> bool:
    """Whether somebody can be on duty over more dates than a graph should remember."""
    days = days_of(formulation, one)
    return bool(days) and max(days) - min(days) > LONG


def days_of(formulation: Formulation, one: PersonClass) -> set[int]:
    """Days on which somebody can have a duty or standby."""
    return {formulation.variables.turns[turn].day for turn in (*one.slots, *one.standby)}
