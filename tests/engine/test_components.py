"""Parts of a problem that have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from patrolplan.engine.components import around_costs, components
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.relaxation import link_bound
from patrolplan.engine.subproblem import Effort
from tests.tiny import tiny_problem

DAY = {"D": "07:00-19:00"}
RULES = [{"one_duty": {}}, {"eligibility": {}}, {"cover": {}}]
PLACES = ("s/p", "t/p", "u/p")
COST = 100 * 12 * 60


def formulation(
    people: dict[str, str], sites: Sequence[str] = "stu", rules: Sequence[dict[str, Any]] = (), staff: int = 1
) -> Formulation:
    """One post at each site; people with the sites that they may stand at."""
    problem = tiny_problem(
        {name: {"trained_for": list(trained)} for name, trained in people.items()},
        2,
        shifts=DAY,
        posts=[f"{site}/p" for site in sites],
        needs=[{"staff": staff, "at": f"{site}/p", "shift": "D"} for site in sites],
        rules=[*RULES, *rules],
    )
    return Formulation(problem)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({"A": "s", "B": "t", "C": "u"}, [(0,), (1,), (2,)]),
        ({"A": "s", "B": "st", "C": "u"}, [(0, 1), (2,)]),
        ({"A": "s", "B": "st", "C": "tu"}, [(0, 1, 2)]),
    ],
)
def test_people_belong_together_if_others_tie_them(people: dict[str, str], expected: list[tuple[int, ...]]) -> None:
    whole = formulation(people)
    found = components(whole)
    assert [one.people for one in found] == expected
    assert sorted(unit for one in found for unit in one.units) == list(range(len(whole.units)))
    keys = [key for one in found for key in one.keys if whole.variables.is_slot(key)]
    assert sorted(keys) == list(range(len(whole.problem.slots)))


def test_a_row_over_everybody_ties_all_together() -> None:
    whole = formulation({"A": "s", "B": "t", "C": "u"}, rules=[{"reserve": 1}])
    assert [one.people for one in components(whole)] == [(0, 1, 2)]


def test_only_what_shares_people_with_a_cost_is_looked_at() -> None:
    whole = formulation({"A": "s", "B": "st", "C": "u"})
    incumbent = Incumbent(whole)
    slots = {(whole.problem.posts[slot.post].key, slot.day): key for key, slot in enumerate(whole.problem.slots)}
    first = whole.problem.first_day
    incumbent.apply({1: frozenset({slots["t/p", first]}), 2: frozenset({slots["u/p", first], slots["u/p", first + 1]})})
    (units,) = around_costs(incumbent, range(len(whole.units)), range(2), 1)
    rows = [whole.row(number) for unit in units for number in whole.units[unit]]
    assert {key for row in rows for term in row.terms for key in term.keys} == {
        slots[place, first + day] for place in ("s/p", "t/p") for day in range(2)
    }


def test_bounds_of_parts_add_up_and_places_where_nobody_may_stand_count() -> None:
    whole = formulation({"A": "s", "B": "t"}, staff=2)
    assert link_bound(Incumbent(whole), range(2), 1, Effort(10.0, deterministic=True)) == 2 * COST * (1 + 1 + 2)
