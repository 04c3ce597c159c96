"""What people may hold who stay with their team."""

from __future__ import annotations

from patrolplan.engine.formulation import Formulation
from patrolplan.engine.greedy import first_roster
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.loyalty import Loyalty
from patrolplan.engine.neighbourhoods import TEAMS, Neighbourhoods
from patrolplan.engine.subproblem import Effort, StopSignal, Subproblem, Ties
from tests.tiny import tiny_problem

EFFORT = Effort(10.0, deterministic=True)
PEOPLE = {name: {"team": "red" if name in "ABC" else "blue"} for name in "ABCDEF"}
RULES = [{"one_duty": {}}, {"cover": {}}, {"teams": {"weight": 5, "level": 2}}]
NEEDS = [{"staff": 2, "shift": "D"}, {"staff": 2, "shift": "N"}]


def guarded(days: int = 1) -> tuple[Formulation, Incumbent]:
    """A date on which A and B of the red team are on D, D and E of the blue one on N, and C on N with them."""
    formulation = Formulation(tiny_problem(PEOPLE, days, needs=NEEDS, rules=RULES))
    day, night = (slots[0] for slots in formulation.variables.slots_of_turn[:2])
    roster = Incumbent(formulation)
    roster.apply({person: frozenset({day if person < 2 else night}) for person in range(5)})
    return formulation, roster


def test_nobody_joins_another_team_but_who_is_there_may_stay() -> None:
    formulation, roster = guarded()
    offered = Loyalty(formulation).offered(roster, range(6), [0, 1])
    day, night = (slots[0] for slots in formulation.variables.slots_of_turn)
    assert offered is not None
    assert [sorted(offered[person]) for person in range(6)] == [
        *[[day]] * 2,
        sorted([day, night]),
        *[[night]] * 3,
    ]


def test_a_team_that_changes_its_mind_takes_everybody_along() -> None:
    formulation, roster = guarded()
    loyalty = Loyalty(formulation)
    red, blue = loyalty.choices
    if 0 not in loyalty.team(red):
        red, blue = blue, red
    instead = {red: 1 - loyalty.chosen(roster, red), blue: 1 - loyalty.chosen(roster, blue)}
    offered = loyalty.offered(roster, range(6), [0, 1], instead)
    day, night = (slots[0] for slots in formulation.variables.slots_of_turn)
    assert offered is not None
    assert [sorted(offered[person]) for person in range(6)] == [*[[night]] * 3, *[[day]] * 3]
    staying = loyalty.offered(roster, range(6), [0, 1], instead, may_stay=True)
    assert staying is not None
    assert [sorted(staying[person]) for person in range(6)] == [
        *[sorted([day, night])] * 2,
        [night],
        *[sorted([day, night])] * 2,
        [day],
    ], "C is where the team is to go, F is nowhere"
    part = Subproblem(roster, range(6), [0, 1], 2, Ties.NONE, offered)
    answer = part.solve(EFFORT, StopSignal())
    assert answer.changes is not None
    roster.apply(answer.changes)
    assert not any(roster.costs)
    assert all(roster.held[person] <= offered[person] for person in range(6))


def test_where_nobody_chooses_nobody_is_bound() -> None:
    formulation = Formulation(tiny_problem(PEOPLE, 1, needs=NEEDS, rules=RULES[:2]))
    loyalty = Loyalty(formulation)
    assert not loyalty.choices
    assert loyalty.offered(Incumbent(formulation), range(6), [0, 1]) is None


def test_a_share_of_old_hands_is_no_team() -> None:
    people = {name: {"qualifications": ["old"] if name in "AB" else []} for name in "ABCDEF"}
    rules = [{"one_duty": {}}, {"cover": {}}, {"mix": {"of": "old", "share": "50%", "weight": 5}}]
    formulation = Formulation(tiny_problem(people, 1, needs=NEEDS, rules=rules))
    assert not Loyalty(formulation).choices


def test_two_teams_change_places_over_the_same_dates() -> None:
    formulation = Formulation(tiny_problem(PEOPLE, 4, needs=NEEDS, rules=RULES))
    roster = first_roster(formulation, EFFORT, StopSignal())
    neighbourhoods = Neighbourhoods(formulation, 3)
    for _ in range(20):
        region = neighbourhoods.kinds[TEAMS].choose(roster, 3, 1000)
        assert region.people == tuple(range(6)) and region.offered is not None
        part = Subproblem(roster, region.people, region.turns, 2, Ties.LATER, region.offered)
        changes = part.solve(EFFORT, StopSignal()).changes
        assert changes is not None and changes != dict(enumerate(roster.held))


def test_the_first_roster_shares_shifts_among_teams() -> None:
    rules = [*RULES, {"rest": {"min": "11h"}}]
    needs = [{"staff": 3, "shift": "D"}, {"staff": 3, "shift": "N"}]
    people = {
        name: {"team": name[0]} for name in ("r1", "r2", "r3", "s1", "s2", "s3", "t1", "t2", "t3", "u1", "u2", "u3")
    }
    formulation = Formulation(tiny_problem(people, 8, needs=needs, rules=rules))
    roster = first_roster(formulation, EFFORT, StopSignal())
    turns = formulation.variables.turns
    assert not any(roster.costs)
    nights = [sum(turns[formulation.variables.turn_of(key)].shift == 1 for key in held) for held in roster.held]
    assert set(nights) == {2}
