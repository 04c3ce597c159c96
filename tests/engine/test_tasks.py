"""Tasks carry their own data: what travels is small, comes out the same elsewhere, and threads copy nothing."""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from patrolplan.engine import tasks
from patrolplan.engine.conductor import Settings, solve
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.neighbourhoods import Region
from patrolplan.engine.subproblem import Effort, StopSignal, Ties
from patrolplan.engine.tasks import (
    Facts,
    Snapshot,
    Unsuited,
    bound_choices,
    bound_counts,
    bound_turns,
    explore,
    fingerprint,
    perform,
    share,
)
from patrolplan.plan.loading import load_operation
from tests.engine.enumeration import some_roster, tiny
from tests.engine.test_determinism import guarded
from tests.tiny import tiny_problem

ROOT = Path(__file__).parents[2]
OPERATIONS = [ROOT / "examples" / name / "ops.yaml" for name in ("kpu-kalteng", "everything")]
EFFORT = Effort(5.0, deterministic=True)

PRINT_MARKS = """\
import sys
from pathlib import Path
from patrolplan.engine.formulation import Formulation
from patrolplan.engine.tasks import fingerprint
from patrolplan.plan.loading import load_operation
for path in sys.argv[1:]:
    print(fingerprint(Formulation(load_operation(Path(path)).problem)))
"""


@pytest.fixture(autouse=True)
def _nothing_learned() -> Iterator[None]:
    tasks._LEARNED.clear()
    yield
    tasks._LEARNED.clear()


@pytest.fixture
def facts() -> Facts:
    return share(Formulation(tiny_problem(**guarded())), StopSignal())


def elsewhere(facts: Facts, packed: bytes) -> Facts:
    """The facts as another process has them."""
    tasks.learn("elsewhere", packed)
    return tasks.facts_of("elsewhere")


def full_roster(facts: Facts) -> Incumbent:
    """Everybody holds the first slot of two turns."""
    incumbent = Incumbent(facts.formulation)
    for person in range(len(incumbent.held)):
        slots = list(facts.formulation.model_of(person).slots.values())
        incumbent.apply({person: frozenset({slots[person % 3][0], slots[person % 3 + 4][0]})})
    return incumbent


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.parent.name)
def test_rows_are_numbered_alike_in_every_process(path: Path) -> None:
    here = fingerprint(Formulation(load_operation(path).problem))
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", PRINT_MARKS, str(path)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.split() == [here]


@pytest.mark.parametrize("number", range(40))
def test_a_problem_and_its_rows_survive_the_journey(number: int) -> None:
    case = tiny(f"journey-{number}")
    tasks.learn("journey", Facts(case.formulation, StopSignal(), "journey").packed())
    there = tasks.facts_of("journey")
    incumbent = some_roster(random.Random(number), case)
    snapshot = pickle.loads(pickle.dumps(Snapshot("journey", incumbent)))
    arrived = snapshot.incumbent()
    assert arrived.formulation is there.formulation
    assert (arrived.held, arrived.costs) == (incumbent.held, incumbent.costs), case.facts
    assert (arrived.activity, arrived.unit_costs) == (incumbent.activity, incumbent.unit_costs), case.facts


def test_a_roster_is_the_same_whatever_came_before_it(facts: Facts) -> None:
    there, incumbent = elsewhere(facts, facts.packed()), full_roster(facts)
    held = tuple(tuple(sorted(schedule)) for schedule in incumbent.held)
    first = there.stand(held)
    there.stand(((),) * len(held))
    second = there.stand(held)
    assert first is not second
    assert first.costs == second.costs == incumbent.costs
    assert first.activity == second.activity == incumbent.activity


def test_an_answer_is_the_same_here_and_elsewhere(facts: Facts) -> None:
    incumbent = full_roster(facts)
    elsewhere(facts, facts.packed())
    people, turns = tuple(range(0, 10, 2)), tuple(range(4))
    region = Region("exchange", people, turns, dict.fromkeys(people, frozenset(range(8))))
    for level in facts.formulation.levels:
        for function, arguments in (
            (explore, (region, level, Ties.STAY, EFFORT)),
            (bound_turns, (tuple(range(6)), level, EFFORT)),
            (bound_choices, (tuple(range(6)), (), level, {}, EFFORT)),
            (bound_counts, (level, {1: [(frozenset({0}), 0)]}, EFFORT)),
        ):
            sent = pickle.dumps((function, Snapshot("elsewhere", incumbent), arguments))
            assert len(sent) < 3000
            other, base, rest = pickle.loads(sent)
            here = perform(function, facts.token, (Snapshot(facts.token, incumbent), *arguments))
            there = perform(other, "elsewhere", (base, *rest))
            assert here is not None and there is not None
            if function is explore:
                assert (here[0].changes, here[0].spent) == (there[0].changes, there[0].spent)
            else:
                assert here == there


def test_threads_copy_nothing_and_rebuild_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*arguments: object) -> object:
        raise AssertionError("something was to be packed")

    for owner, name in ((Snapshot, "__getstate__"), (Facts, "packed"), (Facts, "stand")):
        monkeypatch.setattr(owner, name, never)
    outcome = solve(tiny_problem(**guarded(6, 3)), Settings(1.0, deterministic=True))
    assert outcome.roster is not None


def test_facts_are_shared_once_and_forgotten_with_the_search() -> None:
    formulation, stop = Formulation(tiny_problem(**guarded(4, 2))), StopSignal()
    facts = share(formulation, stop)
    assert share(formulation, stop) is facts is tasks.facts_of(facts.token)
    assert share(formulation, StopSignal()) is not facts
    token = facts.token
    del facts
    with pytest.raises(LookupError):
        tasks.facts_of(token)


def test_a_process_keeps_the_facts_of_few_searches(facts: Facts) -> None:
    for token in ("one", "two", "three"):
        assert perform(_ask, token, ()) is None
        assert perform(_ask, token, (), facts.packed()) == (token, 0)
    assert list(tasks._LEARNED) == ["two", "three"]


def _ask(token: str) -> str:
    return tasks.facts_of(token).token


def test_what_is_kept_is_made_once_and_dropped_with_the_level(facts: Facts) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [facts.kept(level, "graph", make) for level in (1, 1, 2, 2, 1)] == [0, 0, 1, 1, 2]


def test_another_version_or_other_rows_are_refused(facts: Facts) -> None:
    versions, problem, mark = pickle.loads(zlib.decompress(facts.packed()))

    def packed(*data: object) -> bytes:
        return zlib.compress(pickle.dumps(data))

    with pytest.raises(Unsuited, match=r"patrolplan .* there, patrolplan 0\.0, .* here"):
        tasks.learn("other", packed(versions | {"patrolplan": "0.0"}, problem, mark))
    with pytest.raises(Unsuited, match="rules come out otherwise"):
        tasks.learn("other", packed(versions, problem, "another mark"))


def test_names_homes_and_telephones_do_not_travel(facts: Facts) -> None:
    problem = load_operation(OPERATIONS[0]).problem
    packed = Facts(Formulation(problem), StopSignal(), "kpu").packed()
    assert len(packed) < 40_000
    data = zlib.decompress(packed)
    named = [who for who in problem.people if who.name != who.id]
    assert named
    assert not any(who.name.encode() in data for who in named)
    people, calls = problem.signatures, problem.contacts
    printed = [problem.letterhead.address, *(one.name for one in people), *(one.phone for one in calls)]
    assert all(printed) and not any(words.encode() in data for words in printed)
