"""Who works in a turn, and who can then stand where: sums over people against seating them one by one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from patrolplan.engine import seating as seating_module
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.seating import Holders, Places, Seating, ShiftExchange
from patrolplan.engine.subproblem import Effort, StopSignal, Ties
from tests.engine.enumeration import Tiny, some_roster, tiny
from tests.tiny import tiny_problem

EFFORT = Effort(20.0, deterministic=True)
BATCHES = [range(start, start + 20) for start in range(0, 200, 20)]


def bits(*people: int) -> int:
    return sum(1 << person for person in set(people))


def seatable(fits: Sequence[int], workers: Sequence[int]) -> bool:
    """Whether some order of the people gives everybody a place that fits."""
    return len(workers) == len(fits) and any(
        all(place >> person & 1 for place, person in zip(fits, order, strict=True))
        for order in itertools.permutations(workers)
    )


@pytest.mark.parametrize("seed", range(30))
def test_people_keep_to_the_sums_exactly_if_they_can_be_seated(seed: int) -> None:
    rng = random.Random(seed)
    people = range(6)
    holders = tuple((person, 100 + person) for person in rng.sample(people, rng.randint(1, 4)))
    fits = [bits(person, *(one for one in people if rng.random() < 0.4)) for person, _ in holders]
    places = Places(holders, fits)
    assert places.cuts is not None
    for workers in itertools.combinations(people, len(holders)):
        keeps = all((union & bits(*workers)).bit_count() >= least for union, least in places.cuts)
        assert keeps == seatable(fits, workers), (fits, workers)
        if keeps:
            seats = places.seat(workers)
            fit_of = {slot: fit for (_, slot), fit in zip(holders, fits, strict=True)}
            assert set(seats) == set(workers)
            assert sorted(seats.values()) == sorted(fit_of)
            assert all(fit_of[slot] >> person & 1 for person, slot in seats.items())
        else:
            with pytest.raises(AssertionError):
                places.seat(workers)


def test_sums_over_the_free_count_on_those_who_go_on() -> None:
    places = Places(((0, 10), (1, 11), (2, 12)), [bits(0, 1, 3), bits(1, 4), bits(0, 1, 2, 3, 4)])
    assert places.cuts_of(bits(0, 1, 2, 3, 4)) == {
        bits(1, 4): 1,
        bits(0, 1, 3): 1,
        bits(0, 1, 3, 4): 2,
        bits(0, 1, 2, 3, 4): 3,
    }
    assert places.cuts_of(bits(0, 3)) == {bits(0, 3): 1}


def test_whoever_goes_on_moves_only_for_somebody_who_fits_nowhere_else() -> None:
    places = Places(((0, 10), (1, 11)), [bits(0, 1, 3), bits(1, 2, 3)])
    assert places.seat([0, 3]) == {0: 10, 3: 11}
    assert places.seat([2, 1]) == {1: 10, 2: 11}


def test_a_place_fits_whoever_has_what_nobody_else_there_has() -> None:
    people = {"A": {"qualifications": ["driver"]}, "B": {"qualifications": ["driver"]}, "C": None, "D": None}
    needs: list[dict[str, Any]] = [
        {"staff": 2, "at": "s/gate"},
        {"qualified": {"driver": 1}, "at": "s/gate"},
        {"staff": 1, "at": "s/desk"},
    ]
    rules: list[dict[str, Any]] = [{"one_duty": {}}, {"cover": {}}]
    shifts, posts = {"D": "07:00-19:00"}, ("s/gate", "s/desk")
    formulation = Formulation(tiny_problem(people, 1, shifts=shifts, posts=posts, needs=needs, rules=rules))
    gate, desk = formulation.variables.slots_of_turn[0]
    roster, seating = Incumbent(formulation), Seating(formulation)
    roster.apply({0: frozenset({gate}), 2: frozenset({gate}), 3: frozenset({desk})})
    assert seating.turns == {0}
    places = seating.places(seating.holders(roster)[0])
    everyone, drivers = bits(0, 1, 2, 3), bits(0, 1)
    assert dict(zip(places.holders, places.fits, strict=True)) == {
        (0, gate): drivers,
        (2, gate): everyone,
        (3, desk): everyone,
    }
    assert places.seat([1, 2, 3]) == {1: gate, 2: gate, 3: desk}
    assert places.seat([0, 1, 2]) == {0: gate, 1: desk, 2: gate}
    with pytest.raises(AssertionError):
        places.seat([1, 3, 4])


def others(rng: random.Random, case: Tiny, seating: Seating, roster: Incumbent, turn: int) -> Iterator[Incumbent]:
    """Rosters with other people in a turn, whatever their own rules say."""
    holders = seating.holders(roster).get(turn, ())
    places = seating.places(holders)
    turn_of, is_slot = case.formulation.variables.turn_of, case.formulation.variables.is_slot
    for _ in range(6):
        workers = rng.sample(case.people, len(holders))
        if not seatable(places.fits, workers):
            continue
        seats = places.seat(workers)
        other = roster.copy()
        changes: dict[int, Schedule] = {}
        for person in {*workers, *(person for person, _ in holders)}:
            kept = {key for key in roster.held[person] if not is_slot(key) or turn_of(key) != turn}
            changes[person] = frozenset(kept | ({seats[person]} if person in seats else set()))
        other.apply(changes)
        yield other


def test_of_a_turn_with_too_many_sets_only_the_places_of_some_people_are_dealt_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = {"A": {"qualifications": ["driver"]}, "B": {"qualifications": ["driver"]}, "C": None, "D": None, "E": None}
    needs: list[dict[str, Any]] = [{"staff": 3}, {"qualified": {"driver": 1}}]
    rules: list[dict[str, Any]] = [{"one_duty": {}}, {"cover": {}}]
    formulation = Formulation(tiny_problem(people, 1, shifts={"D": "07:00-19:00"}, needs=needs, rules=rules))
    gate = formulation.variables.slots_of_turn[0][0]
    roster, seating = Incumbent(formulation), Seating(formulation)
    roster.apply({person: frozenset({gate}) for person in (0, 1, 2)})
    holders, everyone = seating.holders(roster)[0], bits(0, 1, 2, 3, 4)
    assert seating.places_among(roster, 0, holders, {1, 3}).holders == holders
    monkeypatch.setattr(seating_module, "MOST_CUTS", 0)
    roster.apply({1: frozenset()})
    some = seating.places_among(roster, 0, seating.holders(roster)[0], {0, 2, 3})
    assert dict(zip(some.holders, some.fits, strict=True)) == {(0, gate): bits(0, 1), (2, gate): everyone}
    roster.apply({1: frozenset({gate})})
    few = seating.places_among(roster, 0, seating.holders(roster)[0], {1, 3})
    assert few.holders == ((1, gate),) and few.fits == [everyone], "the other driver goes on"


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_whoever_fits_a_place_makes_no_rule_about_posts_dearer(batch: range) -> None:
    for number in batch:
        rng, case = random.Random(f"seat-{number}"), tiny(f"seat-{number}")
        formulation, seating = case.formulation, Seating(case.formulation)
        about_posts = [
            unit
            for unit, rows in enumerate(formulation.units)
            if any(
                formulation.variables.is_slot(key) for row in rows for t in formulation.row(row).terms for key in t.keys
            )
        ]
        roster = some_roster(rng, case)
        for turn in seating.turns:
            for other in others(rng, case, seating, roster, turn):
                for unit in about_posts:
                    assert other.unit_costs[unit] <= roster.unit_costs[unit], case.facts


class Exchange:
    """Some people of a tiny operation who exchange turns, and every way in which they might."""

    def __init__(self, rng: random.Random, case: Tiny, *, is_crowded: bool = False) -> None:
        self.case = case
        self.seating = Seating(case.formulation)
        if is_crowded:
            self.seating._crowded.update(self.seating.turns)
        self.base = some_roster(rng, case)
        self.people = [person for person in case.people if rng.random() < 0.8] or [0]
        self.turns = [turn for turn in range(len(case.formulation.variables.turns)) if rng.random() < 0.8]
        self.level = rng.choice(list(case.formulation.levels))

    def solve(self) -> Incumbent:
        """The roster with the answer."""
        model = ShiftExchange(self.base, self.people, self.turns, self.level, Ties.NONE, None, self.seating)
        answer = model.solve(EFFORT, StopSignal())
        assert answer.solved and answer.changes is not None, self.case.facts
        roster = self.base.copy()
        roster.apply(answer.changes)
        return roster

    def costs(self, roster: Incumbent) -> tuple[int, ...]:
        """What people and turns cost by level up to the one that is aimed at, without what posts cost."""
        formulation = self.case.formulation
        is_slot = formulation.variables.is_slot
        found = []
        for level in formulation.levels[: formulation.levels.index(self.level) + 1]:
            cost = sum(roster.personal_cost(person, level) for person in self.case.people)
            for unit, rows in enumerate(formulation.units):
                keys = [key for row in rows for term in formulation.row(row).terms for key in term.keys]
                if formulation.unit_level(unit) == level and not any(map(is_slot, keys)):
                    cost += roster.unit_costs[unit]
            found.append(cost)
        return tuple(found)

    def possible(self) -> Iterator[Incumbent]:
        """Rosters in which they exchange turns and standby, and all can be seated; earlier levels cost no more."""
        variables = self.case.formulation.variables
        holders = self.seating.holders(self.base)
        free = [turn for turn in self.turns if turn in self.seating.turns and turn in holders]
        passing = {key for person in self.people for key in self.base.held[person]}
        before = self.costs(self.base)
        for plan in self.case.plans():
            if any(plan[person] != self.base.held[person] for person in self.case.people if person not in self.people):
                continue
            changed = {key for person in self.people for key in plan[person] ^ self.base.held[person]}
            if any(variables.turn_of(key) not in free for key in changed):
                continue
            if any(variables.is_standby(key) and key not in passing for key in changed):
                continue
            working = {
                turn: [
                    person
                    for person in self.case.people
                    if any(variables.is_slot(key) and variables.turn_of(key) == turn for key in plan[person])
                ]
                for turn in free
            }
            if not all(self._seatable(turn, holders[turn], working[turn]) for turn in free):
                continue
            roster = self.base.copy()
            roster.apply(dict(plan))
            if all(cost <= now for cost, now in zip(self.costs(roster)[:-1], before[:-1], strict=True)):
                yield roster

    def _seatable(self, turn: int, holders: Holders, workers: Sequence[int]) -> bool:
        """Whether people can have the places that are dealt out anew; of a crowded turn others keep theirs."""
        places = self.seating.places_among(self.base, turn, holders, frozenset(self.people))
        is_crowded = turn in self.seating._crowded
        return seatable(places.fits, [one for one in workers if one in self.people or not is_crowded])


@pytest.mark.parametrize("is_crowded", [False, True], ids=["all places", "their places"])
@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"{batch.start}-{batch.stop - 1}")
def test_an_exchange_of_turns_is_as_cheap_as_it_can_be_and_breaks_nothing(batch: range, is_crowded: bool) -> None:
    for number in batch:
        case = tiny(f"exchange-{number}")
        part = Exchange(random.Random(f"exchange-{number}"), case, is_crowded=is_crowded)
        if any(chain.price for one in case.formulation.classes for chain in one.chains):
            continue  # duties in a row at one post are left to chance
        roster = part.solve()
        for person in case.people:
            assert roster.held[person] in case.allowed[person], case.facts
        position = case.formulation.levels.index(part.level)
        for cost, before in zip(roster.costs[: position + 1], part.base.costs, strict=False):
            assert cost <= before, case.facts
        assert part.costs(roster)[-1] == min(part.costs(other)[-1] for other in part.possible()), case.facts
