"""A roster in the making, read off while it changes."""

from __future__ import annotations

import random

from patrolplan.engine.incumbent import roster_of
from tests.engine.enumeration import some_roster, tiny


def test_a_roster_is_the_same_whether_read_off_piece_by_piece_or_at_once() -> None:
    for number in range(40):
        case, rng = tiny(f"read-{number}"), random.Random(number)
        incumbent = some_roster(rng, case)
        for _ in range(3):
            assert incumbent.roster() == roster_of(case.formulation, incumbent.held), case.facts
            twin = incumbent.copy()
            person = rng.choice(case.people)
            incumbent.apply({person: rng.choice(case.allowed[person])})
            assert twin.roster() == roster_of(case.formulation, twin.held), case.facts
