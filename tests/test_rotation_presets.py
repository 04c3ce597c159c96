"""The presets below ``configs/rotations``: they cover the clock, load for a few teams, and give the roster they say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from patrolplan.audit import audit
from patrolplan.config import load
from patrolplan.config.folder import presets_folder
from patrolplan.config.source import parse_yaml
from patrolplan.engine.conductor import Settings, solve
from patrolplan.problem import Problem
from patrolplan.rules.fields import cycle_letters
from patrolplan.rules.rotation.spec import Rotation

FOLDER = presets_folder() / "rotations"
TWO = '{day: {start: "07:00", end: "19:00"}, night: {start: "19:00", end: "07:00", night: true}}'
THREE = (
    '{early: {start: "06:00", end: "14:00"}, late: {start: "14:00", end: "22:00"}, '
    'night: {start: "22:00", end: "06:00", night: true}}'
)
OTHERS = THREE.replace("early", "morning").replace("late", "afternoon")
WHOLE = '{watch: {start: "08:00", end: "08:00", night: true}}'

PATTERNS = {
    "continental": (4, "ELN", 28, 21),
    "pitman": (4, "DN", 28, 14),
    "pitman-fixed": (2, "D", 14, 7),
    "dupont": (4, "DN", 28, 14),
    "four-on-four-off": (4, "DN", 8, 4),
    "four-on-four-off-blocks": (4, "DN", 16, 8),
    "four-on-four-off-fixed": (2, "D", 8, 4),
    "six-on-two-off": (4, "ELN", 8, 6),
    "24-48": (3, "T", 3, 1),
    "12-24": (4, "DN", 4, 2),
}
"""For each named pattern: teams, letters of the clock, length in dates, dates on duty."""

SCENES = [
    ("continental", THREE, "06:00", 4),
    ("continental", OTHERS, "06:00", 4),
    ("pitman", TWO, "07:00", 4),
    ("dupont", TWO, "07:00", 4),
    ("four-on-four-off", TWO, "07:00", 4),
    ("six-on-two-off", THREE, "06:00", 4),
    ("24-48", WHOLE, "08:00", 3),
    ("12-24", TWO, "07:00", 4),
]


def patterns() -> dict[str, str]:
    """Letters of every named pattern of the presets."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        section = parse_yaml(path.read_text(encoding="utf-8"), path.name).children["rotations"]
        for name, node in section.children.items():
            found[name] = cycle_letters(str(node.children["pattern"].value))
    return found


def operation(folder: Path, preset: str, shifts: str, clock: str, teams: int, rule: str = "") -> Problem:
    """Four weeks of one post, and one person in each team."""
    people = ", ".join(f"{{id: {team}, team: {team}}}" for team in "ABCD"[:teams])
    (folder / "ops.yaml").write_text(
        "patrolplan: 1\n"
        f"extends: [rotations/{preset}]\n"
        f"operation: {{name: Gate, timezone: Asia/Jakarta, from: 2026-02-02 {clock}, until: 2026-03-02 {clock}}}\n"
        f"shifts: {shifts}\n"
        "sites: {s: {posts: {p: {needs: [{staff: 1}]}}}}\n"
        f"personnel: [{people}]\n"
        f"rules: [{{rest: 11h}}{rule}]\n",
        encoding="utf-8",
    )
    loaded = load(folder / "ops.yaml")
    assert not loaded.warnings
    return loaded.problem


def test_every_pattern_is_known_here() -> None:
    assert {name: len(letters) for name, letters in patterns().items()} == {
        name: length for name, (_, _, length, _) in PATTERNS.items()
    }
    assert {name for name, *_ in SCENES} == {path.stem for path in FOLDER.glob("*.yaml")}


@pytest.mark.parametrize("name", PATTERNS)
def test_teams_spread_evenly_have_one_team_on_every_shift(name: str) -> None:
    letters, (teams, clock, length, on_duty) = patterns()[name], PATTERNS[name]
    assert sum(letter != "O" for letter in letters) == on_duty
    offsets = [team * length // teams for team in range(teams)]
    for day in range(length):
        serving = [letters[(day + offset) % length] for offset in offsets]
        assert sorted(letter for letter in serving if letter != "O") == sorted(clock)


@pytest.mark.parametrize(("preset", "shifts", "clock", "teams"), SCENES)
def test_a_preset_alone_is_an_ideal(preset: str, shifts: str, clock: str, teams: int, tmp_path: Path) -> None:
    problem = operation(tmp_path, preset, shifts, clock, teams)
    (rule,) = (rule for rule in problem.rules if rule.name == "rotation")
    assert (rule.id, rule.weight, rule.level) == ("rotation", 1, 2)
    assert isinstance(rule.spec, Rotation) and len(rule.spec.offsets) == teams
    assert problem.sources.keys() == {"ops.yaml", f"presets/rotations/{preset}.yaml"}


@pytest.mark.parametrize(("preset", "shifts", "clock", "teams"), SCENES)
def test_a_hard_rotation_is_the_roster(preset: str, shifts: str, clock: str, teams: int, tmp_path: Path) -> None:
    rule = f", {{rotation: {{id: rotation, pattern: {preset}}}}}"
    problem = operation(tmp_path, preset, shifts, clock, teams, rule)
    outcome = solve(problem, Settings(time_limit=5.0, workers=1, deterministic=True))
    assert outcome.roster is not None
    found = audit(problem, outcome.roster)
    assert not found.findings
    letters = patterns()[preset]
    (spec,) = (rule.spec for rule in problem.rules if isinstance(rule.spec, Rotation))
    for person, who in enumerate(problem.people):
        served = {duty.day - problem.first_day: duty.shift for duty in outcome.roster.of(person)}
        number = "ABCD".index(who.team) * len(letters) // teams
        due = [letters[(day + number) % len(letters)] for day in range(28)]
        assert served == {
            day: problem.shift_index[spec.letters[letter]] for day, letter in enumerate(due) if letter != "O"
        }
    on_turns = Counter((duty.day, duty.shift) for duty in outcome.roster.duties)
    assert set(on_turns.values()) == {1} and len(on_turns) == 28 * len(problem.shifts)
