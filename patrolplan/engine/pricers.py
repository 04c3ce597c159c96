"""Which pricer takes the rules of a class: a graph, a graph with budgets, or the solver."""

from __future__ import annotations

from patrolplan.engine.budgets import BudgetPricer
from patrolplan.engine.formulation import Formulation, PersonClass
from patrolplan.engine.layers import TooLarge
from patrolplan.engine.pricing import GraphPricer, Pricer, SolverPricer

LONG = 100
"""Dates beyond which rules that count over all of them are budgets, even if a graph could remember them."""


def make_pricer(formulation: Formulation, one: PersonClass, level: int) -> Pricer:
    """The quickest pricer that can take the rules of a class."""
    try:
        if is_long(formulation, one):
            return BudgetPricer(formulation, one, level)
        return GraphPricer(formulation, one, level)
    except TooLarge:
        return SolverPricer(formulation, one, level)


def is_long(formulation: Formulation, one: PersonClass) -> bool:
    """Whether somebody can be on duty over more dates than a graph should remember."""
    days = days_of(formulation, one)
    return bool(days) and max(days) - min(days) > LONG


def days_of(formulation: Formulation, one: PersonClass) -> set[int]:
    """Days on which somebody can have a duty or standby."""
    return {formulation.variables.turns[turn].day for turn in (*one.slots, *one.standby)}
