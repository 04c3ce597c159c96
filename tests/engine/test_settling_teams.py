"""How teams are kept together: pass after pass around what costs, the dearest first, and what a proof would choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

from patrolplan.engine.alternatives import Choice
from patrolplan.engine.bounding import Bounding
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.crew import Abandoned
from patrolplan.engine.level import LOYAL_MARGIN, OTHERWISE_MARGIN, LevelSearch
from patrolplan.engine.neighbourhoods import TEAMS
from patrolplan.engine.search import Search
from tests.tiny import tiny_problem

PEOPLE = {name: {"team": "red" if name in "ABC" else "blue"} for name in "ABCDEF"}
RULES = [{"one_duty": {}}, {"cover": {}}, {"rest": "11h"}, {"teams": {"weight": 5, "level": 2}}]
NEEDS = [{"staff": 2, "shift": "D"}, {"staff": 2, "shift": "N"}]

Found = Mapping[tuple[int, ...], Choice]


@pytest.fixture
def level_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], LevelSearch]:
    """A level of two weeks with two teams, not begun, with a minute of counted work."""

    def make(wanted: int) -> LevelSearch:
        found: list[LevelSearch] = []

        def keep(self: LevelSearch) -> None:
            if self.level == wanted:
                found.append(self)
                raise Abandoned

        monkeypatch.setattr(LevelSearch, "settle", keep)
        monkeypatch.setattr(Search, "good_enough", lambda self, level: False)
        solve(tiny_problem(PEOPLE, 14, needs=NEEDS, rules=RULES), Settings(60.0, seed=1, deterministic=True))
        level = found[0]
        level.search.here.unit_costs[:] = [0] * len(level.search.here.unit_costs)
        return level

    return make


def split(level: LevelSearch, date: int, cost: int) -> tuple[int, ...]:
    """Let a team be split on a date; its turns."""
    turns, units = level.neighbourhoods.loyalty.dates[date]
    level.search.here.unit_costs[units[0]] = cost
    return turns


def spans(level: LevelSearch) -> list[tuple[int, int]]:
    """First and last turn of what is searched next."""
    return [(region.turns[0], region.turns[-1]) for region in level.costly]


def test_what_is_dearest_comes_first_among_runs_of_a_length(level_of: Callable[[int], LevelSearch]) -> None:
    level = level_of(2)
    for date, cost in ((1, 300), (5, 900), (9, 600)):
        split(level, date, cost)
    level._begin_pass((0, 1))
    assert spans(level) == [(10, 11), (18, 19), (2, 3)]
    assert all(region.offered is not None for region in level.costly), "everybody stays with his team"
    assert level.margins == [1]


@pytest.mark.parametrize("bound", [0, 60], ids=["nothing proved", "something proved"])
def test_the_next_pass_is_under_way_while_it_is_proved_what_has_to_cost(
    monkeypatch: pytest.MonkeyPatch, level_of: Callable[[int], LevelSearch], bound: int
) -> None:
    level = level_of(2)
    loyalty = level.neighbourhoods.loyalty
    proved, other = split(level, 3, 600), split(level, 8, 300)
    freed: list[list[tuple[int, int]]] = []
    asked: list[list[tuple[int, int]]] = []
    kinds: list[str] = []

    def go_on(self: LevelSearch, bounds: Sequence[Future[Any]]) -> None:
        freed.append(spans(self))
        kinds.extend(region.kind for region in self.costly)
        self.costly = []
        self._widen()
        self.fruitless += 100

    def choices(self: Bounding) -> Found:
        asked.append(spans(level))
        level.neighbourhoods.settled |= frozenset(proved)
        chosen = {unit: 1 - loyalty.chosen(level.search.here, unit) for unit in loyalty.dates[8][1]}
        return {other: Choice(bound, chosen)}

    monkeypatch.setattr(LevelSearch, "_go_on", go_on)
    monkeypatch.setattr(Bounding, "choices", choices)
    level._settle_teams()
    first, last = other[0], other[-1]
    assert freed[:3] == [[(6, 7), (16, 17)], [(5, 8), (15, 18)], [(4, 9), (14, 19)]]
    assert asked == [[(3, 10), (13, 20)], [(11, 22)], [(8, 25)], []], "wider, in the end nothing"
    otherwise = (first - OTHERWISE_MARGIN, last + OTHERWISE_MARGIN)
    both = [[(13, 20), otherwise], [(11, 22), otherwise], [(8, 25), otherwise]]
    assert freed[3:6] == [one[::-1] if bound else one for one in both], "what is proved to be all is left"
    assert kinds.count(TEAMS) == 3


def test_a_pass_is_done_again_if_a_region_was_cut_off(
    monkeypatch: pytest.MonkeyPatch, level_of: Callable[[int], LevelSearch]
) -> None:
    level = level_of(2)
    split(level, 8, 300)
    freed: list[tuple[int, int]] = []

    def go_on(self: LevelSearch, bounds: Sequence[Future[Any]]) -> None:
        freed.extend(spans(self))
        self.is_cut_off = freed.count((13, 20)) == 1
        self.costly = []
        self._widen()
        self.fruitless += 100

    monkeypatch.setattr(LevelSearch, "_go_on", go_on)
    monkeypatch.setattr(Bounding, "choices", lambda self: {})
    level._settle_teams()
    assert freed == [(16, 17), (15, 18), (14, 19), (13, 20), (13, 20), (11, 22), (8, 25)]


def test_what_teams_do_already_is_not_tried_once_more(level_of: Callable[[int], LevelSearch]) -> None:
    level = level_of(2)
    turns = split(level, 4, 300)
    here, loyalty = level.search.here, level.neighbourhoods.loyalty
    same = {unit: loyalty.chosen(here, unit) for unit in loyalty.dates[4][1]}
    assert level._otherwise({turns: Choice(0, same)}) == []
    (region,) = level._otherwise({turns: Choice(0, {unit: 1 - one for unit, one in same.items()})})
    assert region.kind == TEAMS and region.offered is not None
    assert all(here.held[person] & _keys(level, turns) <= region.offered[person] for person in region.people)
    assert any(len(region.offered[person] & _keys(level, turns)) == 2 for person in region.people), "or goes along"


def test_what_is_settled_about_choices_stays_so_until_it_costs_more(
    monkeypatch: pytest.MonkeyPatch, level_of: Callable[[int], LevelSearch]
) -> None:
    level = level_of(2)
    settled = level.neighbourhoods
    monkeypatch.setattr(level.bounding, "of_turns", lambda base, clusters: [0 for _ in clusters])
    dear, free = split(level, 3, 300), level.neighbourhoods.loyalty.dates[8][0]
    level.bounding._chosen = {dear: Choice(300, {}), free: Choice(0, {})}
    level.bounding.around_costs(0)
    assert settled.settled == {*dear, *free}
    split(level, 3, 600)
    split(level, 8, 300)
    level.bounding.around_costs(0)
    assert not settled.settled


def _keys(level: LevelSearch, turns: Sequence[int]) -> set[int]:
    slots = level.search.formulation.variables.slots_of_turn
    return {slot for turn in turns for slot in slots[turn]}


def test_on_the_first_level_more_turns_are_freed_for_those_who_stay_with_their_team(
    level_of: Callable[[int], LevelSearch],
) -> None:
    level = level_of(1)
    here = level.search.here
    unit = next(unit for unit in range(len(here.unit_costs)) if here.formulation.unit_level(unit) == 1)
    here.unit_costs[unit] = 600
    (turn,) = set(here.formulation.turns_of_unit(unit))
    level._free_costs(0, 3)
    wide = (max(0, turn - LOYAL_MARGIN), turn + LOYAL_MARGIN)
    assert spans(level) == [(turn, turn), wide, (turn, turn)]
    assert [region.offered is None for region in level.costly] == [False, False, True]
