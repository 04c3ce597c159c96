"""Random operations, tiny enough that every roster can be written down, one kind for each rule.

A generator returns the arguments of `tests.tiny.tiny_problem`, so that an operation on which the two sides disagree can
be copied into a test.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from patrolplan.problem import HeldDuty, Problem
from patrolplan.units import date_text, parse_date
from tests.parity.sides import size
from tests.tiny import tiny_problem

Facts = dict[str, Any]
"""Arguments of `tiny_problem`."""

FEWEST, USUAL, LARGE = 12, 300, 1400
"""How many rosters an operation has; one operation in ten may be large."""

MONDAY, WEDNESDAY, SATURDAY, SUNDAY, MONTH_END = "2024-11-04", "2024-11-06", "2024-11-09", "2024-11-10", "2024-11-29"
CLOCK_BACK, CLOCK_FORWARD = "2024-10-26", "2024-03-30"

SHIFTS = (
    {"D": "07:00-19:00", "N": "19:00-07:00 night"},
    {"D": "07:00-19:00", "N": "19:00-07:00 night"},
    {"E": "06:00-14:00", "L": "14:00-22:00", "N": "22:00-06:00 night"},
    {"D": "07:00-19:00", "M": "10:00-16:00"},
    {"D": "07:00-19:00", "M": "13:00-21:30", "N": "19:00-07:00 night"},
    {"N": "00:00-08:00 night", "E": "08:00-16:00", "L": "16:00-24:00"},
    {"H": "08:00-20:00", "S": "08:00-08:00 night"},
    {"D": "07:00-19:00", "N": "18:00-08:00 night"},
    {"D": "07:00-19:00"},
)
SHORT_SHIFTS = {"A": "06:00-10:00", "B": "10:00-14:00", "C": "15:00-18:00", "E": "19:00-24:00"}
LETTERS = "ABCDE"
COUNTED = ("hours", "duties", "weekends")
"""Personal rules that see what was served before the operation as a number alone."""
SOME_POSTS = (("s/p",), ("s/p", "t/q"), ("s/p", "s/q"), ("s/p", "t/p"))


@dataclass(frozen=True)
class Kind:
    """How operations of one rule are made.

    Attributes
    ----------
    make
        Facts from random choices and whether the rule is to bend.
    bends
        Whether the rule can be hard (False), weighted (True), or both.
    together
        Whether rosters of all people are judged, or each person alone.
    """

    make: Callable[[random.Random, bool], Facts]
    bends: tuple[bool, ...] = (False, True)
    together: bool = False


def draw(rule: str, number: int) -> tuple[Facts, Problem]:
    """One random operation of a rule, with its facts; the same for the same number."""
    kind, rng = KINDS[rule], random.Random(f"{rule}-{number}")
    soft = kind.bends[number % len(kind.bends)]
    most = LARGE if number % 10 == 9 else USUAL
    while True:
        facts = kind.make(rng, soft)
        if chance(rng, 0.1):
            facts["spoil"] = rng.randint(0, 10**6)
        if chance(rng, 0.1):
            facts["delay"] = rng.randint(0, 10**6)
        if chance(rng, 0.1):
            facts["day_starts"] = rng.choice(["00:00", "00:00" if "window" in facts else "12:00"])
        problem = build(facts)
        if FEWEST <= size(problem, together=kind.together) <= most:
            return facts, problem


def build(facts: Facts) -> Problem:
    """The operation of some facts.

    Two of them `tiny_problem` does not know: `spoil` is the seed by which given duties lack a post or shift, begin or
    end late; `delay` is the seed by which the first turns of the planning window are held, so that it starts inside a
    date.
    """
    problem = tiny_problem(**{name: value for name, value in facts.items() if name not in ("spoil", "delay")})
    if "delay" in facts:
        problem = _delayed(random.Random(facts["delay"]), problem)
    if "spoil" not in facts:
        return problem
    rng = random.Random(facts["spoil"])
    history = tuple(_spoiled(rng, duty) for duty in problem.history)
    held = tuple(_spoiled(rng, duty) for duty in problem.held)
    published = tuple(_spoiled(rng, duty) for duty in problem.published)
    return replace(problem, history=history, held=held, published=published)


def _delayed(rng: random.Random, problem: Problem) -> Problem:
    starts = sorted({slot.start for slot in problem.slots})
    if len(starts) < 3:
        return problem
    begin = starts[rng.randint(1, 2)]
    past = [slot for slot in problem.slots if slot.start < begin]
    held = [
        HeldDuty(person, slot.day, slot.shift, slot.post, slot.start, slot.end)
        for person in range(len(problem.people))
        for slot in past
        if chance(rng, 0.5)
    ]
    return replace(
        problem,
        window=(begin, problem.window[1]),
        slots=tuple(slot for slot in problem.slots if slot.start >= begin),
        held=(*problem.held, *{(one.person, one.day, one.shift): one for one in held}.values()),
    )


def _spoiled(rng: random.Random, duty: HeldDuty) -> HeldDuty:
    match rng.choice(["post", "shift", "begun", "late", "whole"]):
        case "post":
            return replace(duty, post=None)
        case "shift":
            return replace(duty, shift=None)
        case "begun":
            return replace(duty, start=duty.start + rng.choice([30, 60]))
        case "late":
            return replace(duty, end=duty.end + rng.choice([-60, 30, 120]))
    return duty


# -- scenes ----------------------------------------------------------------------------------------------------------


def scene(
    rng: random.Random, *, people: int, days: tuple[int, int], posts: Sequence[str] = ("s/p",), most_shifts: int = 3
) -> Facts:
    """People, dates, shifts and posts."""
    first = rng.choice([MONDAY, WEDNESDAY, WEDNESDAY, SATURDAY, SUNDAY, MONTH_END, CLOCK_BACK, CLOCK_FORWARD])
    shifts = rng.choice([shifts for shifts in SHIFTS if len(shifts) <= most_shifts])
    facts: Facts = {
        "people": {letter: {} for letter in LETTERS[:people]},
        "days": rng.randint(*days),
        "first": first,
        "shifts": dict(shifts),
        "posts": {post: {} for post in posts},
    }
    if first in (CLOCK_BACK, CLOCK_FORWARD):
        facts["zone"] = "Europe/Berlin"
    if len(posts) > 1:
        for settings in facts["posts"].values():
            if chance(rng, 0.3):
                settings["shifts"] = "".join(rng.sample(list(shifts), rng.randint(1, len(shifts))))
    return facts


def chance(rng: random.Random, share: float) -> bool:
    """True as often as the share says."""
    return rng.random() < share


def day(facts: Facts, offset: int) -> str:
    """A date, so many after the first."""
    return date_text(parse_date(facts["first"]) + offset)


def dates(rng: random.Random, facts: Facts, *, beyond: int = 1) -> str:
    """A date or a range of dates in and around the operation."""
    start = rng.randint(-beyond, facts["days"] - 1)
    end = rng.randint(start, facts["days"] - 1 + beyond)
    return f"{day(facts, start)}..{day(facts, end)}"


def add_history(rng: random.Random, facts: Facts, *, share: float = 0.4, calls: bool = True) -> None:
    """Duties before the first date, of some people."""
    lines = {who: _line(rng, facts, rng.randint(2, 6), calls) for who in facts["people"] if chance(rng, share)}
    if lines:
        facts["history"] = lines


def add_counters(rng: random.Random, facts: Facts, *, share: float = 0.3) -> None:
    """Numbers of what some people served before."""
    for who in facts["people"].values():
        if chance(rng, share):
            who["counted"] = {
                "duties": rng.randint(0, 2),
                "minutes": 30 * rng.randint(0, 40),
                "nights": rng.randint(0, 2),
                "weekends": rng.randint(0, 1),
                "weekend_duties": rng.randint(0, 2),
                "holidays": rng.randint(0, 1),
            }


def add_window(rng: random.Random, facts: Facts, *, share: float = 0.25, calls: bool = True) -> None:
    """A planning window inside the operation, and duties held outside it."""
    if facts["days"] < 2 or not chance(rng, share):
        return
    first = rng.randint(0, facts["days"] - 1)
    last = rng.randint(first, facts["days"] - 1)
    facts["window"] = f"{day(facts, first)}..{day(facts, last)}"
    facts["held"] = {}
    for who in facts["people"]:
        tokens = _line(rng, facts, facts["days"], calls).split()
        facts["held"][who] = " ".join("." if first <= index <= last else token for index, token in enumerate(tokens))


def _line(rng: random.Random, facts: Facts, days: int, calls: bool) -> str:
    """Duties of one person on some dates."""
    return " ".join(_token(rng, facts, calls) for _ in range(days))


def _token(rng: random.Random, facts: Facts, calls: bool) -> str:
    if chance(rng, 0.4):
        return "."
    letter = rng.choice(list(facts["shifts"]))
    if calls and chance(rng, 0.1):
        return letter.lower()
    if chance(rng, 0.05):
        return "+" + letter
    token = f"{letter}@{rng.choice(list(facts['posts']))}"
    if chance(rng, 0.1):
        token += f",{rng.choice([one for one in (*facts['shifts'], '.') if one != letter])}"
    return token


def add_rule(facts: Facts, name: str, value: Facts) -> None:
    """One more rule."""
    facts.setdefault("rules", []).append({name: value})


def add_one_duty(rng: random.Random, facts: Facts, share: float = 0.4) -> None:
    """One duty at a time, so that a date is worked or not by a plain sum; sometimes two a date."""
    if chance(rng, share):
        add_rule(facts, "one_duty", {"per_day": rng.choice([1, 1, 2])})


def add_doubles(rng: random.Random, facts: Facts, share: float = 0.15) -> None:
    """People who may work doubles, all of them alike or each by contract."""
    if chance(rng, share):
        for who in facts["people"].values():
            who["double"] = rng.choice(["0h", "8h", "16h", "16h", "20h30m", "24h", "24h", "36h"])


def add_calls(rng: random.Random, facts: Facts, share: float = 0.3) -> None:
    """A rule that lets people be on call."""
    if chance(rng, share):
        call: Facts = {"count": 1, "weight": 1, **during(rng, facts, 0.2)}
        if chance(rng, 0.5):
            call["shifts"] = rng.choice(list(facts["shifts"]))
        add_rule(facts, "reserve", call)


def add_absences(rng: random.Random, facts: Facts, share: float = 0.25) -> None:
    """Absences, so that something is not possible at all."""
    if chance(rng, share):
        for who in facts["people"].values():
            who["absences"] = [_absence(rng, facts)]
        add_rule(facts, "availability", {})


def during(rng: random.Random, facts: Facts, share: float = 0.3) -> Facts:
    """When a rule binds: always, in a phase, or on dates."""
    if not chance(rng, share):
        return {}
    if chance(rng, 0.5):
        facts.setdefault("phases", {})["quiet"] = dates(rng, facts)
        return {"during": "quiet"}
    return {"during": {"dates": [dates(rng, facts) for _ in range(rng.randint(1, 2))]}}


def whom(rng: random.Random, facts: Facts) -> Facts:
    """Whom a rule binds: everyone, or one person."""
    if len(facts["people"]) > 1 and chance(rng, 0.4):
        return {"for": {"people": [rng.choice(list(facts["people"]))]}}
    return {}


def price(rng: random.Random, soft: bool) -> Facts:
    """Hard, or with a weight and sometimes a level."""
    if not soft:
        return {"severity": "hard"}
    found: Facts = {"weight": rng.choice([1, 1, 2, 5])}
    if chance(rng, 0.3):
        found["level"] = rng.randint(1, 4)
    return found


def some(rng: random.Random, values: Sequence[str], least: int = 1) -> list[str]:
    """A few of some values."""
    return rng.sample(list(values), rng.randint(least, len(values)))


# -- rules that always hold -------------------------------------------------------------------------------------------


def _availability(rng: random.Random, soft: bool) -> Facts:
    facts = scene(rng, people=rng.randint(1, 2), days=(1, 3), posts=rng.choice([("s/p",), ("s/p", "t/q")]))
    add_calls(rng, facts, 0.4)
    add_history(rng, facts)
    add_window(rng, facts)
    for who in facts["people"].values():
        who["absences"] = [_absence(rng, facts) for _ in range(rng.choice([1, 1, 2]))]
    add_rule(facts, "availability", {})
    return facts


def _absence(rng: random.Random, facts: Facts) -> Facts:
    match rng.choice(["dates", "clock", "clock", "starts"]):
        case "dates":
            return {"dates": day(facts, rng.randint(-1, facts["days"]))}
        case "starts":
            return {"starts": day(facts, rng.randint(-1, facts["days"]))}
    start, length = rng.randint(-1, facts["days"]), rng.choice([0, 0, 1])
    clocks = sorted(rng.sample(["00:00", "06:00", "07:00", "10:00", "14:00", "19:00", "22:00"], 2))
    return {"from": f"{day(facts, start)} {clocks[0]}", "until": f"{day(facts, start + length)} {clocks[1]}"}


def _eligibility(rng: random.Random, soft: bool) -> Facts:
    posts = rng.choice([("s/p", "t/q"), ("s/p", "s/q"), ("s/p", "t/q", "t/r")])
    facts = scene(rng, people=rng.randint(1, 2), days=(1, 3), posts=posts)
    for settings in facts["posts"].values():
        settings["requires"] = some(rng, ["armed", "radio"], 0)
    for who in facts["people"].values():
        who["qualifications"] = {
            name: rng.choice(["", day(facts, rng.randint(-1, facts["days"]))])
            for name in some(rng, ["armed", "radio"], 1)
        }
        if chance(rng, 0.3):
            who["trained_for"] = some(rng, ["s"])
        if chance(rng, 0.2):
            who["not_at"] = [rng.choice([post.split("/")[0] for post in posts])]
    if chance(rng, 0.25):
        add_rule(facts, "induction", {"duties": 2, "weight": 1, **whom(rng, facts)})
    add_history(rng, facts)
    add_window(rng, facts)
    add_rule(facts, "eligibility", {})
    return facts


def _one_duty(rng: random.Random, soft: bool) -> Facts:
    posts = rng.choice([("s/p",), ("s/p", "s/q"), ("s/p", "t/q"), ("s/p", "t/q", "u/r")])
    facts = scene(rng, people=rng.choice([1, 1, 2]), days=(1, 3), posts=posts)
    if len(posts) == 1 and chance(rng, 0.5):
        facts.update(shifts=dict(SHORT_SHIFTS), days=rng.randint(1, 2))
    if len(posts) > 1 and chance(rng, 0.5):
        facts["travel"] = {"s t": rng.choice(["30m", "3h", "13h", "30h"])} if "t/q" in posts else {}
    rule: Facts = {"per_day": rng.choice([1, 1, 2, 3])}
    if chance(rng, 0.5):
        rule["travel"] = rng.choice(["0m", "30m", "9h", "14h", "26h"])
    add_calls(rng, facts)
    add_history(rng, facts)
    add_window(rng, facts)
    add_doubles(rng, facts, 0.5)
    add_rule(facts, "one_duty", rule)
    return facts


# -- what rules say ---------------------------------------------------------------------------------------------------


def _rest(rng: random.Random, facts: Facts) -> Facts:
    rule: Facts = {"min": rng.choice(["8h", "11h", "12h", "13h", "24h", "36h", "60h"])}
    if chance(rng, 0.3):
        rule["after"] = {rng.choice(list(facts["shifts"])): rng.choice(["0h", "11h", "24h", "36h"])}
    return rule


def _hours(rng: random.Random, facts: Facts) -> Facts:
    rule: Facts = {}
    sides = rng.choice([("max",), ("max",), ("min",), ("min", "max")])
    low, high = sorted(rng.sample([8, 12, 16, 20, 24, 30, 36, 48, 50], 2))
    if "max" in sides:
        rule["max"] = f"{high if 'min' in sides else rng.choice([low, high])}h per {_period(rng)}"
    if "min" in sides:
        rule["min"] = f"{low}h per {_period(rng)}"
    if chance(rng, 0.3):
        rule["standby"] = rng.choice([10, 25, 33, 50, 100])
    return rule


def _period(rng: random.Random) -> str:
    return rng.choice(["day", "week", "week", "month", "operation", "2 days", "3 days", "7 days"])


def _duties(rng: random.Random, facts: Facts) -> Facts:
    rule: Facts = {}
    sides = rng.choice([("max",), ("max",), ("min",), ("min", "max")])
    low, high = sorted([rng.randint(0, 1), rng.randint(0, 2)])
    if "max" in sides:
        rule["max"] = f"{high} per {_period(rng)}"
    if "min" in sides:
        rule["min"] = f"{max(1, low) if 'max' not in sides else low} per {_period(rng)}"
    if chance(rng, 0.4):
        rule["shifts"] = some(rng, list(facts["shifts"]))
    if chance(rng, 0.5):
        rule["at"] = rng.choice([["s"], ["north"], ["p"], [list(facts["posts"])[-1]]])
    return rule


def _work_streak(rng: random.Random, facts: Facts) -> Facts:
    low, high = sorted([rng.randint(1, 4), rng.randint(1, 3)])
    return rng.choice([{"max": low}, {"min": max(2, high)}, {"min": low, "max": high}])


def _shift_streak(rng: random.Random, facts: Facts) -> Facts:
    shift = some(rng, list(facts["shifts"])) if chance(rng, 0.3) else [rng.choice(list(facts["shifts"]))]
    return {"shift": shift, **_work_streak(rng, facts)}


def _succession(rng: random.Random, facts: Facts) -> Facts:
    shifts, rule = list(facts["shifts"]), Facts()
    if chance(rng, 0.7):
        rule["forbid"] = {before: some(rng, shifts) for before in some(rng, shifts)}
    if "forbid" not in rule or chance(rng, 0.3):
        rule["direction"] = "forward"
    if chance(rng, 0.5):
        rule["within"] = rng.choice(["1h", "8h", "13h", "24h", "36h", "72h"])
    return rule


def _pins(rng: random.Random, facts: Facts) -> Facts:
    entries = []
    for _ in range(rng.randint(1, 3)):
        entry: Facts = {"person": rng.choice(list(facts["people"])), "date": day(facts, rng.randint(-1, facts["days"]))}
        if chance(rng, 0.4):
            entry["shift"] = rng.choice(list(facts["shifts"]))
        if chance(rng, 0.4):
            entry["post"] = rng.choice(list(facts["posts"]))
        if chance(rng, 0.5):
            entry["on"] = False
        entries.append(entry)
    return {"entries": entries}


def _weekly_rest(rng: random.Random, facts: Facts) -> Facts:
    days = rng.randint(1, max(1, min(4, facts["days"] - 1)))
    most = {1: ["10h", "12h", "16h", "24h"], 2: ["13h", "16h", "24h", "37h"]}.get(days, ["16h", "24h", "36h", "37h"])
    return {"min": rng.choice(most), "days": days}


def _off_streak(rng: random.Random, facts: Facts) -> Facts:
    low, high = sorted([rng.randint(1, 3), rng.randint(1, 4)])
    return rng.choice([{"max": low}, {"max": low}, {"min": max(2, low)}, {"min": low, "max": high}])


def _weekends(rng: random.Random, facts: Facts) -> Facts:
    sides = rng.choice([("max",), ("max",), ("complete",), ("max", "complete")])
    rule: Facts = {}
    if "max" in sides:
        period = rng.choice(["week", "month", "month", "operation", "operation", "8 days", "14 days", "21 days"])
        rule["max"] = f"{rng.choice([0, 0, 1])} per {period}"
    if "complete" in sides:
        rule["complete"] = True
    return rule


def _variety(rng: random.Random, facts: Facts) -> Facts:
    rule: Facts = {"max": rng.choice([1, 1, 2, 3]), "of": rng.choice(["post", "site"])}
    if chance(rng, 0.3):
        rule["at"] = rng.choice([["s"], ["north"], ["p"], [list(facts["posts"])[-1]]])
    return rule


def _rotation(rng: random.Random, facts: Facts) -> Facts:
    shifts = list(facts["shifts"])
    for who in facts["people"].values():
        who.setdefault("team", rng.choice(["red", "red", "blue", ""]))
        if chance(rng, 0.2):
            who.setdefault("teams", {dates(rng, facts): rng.choice(["red", "blue"])})
    pattern = [rng.choice(shifts), *rng.choices([*shifts, *rng.choices("OO-.", k=2)], k=rng.randint(0, 4))]
    rule: Facts = {"pattern": rng.choice(["", " "]).join(rng.sample(pattern, len(pattern)))}
    if chance(rng, 0.4):
        rule["starts"] = day(facts, rng.randint(-9, facts["days"] + 2))
    if chance(rng, 0.5):
        rule["offsets"] = {team: rng.randint(-4, 9) for team in some(rng, ["red", "blue"])}
    if chance(rng, 0.6):
        rule["serve"] = False
    return rule


def _stability(rng: random.Random, facts: Facts) -> Facts:
    if "published" not in facts:
        facts["published"] = {who: _line(rng, facts, facts["days"], True) + " ." for who in facts["people"]}
    rule: Facts = {}
    if chance(rng, 0.4):
        when = day(facts, rng.randint(0, facts["days"]))
        rule["frozen_until"] = rng.choice([when, f"{when} {rng.choice(['00:00', '10:00', '19:00', '22:30'])}"])
    if chance(rng, 0.4):
        rule["notice"] = rng.randint(2, 4)
        for who in facts["people"].values():
            who["notice"] = rng.choice(["0h", "7h", "24h", "36h"])
    if chance(rng, 0.4):
        rule["posts"] = False
    return rule


def _induction(rng: random.Random, facts: Facts) -> Facts:
    rule: Facts = {"duties": rng.choice([1, 1, 2])}
    if chance(rng, 0.3):
        rule["at"] = rng.choice(sorted({post.split("/")[0] for post in facts["posts"]}))
    return rule


def _requests(rng: random.Random, facts: Facts) -> Facts:
    return {"entries": [_request(rng, facts) for _ in range(rng.randint(1, 3))]}


def _request(rng: random.Random, facts: Facts) -> Facts:
    asked = [dates(rng, facts) for _ in range(rng.choice([1, 1, 2]))]
    wish: Facts = {"person": rng.choice(list(facts["people"])), "dates": asked}
    if chance(rng, 0.5):
        wish["shift"] = rng.choice(list(facts["shifts"]))
    if chance(rng, 0.3):
        wish["post"] = rng.choice(list(facts["posts"]))
    if chance(rng, 0.4):
        wish["on"] = True
        wish["dates"] = day(facts, rng.randint(-1, facts["days"]))
    if chance(rng, 0.5):
        wish["weight"] = rng.randint(1, 4)
    return wish


def _command(rng: random.Random, facts: Facts) -> Facts:
    rule: Facts = {}
    if chance(rng, 0.8):
        rule["rank"] = rng.choice(["Bripda", "Ipda"])
    if "rank" not in rule or chance(rng, 0.3):
        rule["qualification"] = "armed"
    if chance(rng, 0.3):
        rule["at"] = some(rng, [*facts["posts"], "s", "north"])[:2]
    if chance(rng, 0.15):
        rule["count"] = 2
    if chance(rng, 0.6):
        rule["between"] = rng.choice(["07:00-19:00", "09:00-12:30", "14:00-16:00", "09:00-10:00", "10:00-10:00"])
    return rule


def _reserve(rng: random.Random, facts: Facts) -> Facts:
    rule: Facts = {}
    kind = rng.choice(["count", "share", "both"])
    if kind != "share":
        rule["count"] = rng.randint(1, 2)
    if kind != "count":
        rule["share"] = rng.choice([10, 50, 60, 100, 150])
    if chance(rng, 0.5):
        rule["shifts"] = rng.choice(list(facts["shifts"]))
    return rule


def _mix(rng: random.Random, facts: Facts) -> Facts:
    for who in facts["people"].values():
        who["sex"] = rng.choice(["m", "f", "f", ""])
    rule: Facts = rng.choice([{"of": "armed"}, {"of": ["radio", "armed"]}, {"rank_from": "Ipda"}, {"sex": "f"}])
    kind = rng.choice(["share", "min", "min", "both"])
    if kind != "min":
        rule["share"] = f"{rng.choice([20, 34, 50, 50, 60, 75, 100])}%"
    if kind != "share":
        rule["min"] = rng.choice([1, 1, 1, 2, 2, 3])
    if chance(rng, 0.6):
        rule["at"] = some(rng, [*facts["posts"], "s", "north", "all"])[:2]
    return rule


def _continuity(rng: random.Random, facts: Facts) -> Facts:
    people = list(facts["people"])
    rule: Facts = {"max": f"{rng.choice([1, 1, 1, min(2, max(1, len(people) - 1))])} per {_period(rng)}"}
    if len(people) > 2 and chance(rng, 0.3):
        rule["for"] = {"people": some(rng, people, 2)}
    if chance(rng, 0.6):
        rule["at"] = some(rng, [*facts["posts"], "s", "north", "all"])[:2]
    return rule


def _teams(rng: random.Random, facts: Facts) -> Facts:
    if len(facts["people"]) < 2 or chance(rng, 0.5):
        return rng.choice([{}, {}, {"only": "red"}, {"for": {"teams": "red"}}])
    return _apart(rng, facts)


def _apart(rng: random.Random, facts: Facts) -> Facts:
    lists = [some(rng, list(facts["people"]), 2) for _ in range(rng.choice([1, 1, 2]))]
    return {"apart": lists, "within": rng.choice(["post", "post", "site", "operation"])}


def _fairness(rng: random.Random, facts: Facts) -> Facts:
    facts["holidays"] = {day(facts, rng.randint(-2, facts["days"] - 1)): "Contoh" for _ in range(rng.choice([1, 2]))}
    rule: Facts = {"of": some(rng, ["hours", "nights", "weekends", "holidays"])}
    if chance(rng, 0.4):
        rule["at"] = some(rng, [*facts["posts"], "s", "p", "north"])[:2]
    return rule


def _cost(rng: random.Random, facts: Facts) -> Facts:
    facts["holidays"] = {day(facts, rng.randint(0, facts["days"] - 1)): "Contoh" for _ in range(rng.choice([0, 1]))}
    rule: Facts = {"pay": rng.choice([0, 7, 100, 25000]), "per": rng.choice([1, 3, 10, 1000, 10000])}
    for who in facts["people"].values():
        if chance(rng, 0.3):
            who["pay"] = rng.choice([9, 130, 31000])
    if rule["pay"] and chance(rng, 0.5):
        del rule["per"]
    for premium in ("night", "weekend", "holiday", "standby"):
        if chance(rng, 0.4):
            rule[premium] = rng.choice(["10%", "25%", "33%", "100%"])
    return rule


def _overtime(rng: random.Random) -> list[Facts]:
    """One or two ladders of one or two steps."""
    steps = []
    for period in rng.sample(["day", "week", "month", "operation", "2 days", "7 days"], rng.randint(1, 2)):
        premiums = sorted(rng.sample([10, 25, 33, 50, 100], rng.randint(1, 2)))
        hours = sorted(rng.sample([0, 8, 12, 20, 24, 30, 36], len(premiums)))
        pairs = zip(hours, premiums, strict=True)
        steps += [{"above": f"{above}h per {period}", "premium": f"{premium}%"} for above, premium in pairs]
    return rng.sample(steps, len(steps))


def _settled_cost(rng: random.Random, facts: Facts, rule: Facts, soft: bool) -> Facts:
    """With a budget, or with overtime."""
    if not soft or chance(rng, 0.4):
        pay = max(who.get("pay", rule["pay"]) for who in facts["people"].values())
        return {**rule, "budget": rng.choice([1, 2, 2, 3, 4]) * rng.choice([8, 12, 15]) * max(9, pay) + 1}
    return {**rule, "overtime": _overtime(rng)} if chance(rng, 0.7) else rule


VALUES: dict[str, Callable[[random.Random, Facts], Facts]] = {
    "rest": _rest,
    "hours": _hours,
    "duties": _duties,
    "weekly_rest": _weekly_rest,
    "work_streak": _work_streak,
    "off_streak": _off_streak,
    "shift_streak": _shift_streak,
    "succession": _succession,
    "weekends": _weekends,
    "variety": _variety,
    "induction": _induction,
    "rotation": _rotation,
    "requests": _requests,
    "pins": _pins,
    "stability": _stability,
    "mix": _mix,
    "command": _command,
    "reserve": _reserve,
    "teams": _teams,
    "continuity": _continuity,
    "fairness": _fairness,
    "cost": _cost,
}
"""What a rule may say of its own, for the people, dates, shifts and posts of an operation."""


def add(rng: random.Random, facts: Facts, rule: str, soft: bool) -> None:
    """A rule with whatever it may say."""
    value = {**VALUES[rule](rng, facts), **price(rng, soft), **during(rng, facts)}
    if rule == "cost":
        value = _settled_cost(rng, facts, value, soft)
    takes_people = rule not in ("pins", "requests", "mix", "continuity") and "apart" not in value
    add_rule(facts, rule, {**value, **whom(rng, facts)} if takes_people else value)


# -- operations of personal rules ------------------------------------------------------------------------------------


def _about(
    rule: str,
    days: tuple[int, int],
    *,
    posts: Sequence[Sequence[str]] = (("s/p",),),
    shifts: Sequence[int] = (3,),
    one_duty: float = 0.4,
    calls: float = 0.05,
) -> Callable[[random.Random, bool], Facts]:
    """Operations about one personal rule."""

    def make(rng: random.Random, soft: bool) -> Facts:
        facts = scene(rng, people=rng.randint(1, 2), days=days, posts=rng.choice(posts), most_shifts=rng.choice(shifts))
        facts["groups"] = {"north": ["s"]}
        add(rng, facts, rule, soft)
        add_one_duty(rng, facts, one_duty)
        add_calls(rng, facts, calls)
        add_absences(rng, facts)
        add_history(rng, facts)
        add_window(rng, facts)
        if rule in COUNTED:
            add_counters(rng, facts)
        add_doubles(rng, facts, 0.4 if rule == "rest" else 0.15)
        if rule == "hours":
            for who in facts["people"].values():
                who.update(rng.choice([{}, {"standby": rng.choice([0, 25, 33, 100])}]))
        return facts

    return make


# -- operations of linking rules -------------------------------------------------------------------------------------


def crew(rng: random.Random, facts: Facts) -> None:
    """Ranks, qualifications and teams for everybody."""
    facts["ranks"] = ["Bripda", "Ipda", "Iptu"]
    for who in facts["people"].values():
        if chance(rng, 0.7):
            who["rank"] = rng.choice(facts["ranks"])
        who["qualifications"] = {
            name: rng.choice(["", "", day(facts, rng.randint(-1, facts["days"]))]) for name in some(rng, ["armed"], 0)
        }
        who["team"] = rng.choice(["red", "red", "red", "blue", ""])
        if chance(rng, 0.3):
            who["teams"] = {dates(rng, facts): rng.choice(["red", "blue"])}


def need(rng: random.Random, facts: Facts) -> Facts:
    """One need of any kind."""
    kind = rng.choice(["staff", "staff", "ideal", "at_most", "surplus", "qualified", "rank"])
    count = rng.randint(0, 2)
    found: Facts = {"at": rng.choice([*facts["posts"], "s", "north", list(facts["posts"])])}
    match kind:
        case "qualified":
            found[kind] = {"armed": max(1, count)}
        case "rank":
            found[kind] = {rng.choice(facts["ranks"]): max(1, count)}
        case _:
            found[kind] = count
    if chance(rng, 0.3):
        found["shift"] = rng.choice(list(facts["shifts"]))
    elif chance(rng, 0.4):
        found["between"] = rng.choice(["07:00-19:00", "09:00-12:30", "18:00-08:00", "00:00-24:00", "10:00-10:00"])
        if chance(rng, 0.3):
            found["cuts"] = [f"{day(facts, rng.randint(0, facts['days'] - 1))} 11:00"]
    if chance(rng, 0.3):
        found["dates"] = dates(rng, facts, beyond=0)
    if chance(rng, 0.5):
        found["cost"] = rng.choice([0, 1, 3])
    if chance(rng, 0.3):
        found["level"] = rng.randint(1, 3)
    if chance(rng, 0.3):
        found["per"] = "window"
    return found


def posted(rng: random.Random, people: tuple[int, int], days: tuple[int, int]) -> Facts:
    """A scene with a few posts at one or two sites, and with people of many kinds."""
    posts = rng.choice([("s/p",), ("s/p", "s/q"), ("s/p", "t/q")])
    facts = scene(rng, people=rng.randint(*people), days=days, posts=posts)
    facts["groups"] = {"north": ["s"], "all": list(dict.fromkeys(post.split("/")[0] for post in posts))}
    crew(rng, facts)
    return facts


def _covered(rng: random.Random, soft: bool) -> Facts:
    facts = posted(rng, (1, 3), (1, 3))
    facts["needs"] = [need(rng, facts) for _ in range(rng.randint(1, 3))]
    if chance(rng, 0.3):
        one = facts["needs"][0]
        twin = {name: value for name, value in one.items() if name not in ("staff", "ideal", "qualified", "rank")}
        facts["needs"].append({**twin, rng.choice(["at_most", "surplus"]): rng.randint(0, 2)})
    add_one_duty(rng, facts, 1.0)
    add_rule(facts, "cover", {})
    add_history(rng, facts, share=0.3)
    add_window(rng, facts)
    return facts


def _commanded(rng: random.Random, soft: bool) -> Facts:
    facts = posted(rng, (1, 3), (1, 2))
    for who in facts["people"].values():
        who.setdefault("rank", "Ipda")
    add(rng, facts, "command", soft)
    if not soft:
        facts["rules"][-1]["command"].setdefault("between", rng.choice(["09:00-10:00", "09:00-12:30", "14:00-16:00"]))
    add_one_duty(rng, facts, 1.0)
    add_history(rng, facts, share=0.3)
    add_window(rng, facts)
    return facts


def _reserved(rng: random.Random, soft: bool) -> Facts:
    facts = scene(rng, people=rng.randint(1, 4), days=(1, 2), most_shifts=2)
    add(rng, facts, "reserve", soft)
    add_one_duty(rng, facts, 0.3)
    add_history(rng, facts, share=0.3)
    add_window(rng, facts)
    return facts


def _mingled(rng: random.Random, soft: bool) -> Facts:
    facts = posted(rng, (1, 3), (1, 2))
    add(rng, facts, "mix", soft)
    add_one_duty(rng, facts, 1.0)
    add_history(rng, facts, share=0.5)
    add_window(rng, facts)
    return facts


def _continued(rng: random.Random, soft: bool) -> Facts:
    facts = posted(rng, (2, 4), (1, 3))
    add(rng, facts, "continuity", soft)
    add_one_duty(rng, facts, 0.3)
    add_calls(rng, facts, 0.05)
    add_history(rng, facts, share=0.3)
    add_window(rng, facts)
    return facts


def _inducted(rng: random.Random, soft: bool) -> Facts:
    posts = rng.choice([("s/p",), ("s/p",), ("s/p", "t/q")])
    facts = scene(rng, people=rng.randint(1, 2), days=(1, 4), posts=posts, most_shifts=rng.choice([1, 1, 2]))
    add(rng, facts, "induction", soft)
    add_one_duty(rng, facts)
    if chance(rng, 0.2):
        facts["people"]["A"]["not_at"] = ["s"]
        add_rule(facts, "eligibility", {})
    add_absences(rng, facts)
    add_history(rng, facts)
    add_window(rng, facts, share=0.4)
    for who, line in facts.get("held", {}).items():
        facts["held"][who] = " ".join(
            f"+{one}" if one[0].isupper() and chance(rng, 0.4) else one for one in line.split()
        )
    return facts


def _teamed(rng: random.Random, soft: bool) -> Facts:
    facts = posted(rng, (2, 4), (1, 2))
    add(rng, facts, "teams", soft)
    add_one_duty(rng, facts, 0.2)
    add_history(rng, facts, share=0.3)
    add_window(rng, facts)
    return facts


def _shared(rng: random.Random, soft: bool) -> Facts:
    facts = posted(rng, (1, 3), (1, 3))
    for who in facts["people"].values():
        if chance(rng, 0.4):
            who["share"] = rng.choice([0.5, 0.25, 0.8])
        who["absences"] = [_absence(rng, facts) for _ in range(rng.choice([0, 0, 1]))]
        who["not_at"] = rng.choice([[], [], ["s"]])
    for settings in facts["posts"].values():
        settings["requires"] = rng.choice([[], [], ["armed"]])
    facts["needs"] = [
        {
            "staff": rng.randint(1, 2),
            "at": rng.choice([*facts["posts"], "s", "all"]),
            **rng.choice([{}, {}, {"between": "09:00-12:30"}, {"shift": next(iter(facts["shifts"]))}]),
        }
        for _ in range(rng.randint(1, 2))
    ]
    add(rng, facts, "fairness", True)
    add_one_duty(rng, facts, 0.2)
    add_calls(rng, facts, 0.05)
    add_history(rng, facts, share=0.3)
    add_window(rng, facts)
    add_counters(rng, facts)
    return facts


def _paid(rng: random.Random, soft: bool) -> Facts:
    facts = posted(rng, (1, 3), (1, 4))
    add(rng, facts, "cost", soft)
    add_one_duty(rng, facts, 0.2)
    add_calls(rng, facts, 0.1)
    add_history(rng, facts, share=0.4)
    add_window(rng, facts)
    add_counters(rng, facts)
    return facts


# -- operations of many rules ----------------------------------------------------------------------------------------


def mixed(
    rng: random.Random,
    *,
    people: tuple[int, int] = (2, 5),
    days: tuple[int, int] = (2, 5),
    rules: Sequence[str] = (),
) -> Facts:
    """An operation with needs and rules of all kinds, hard and weighted, some given, and all that always hold."""
    facts = posted(rng, people, days)
    facts["needs"] = [need(rng, facts) for _ in range(rng.randint(1, 4))]
    facts["always"] = True
    for who in facts["people"].values():
        if chance(rng, 0.3):
            who["absences"] = [_absence(rng, facts)]
        if chance(rng, 0.3):
            who["share"] = 0.5
    if chance(rng, 0.3):
        facts["posts"]["s/p"]["requires"] = ["armed"]
    if chance(rng, 0.3):
        add_rule(facts, "one_duty", {"per_day": 2, "travel": rng.choice(["0m", "30m", "9h"])})
    for rule in (*rules, *rng.sample(list(VALUES), rng.randint(2, 6))):
        soft = rule == "fairness" or chance(rng, 0.6)
        add(rng, facts, rule, soft)
    add_history(rng, facts, share=0.4)
    add_counters(rng, facts)
    add_doubles(rng, facts)
    return facts


KINDS: dict[str, Kind] = {
    "availability": Kind(_availability, (False,)),
    "eligibility": Kind(_eligibility, (False,)),
    "one_duty": Kind(_one_duty, (False,)),
    "rest": Kind(_about("rest", (2, 4), calls=0.1)),
    "hours": Kind(_about("hours", (2, 7), shifts=(2, 2, 3), calls=0.3)),
    "duties": Kind(_about("duties", (2, 6), posts=SOME_POSTS, shifts=(2, 2, 3))),
    "weekly_rest": Kind(_about("weekly_rest", (2, 6), shifts=(2, 2, 3))),
    "work_streak": Kind(_about("work_streak", (3, 7), shifts=(1, 2), one_duty=0.5)),
    "off_streak": Kind(_about("off_streak", (3, 7), shifts=(1, 2), one_duty=0.5)),
    "shift_streak": Kind(_about("shift_streak", (3, 6), shifts=(2, 2, 3), one_duty=0.5)),
    "succession": Kind(_about("succession", (2, 4))),
    "weekends": Kind(_about("weekends", (3, 7), shifts=(1, 2), one_duty=0.5)),
    "variety": Kind(_about("variety", (2, 6), posts=SOME_POSTS, shifts=(1, 2), one_duty=0.5)),
    "rotation": Kind(_about("rotation", (1, 4), shifts=(1, 2, 2, 3), one_duty=0.5, calls=0.1)),
    "induction": Kind(_inducted, together=True),
    "requests": Kind(_about("requests", (2, 4), posts=SOME_POSTS, one_duty=0.5)),
    "pins": Kind(_about("pins", (2, 4), posts=SOME_POSTS, one_duty=0.5)),
    "stability": Kind(_about("stability", (1, 4), posts=SOME_POSTS, shifts=(1, 2, 2, 3), one_duty=0.5)),
    "cover": Kind(_covered, (True,), together=True),
    "mix": Kind(_mingled, together=True),
    "command": Kind(_commanded, together=True),
    "reserve": Kind(_reserved, together=True),
    "teams": Kind(_teamed, together=True),
    "continuity": Kind(_continued, together=True),
    "fairness": Kind(_shared, (True,), together=True),
    "cost": Kind(_paid, together=True),
}
"""How the operations of every rule are made."""
