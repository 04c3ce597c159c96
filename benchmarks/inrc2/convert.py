"""A static instance as an operation of patrolplan: a post for each skill, and all weeks at once.

The minimum cover stands alone on the first level, all costs together on the second.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from benchmarks.inrc2.instance import WEEKDAYS, Contract, Instance, Nurse, NurseHistory, Scenario
from benchmarks.inrc2.score import (
    COMPLETE_WEIGHT,
    OFF_STREAK_WEIGHT,
    OPTIMAL_COVER_WEIGHT,
    PREFERENCE_WEIGHT,
    SHIFT_STREAK_WEIGHT,
    TOTAL,
    TOTAL_WEIGHT,
    WEEKENDS,
    WEEKENDS_WEIGHT,
    WORK_STREAK_WEIGHT,
)
from benchmarks.operation_file import FIRST_DATE, Document, OperationFiles, clock_text, dates, heading, opening_need
from patrolplan.errors import InputError
from patrolplan.units import DAY_MINUTES

MINIMUM_LEVEL, COST_LEVEL = 1, 2
SITE = "ward"
LONGEST_SHIFT = 8 * 60
"""Minutes of a shift, unless there are so many kinds that they would not fit into a day one after another."""

PEOPLE = ("id", "contract", "qualifications")
HISTORY = ("person", "site", "post", "shift", "start", "end", "kind")
COUNTERS = ("person", "duties", "weekends")
DUTY, ON_CALL = "duty", "standby"

Rows = list[Sequence[str]]


def convert(instance: Instance) -> OperationFiles:
    """The operation whose rosters cost what they cost in the instance, save for `charged_before`.

    The id of every rule begins with its name in the catalogue.

    Raises
    ------
    InputError
        If the history contradicts itself, so that no roster can be as it says.
    """
    scenario = instance.scenario
    document = {
        **heading(instance.name, instance.days),
        "shifts": dict(_shifts(scenario)),
        "contracts": {name: {} for name in scenario.contracts},
        "qualifications": {skill: {} for skill in scenario.skills},
        "sites": {SITE: _site(instance)},
        "rules": list(_rules(instance)),
    }
    tables: dict[str, Rows] = {"personnel": [PEOPLE, *_people(scenario)], "history": [HISTORY, *_history(instance)]}
    counters = _counters(instance)
    if counters:
        tables["counters"] = [COUNTERS, *counters]
    return OperationFiles(document, tables)


def charged_before(instance: Instance) -> dict[str, int]:
    """What the competition charges for limits that the counters of the history alone exceed, by line of its validator.

    patrolplan charges nothing for the past; this is the same for every roster.
    """
    found = {TOTAL: 0, WEEKENDS: 0}
    for nurse in instance.scenario.nurses.values():
        before, contract = instance.history[nurse.name], nurse.contract
        found[TOTAL] += TOTAL_WEIGHT * max(0, before.assignments - contract.max_assignments)
        found[WEEKENDS] += WEEKENDS_WEIGHT * max(0, before.weekends - contract.max_weekends)
    return found


# -- places, people and needs ----------------------------------------------------------------------------------------


def _shifts(scenario: Scenario) -> Iterator[tuple[str, Document]]:
    """Shifts one after another within a date."""
    length = _length(scenario)
    for number, name in enumerate(scenario.shift_types):
        yield name, {"start": clock_text(number * length), "end": clock_text((number + 1) * length)}


def _length(scenario: Scenario) -> int:
    return min(LONGEST_SHIFT, DAY_MINUTES // len(scenario.shift_types))


def _people(scenario: Scenario) -> Iterator[Sequence[str]]:
    for nurse in scenario.nurses.values():
        yield nurse.name, nurse.contract.name, ";".join(skill for skill in scenario.skills if skill in nurse.skills)


def _site(instance: Instance) -> Document:
    """A post for each skill."""
    asked: dict[str, dict[tuple[str, int, int], list[int]]] = {skill: {} for skill in instance.scenario.skills}
    closed = {
        (day, shift, skill)
        for day in range(instance.days)
        for shift in instance.scenario.shift_types
        for skill in asked
    }
    for week, data in enumerate(instance.weeks):
        for one in data.demands:
            day = week * len(WEEKDAYS) + one.weekday
            asked[one.skill].setdefault((one.shift, one.minimum, one.optimal), []).append(day)
            if one.minimum or one.optimal:
                closed.discard((day, one.shift, one.skill))
    posts = {
        skill: {
            "requires": [skill],
            "needs": [
                need for (shift, least, best), days in alike.items() for need in _needs(shift, least, best, days)
            ],
        }
        for skill, alike in asked.items()
    }
    order = list(instance.scenario.shift_types)
    turns = sorted({(order.index(shift), day) for day, shift, _ in closed})
    opening = opening_need([(day, order[shift]) for shift, day in turns], COST_LEVEL)
    return {**({"needs": opening} if opening else {}), "posts": posts}


def _needs(shift: str, least: int, best: int, days: Sequence[int]) -> Iterator[Document]:
    """The minimum, and the optimal cover counted from nobody on; more people than that cost nothing."""
    window: Document = {"shift": shift, "dates": dates(days), "per": "window"}
    minimum = {"staff": least, "short": {"cost": 1, "level": MINIMUM_LEVEL}, "surplus": 0} if least else {}
    optimum = {"ideal": best, "ideal_cost": {"cost": OPTIMAL_COVER_WEIGHT, "level": COST_LEVEL}} if best else {}
    if minimum and optimum and best >= least:
        yield {**window, **minimum, **optimum}
        return
    for counts in (minimum, optimum):
        if counts:
            yield {**window, **counts}


# -- rules -----------------------------------------------------------------------------------------------------------


def _rules(instance: Instance) -> Iterator[Document]:
    scenario = instance.scenario
    yield {"rest": "0h"}
    forbidden = {one.name: sorted(one.forbidden_next) for one in scenario.shift_types.values() if one.forbidden_next}
    if forbidden:
        yield {"succession": {"id": "succession", "forbid": forbidden}}
    for kind in scenario.shift_types.values():
        limits = _limits(kind.min_consecutive, kind.max_consecutive)
        yield _soft("shift_streak", kind.name, SHIFT_STREAK_WEIGHT, {"shift": [kind.name], **limits})
    held = {nurse.contract.name for nurse in scenario.nurses.values()}
    for contract in scenario.contracts.values():
        if contract.name in held:
            yield from _contract_rules(contract)
    wishes = list(_wishes(instance))
    if wishes:
        yield {"requests": {"id": "requests", "level": COST_LEVEL, "entries": wishes}}


def _contract_rules(contract: Contract) -> Iterator[Document]:
    name = contract.name
    bound = {"for": {"contracts": [name]}}
    total = {"min": contract.min_assignments, "max": contract.max_assignments}
    work = _limits(contract.min_consecutive_work, contract.max_consecutive_work)
    off = _limits(contract.min_consecutive_off, contract.max_consecutive_off)
    yield _soft("duties", name, TOTAL_WEIGHT, {**total, **bound})
    yield _soft("work_streak", name, WORK_STREAK_WEIGHT, {**work, **bound})
    yield _soft("off_streak", name, OFF_STREAK_WEIGHT, {**off, **bound})
    yield _soft("weekends", f"max-{name}", WEEKENDS_WEIGHT, {"max": contract.max_weekends, **bound})
    if contract.complete_weekends:
        yield _soft("weekends", f"complete-{name}", COMPLETE_WEIGHT, {"complete": True, **bound})


def _soft(rule: str, name: str, weight: int, content: Document) -> Document:
    return {rule: {"id": f"{rule}-{name}", **content, "weight": weight, "level": COST_LEVEL}}


def _limits(least: int, most: int) -> Document:
    """Limits of a streak; a shortest streak of one day is none."""
    return {**({"min": least} if least > 1 else {}), "max": most}


def _wishes(instance: Instance) -> Iterator[Document]:
    """Wishes not to work; a wish against any shift includes those against one of the same day."""
    unwanted: dict[tuple[str, int], set[str | None]] = defaultdict(set)
    for week, data in enumerate(instance.weeks):
        for one in data.off_requests:
            unwanted[one.nurse, week * len(WEEKDAYS) + one.weekday].add(one.shift)
    alike: dict[tuple[str, str], list[int]] = {}
    for (nurse, day), shifts in unwanted.items():
        for shift in {""} if None in shifts else sorted(one for one in shifts if one is not None):
            alike.setdefault((nurse, shift), []).append(day)
    for (nurse, shift), days in alike.items():
        wish: dict[str, Any] = {"person": nurse, "dates": dates(days), "weight": PREFERENCE_WEIGHT}
        yield {**wish, "shift": shift} if shift else wish


# -- history ---------------------------------------------------------------------------------------------------------


def _counters(instance: Instance) -> Rows:
    return [
        (one.nurse, str(one.assignments), str(one.weekends))
        for one in instance.history.values()
        if one.assignments or one.weekends
    ]


def _history(instance: Instance) -> Iterator[Sequence[str]]:
    """Duties before the first day from which all streaks are as long as they are said to be.

    Streaks are only known from the earliest row on, so an older one on call, which counts for nothing, comes first.
    Another marks the day before the first if everybody was off on it.
    """
    scenario = instance.scenario
    rows = [row for nurse in scenario.nurses.values() for row in _worked(scenario, nurse, instance.history[nurse.name])]
    first = next(iter(scenario.nurses.values()), None)
    if first is None:
        return
    shift = next(iter(scenario.shift_types))
    marks = [min(day for day, _, _ in rows) - 2]
    if all(day != -1 for day, _, _ in rows):
        marks.append(-1)
    for day in marks:
        yield _row(scenario, first, day, shift, ON_CALL)
    for day, nurse, shift in rows:
        yield _row(scenario, nurse, day, shift, DUTY)


def _worked(scenario: Scenario, nurse: Nurse, known: NurseHistory) -> Iterator[tuple[int, Nurse, str]]:
    """Day (-1 is the last before the horizon), nurse and shift of duties that make up the last streak."""
    _require_sense(scenario, known)
    others = [name for name in scenario.shift_types if name != known.last_shift]
    if known.last_shift is None:
        yield -known.consecutive_off - 1, nurse, others[0]
        return
    for day in range(-known.consecutive_work, 0):
        yield day, nurse, known.last_shift if day >= -known.consecutive_shift else others[0]


def _require_sense(scenario: Scenario, known: NurseHistory) -> None:
    off, work, same = known.consecutive_off, known.consecutive_work, known.consecutive_shift
    if known.last_shift is None:
        makes_sense = off > 0 and work == same == 0
    else:
        makes_sense = off == 0 and 0 < same <= work and (same == work or len(scenario.shift_types) > 1)
    if not makes_sense:
        last = known.last_shift or "no shift"
        raise InputError(
            f"the history of {known.nurse} contradicts itself: {last} on the last day, {same} days of it in a row, "
            f"{work} days of work and {off} days off."
        )


def _row(scenario: Scenario, nurse: Nurse, day: int, shift: str, kind: str) -> Sequence[str]:
    clocks: Mapping[str, Document] = dict(_shifts(scenario))
    post = next((skill for skill in scenario.skills if skill in nurse.skills), "")
    date = FIRST_DATE + timedelta(days=day)
    start = datetime.fromisoformat(f"{date} {clocks[shift]['start']}")
    end = start + timedelta(minutes=_length(scenario))
    site = SITE if post else ""
    return nurse.name, site, post, shift, f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}", kind
