"""Documents to a frozen problem, the effective operation as text, and the schema."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from patrolplan.config import Loaded, load, resolved_text, schema
from patrolplan.config.source import parse_yaml
from patrolplan.errors import InputError
from patrolplan.units import parse_date
from tests.config.conftest import GATE, HEAD, TAIL, Write

Load = Callable[[str], Loaded]
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").rglob("*.yaml"))
SOUND = HEAD + GATE + TAIL


def test_horizon_and_slots(loaded: Load) -> None:
    problem = loaded(SOUND).problem
    assert problem.zone.iso(problem.start) == "2024-11-04T07:00+07:00"
    assert (problem.first_day, problem.last_day) == (parse_date("2024-11-04"), parse_date("2024-11-10"))
    assert (problem.day_starts, problem.window) == (420, (problem.start, problem.end))
    assert len(problem.slots) == 14 and problem.slots == tuple(
        sorted(problem.slots, key=lambda s: (s.start, s.post, s.shift))
    )
    assert problem.posts[0].key == "office/gate" and problem.sites[0].title == "office"


def test_sources_carry_the_hash_of_every_file(write: Write) -> None:
    path = write(SOUND)
    assert load(path).problem.sources == {"ops.yaml": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_rules_that_always_hold_are_added(loaded: Load) -> None:
    problem = loaded(SOUND).problem
    assert [(rule.id, rule.weight, rule.level) for rule in problem.rules] == [
        ("availability", None, 2),
        ("eligibility", None, 2),
        ("one_duty", None, 2),
        ("cover", 1, 1),
        ("rest", None, 2),
    ]
    assert all(rule.people == {0, 1} and rule.during is None for rule in problem.rules)
    listed = loaded(SOUND + "  - one_duty: {per_day: 2}\n").problem
    assert [rule.name for rule in listed.rules].count("one_duty") == 1


def test_a_window_is_planned(write: Write) -> None:
    day = parse_date("2024-11-06")
    problem = load(write(SOUND), window=((day, None), (day + 1, 19 * 60))).problem
    assert [(slot.day - day, slot.shift) for slot in problem.slots] == [(0, 0), (0, 1), (1, 0)]
    assert problem.zone.iso(problem.window[0]) == "2024-11-06T07:00+07:00"
    with pytest.raises(InputError, match="lies outside the operation"):
        load(write(SOUND), window=((day + 100, None), None))
    with pytest.raises(InputError, match="is empty"):
        load(write(SOUND), window=((day, None), (day - 1, None)))


def test_phases_begin_and_end_with_the_operation(loaded: Load) -> None:
    text = (
        SOUND
        + "phases: {a: {until: 2024-11-06}, b: {from: 2024-11-06, until: 2025-01-01}, c: {}, d: {from: 2025-01-01}}\n"
    )
    result = loaded(text)
    iso = result.problem.zone.iso
    assert [(phase.name, iso(phase.start)[:16], iso(phase.end)[:16]) for phase in result.problem.phases] == [
        ("a", "2024-11-04T07:00", "2024-11-06T07:00"),
        ("b", "2024-11-06T07:00", "2024-11-11T07:00"),
        ("c", "2024-11-04T07:00", "2024-11-11T07:00"),
    ]
    assert any('the phase "d" lies outside' in one.message for one in result.warnings)


def test_selectors_and_during(loaded: Load) -> None:
    people = "personnel: [{id: 1, team: A, sex: f}, {id: 2, team: B, contract: part}, {id: 3, team: A, unit: U}]\n"
    rules = [
        "{id: a, for: {teams: A}, during: {dates: 2024-11-06}, min: 11h}",
        "{id: b, for: {teams: A, sex: female}, min: 11h}",
        "{id: c, for: {people: [2, 3], contracts: part}, min: 11h}",
        "{id: d, for: {units: [U]}, min: 11h}",
        "{id: e, for: {teams: B, sex: m}, min: 11h}",
    ]
    text = HEAD + GATE + people + "rules:\n" + "".join(f"  - rest: {rule}\n" for rule in rules)
    result = loaded(text + "  - pins: [{person: 2, date: 2024-11-05}]\n")
    bound = {rule.id: sorted(rule.people) for rule in result.problem.rules if rule.name in ("rest", "pins")}
    assert bound == {"a": [0, 2], "b": [0], "c": [1], "d": [2], "e": [], "pins": [1]}
    (during,) = [rule.during for rule in result.problem.rules if rule.id == "a"]
    assert during and [result.problem.zone.iso(edge)[:16] for edge in during[0]] == [
        "2024-11-06T07:00",
        "2024-11-07T07:00",
    ]
    (warning,) = result.warnings
    assert warning.message == 'the rule "e" binds nobody.' and warning.place.line == 20


def test_no_rest_rule_is_a_warning(loaded: Load) -> None:
    found = loaded(HEAD + GATE + "personnel: [{id: P1}]\n").warnings
    assert [one.message for one in found] == ["there is no rest rule; add one, such as - rest: 11h."]
    assert found[0].place.line == 2


def test_what_is_probably_forgotten_is_a_warning(loaded: Load) -> None:
    text = HEAD + "sites: {office: {posts: {gate: {}}}}\nrules: [{rest: 11h}]\n"
    assert [one.message for one in loaded(text).warnings] == [
        'nobody is ever needed at "office/gate".',
        "no people are listed (personnel).",
    ]


def test_travel_accept_and_the_rest(loaded: Load, write: Write) -> None:
    write("x\n", "old.csv")
    text = SOUND.replace("sites:\n", "sites:\n  yard: {posts: {}}\n") + (
        "travel: [{between: [office, yard], time: 30m}]\nhistory: old.csv\nweek_starts: sun\nweekend: [fri, sat]\n"
        "accept: [{finding: PP101, at: gate, during: {dates: 2024-11-06}, short: 2, by: me, until: 2024-12-10}]\n"
        "rounds: {yard: {promise: 60m, attack: 20m, checkpoints: {gate: {}}}}\n"
    )
    result = loaded(text)
    problem = result.problem
    assert problem.travel == {(0, 1): 30} and problem.travel_between(0, 0) == 0
    assert [path.name for path in result.history] == ["old.csv"] and result.busy == ()
    assert (problem.week_starts, problem.weekend) == (6, (4, 5))
    (accepted,) = problem.acceptances
    assert (accepted.code, accepted.at, accepted.short, accepted.by) == ("PP101", "office/gate", 2, "me")


def test_a_shift_of_24_hours(loaded: Load) -> None:
    text = SOUND.replace('start: "19:00", end: "07:00"', 'start: "07:00", end: "07:00"')
    problem = loaded(text).problem
    assert {slot.end - slot.start for slot in problem.slots if slot.shift == 1} == {1440}


def test_resolved_text_reads_back_and_names_origins(write: Write) -> None:
    write("ranks: [A, B]\nrules: [{hours: {max: 60h per week}}]\n", "base.yaml")
    text = resolved_text(
        write("extends: base.yaml\n" + SOUND.replace("{staff: 1}", "{staff: 1}, {between: 07:00-19:00, staff: 2}"))
    )
    again = parse_yaml(text, "f").plain()
    assert again["sites"]["office"]["posts"]["gate"]["needs"] == [{"staff": 1}, {"between": "07:00-19:00", "staff": 2}]
    assert again["rules"] == [{"hours": {"id": "hours", "max": "60h per week"}}, {"rest": "11h"}]
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.search(r"  # \S+:\d+$", line) for line in lines)
    assert re.search(r"ranks:.*base\.yaml:1", text)
    assert "#   Mon 4 Nov - Sun 10 Nov   07:00-19:00  staff 1, staff 2" in text
    assert "#                            19:00-07:00  staff 1" in text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_load_and_suit_the_schema(path: Path) -> None:
    load(path)
    plain = parse_yaml(path.read_text(encoding="utf-8"), path.name).plain()
    found = schema()
    jsonschema.Draft7Validator.check_schema(found)
    problems = list(jsonschema.Draft7Validator(found).iter_errors(plain))
    missing = [one for one in problems if one.validator == "required" and "extends" in plain and not one.path]
    assert [one.message for one in problems if one not in missing] == []


def test_the_schema_refuses_what_is_wrong() -> None:
    validator = jsonschema.Draft7Validator(json.loads(json.dumps(schema())))
    for old, new in (
        ("{staff: 1}", "{satff: 1}"),
        ("rest: 11h", "rets: 11h"),
        ("rest: 11h", "rest: 11"),
        ("end:", "ned:"),
    ):
        assert not validator.is_valid(parse_yaml(SOUND.replace(old, new), "f").plain())
    assert validator.is_valid(parse_yaml(SOUND + "  - {id: rest, off: true}\n  - reserve: 8\n", "f").plain())


def test_the_election_example() -> None:
    problem = load(ROOT / "examples" / "kpu-kalteng" / "ops.yaml").problem
    assert len(problem.people) == 172
    heads = {}
    for phase in problem.phases:
        heads[phase.name] = sum(
            window.count
            for demand in problem.demands
            if demand.kind == "staff"
            for window in demand.windows
            if window.start <= phase.start < window.end
        )
    assert heads == {"campaign": 29, "quiet": 44, "voting": 61, "recapitulation": 47, "plenary": 66}
    assert problem.warnings == ()


def test_loading_is_light() -> None:
    code = (
        "import sys, time; from pathlib import Path; from patrolplan.config import load;"
        "load(Path('examples/kpu-kalteng/ops.yaml'));"
        "assert not {'ortools', 'numpy', 'rich'} & set(sys.modules); print(time.process_time())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 3
