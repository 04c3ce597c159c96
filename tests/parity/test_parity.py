"""Every rule's encoding against its check, from both sides, over all rosters of random tiny operations.

The encoding may admit neither more nor fewer rosters than the check passes, and prices each as the check does. With
``--parity-cases 5000`` the search goes on for longer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from patrolplan.problem import Problem
from patrolplan.rules.checks import LINKING, PERSONAL
from patrolplan.rules.encodings import ENCODINGS
from patrolplan.rules.specs import SPECS
from tests.parity.operations import KINDS, draw
from tests.parity.sides import Judged, Sides
from tests.rules.cases import rules_with_cases

FEWEST_ADMITTED, MOST_ADMITTED = 0.05, 0.95
"""Share of the rosters that a hard rule admits, if an operation is to prove something."""


@dataclass
class Tally:
    """How many operations were judged, and how many of them could have shown a difference."""

    judged: dict[bool, int] = field(default_factory=lambda: {False: 0, True: 0})
    telling: dict[bool, int] = field(default_factory=lambda: {False: 0, True: 0})

    def add(self, soft: bool, rosters: list[Judged]) -> None:
        """Count one operation."""
        self.judged[soft] += 1
        self.telling[soft] += tells_by_cost(rosters) if soft else tells_by_set(rosters)


def tells_by_set(rosters: list[Judged]) -> bool:
    """Whether the rule admits some rosters and refuses others."""
    share = sum(one.check.admitted for one in rosters) / len(rosters)
    return FEWEST_ADMITTED <= share <= MOST_ADMITTED


def tells_by_cost(rosters: list[Judged]) -> bool:
    """Whether rosters differ in cost."""
    return len({tuple(sorted(one.check.costs.items())) for one in rosters if one.check.admitted}) > 1


def account(problem: Problem, one: Judged) -> str:
    """A roster and what is said of it, for a person who has to find out who is wrong."""
    sides = Sides(problem)
    lines = []
    for person, schedule in one.plan.items():
        variables = sides.formulation.variables
        for key in sorted(schedule, key=lambda key: (variables.turn_of(key), key)):
            turn = variables.turns[variables.turn_of(key)]
            post = problem.posts[problem.slots[key].post].key if variables.is_slot(key) else "on call"
            when = problem.zone.span_text(turn.start, turn.end)
            lines.append(f"{problem.people[person].id}: {problem.shifts[turn.shift].name} {when} {post}")
    return "\n".join([*lines, f"encoding: {one.encoding}", f"check: {one.check}"])


@pytest.mark.parametrize("rule", KINDS)
def test_encoding_and_check_mean_the_same(rule: str, parity_cases: int) -> None:
    kind, tally = KINDS[rule], Tally()
    for number in range(parity_cases):
        facts, problem = draw(rule, number)
        sides = Sides(problem)
        rosters = list(sides.together() if kind.together else sides.alone())
        wrong = [one for one in rosters if not one.agrees]
        if wrong:
            pytest.fail(
                f"{rule}, operation {number}: {len(wrong)} of {len(rosters)} rosters are judged differently\n"
                f"{facts}\n{account(problem, wrong[0])}"
            )
        tally.add(kind.bends[number % len(kind.bends)], rosters)
    for soft in kind.bends:
        assert tally.telling[soft] >= tally.judged[soft] / 2, f"{rule} proves too little: {tally}"


def test_no_rule_lacks_anything() -> None:
    assert set(KINDS) == set(SPECS)
    assert set(ENCODINGS) == set(SPECS)
    assert {*PERSONAL, *LINKING} == set(SPECS)
    assert set(SPECS) <= set(rules_with_cases())


def test_every_rule_is_tried_hard_and_weighted_as_far_as_it_can_be() -> None:
    always = {name for name, spec in SPECS.items() if spec.always and name != "cover"}
    for name, kind in KINDS.items():
        expected = (False,) if name in always else (True,) if name in ("cover", "fairness") else (False, True)
        assert kind.bends == expected


def test_the_same_number_is_the_same_operation() -> None:
    assert [draw(rule, 3)[0] for rule in KINDS] == [draw(rule, 3)[0] for rule in KINDS]
