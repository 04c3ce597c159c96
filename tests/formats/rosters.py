"""Problems and rosters whose names try to do harm, for what is written and read back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from patrolplan.problem import Problem
from patrolplan.roster import Roster, Stretch, make_roster
from tests.tiny import tiny_problem

NASTY = (
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "محمد علي",
    "Zoe\u0308 Ångstro\u0308m",
    'Contoh "D", E; F',
    "Contoh\nF",
    "+1+1",
    "-2",
    "@SUM(A1:A9)",
    "_x0041_",
    "'quoted",
    "\u202egnp.exe",
)
IDS = ("0041", "1E5", "=1+1", "3-4", "MAR1", "P,6", "P;7", 'P"8', "-9", "@10", "11 11", "١٢")
POSTS = ("a b/1-2", "a b/+gate", "=s/@q")


def nasty_problem(zone: str = "Europe/Berlin") -> Problem:
    """Twelve people with harmful names over six dates in which the clock changes."""
    problem = tiny_problem(
        IDS,
        6,
        first="2024-10-24",
        zone=zone,
        posts=POSTS,
        shifts={"=D": "07:00-19:00", "N": "19:00-07:00 night", "1-2": "22:00-06:00 night"},
        needs=[{"staff": 2}, {"staff": 1, "at": "=s/@q", "between": "07:00-19:00"}],
        rules=[{"fairness": {"of": ["hours", "nights"], "weight": 1}}],
    )
    people = tuple(replace(who, name=name) for who, name in zip(problem.people, NASTY, strict=True))
    return replace(problem, people=people, name="=Operation & <Söhne>")


def bare(roster: Roster) -> list[tuple[Stretch, ...]]:
    """The duties of a roster as their stretches, without the rows and duty names that a file gives them."""
    return [tuple(replace(part, row=0, duty="") for part in duty.stretches) for duty in roster.duties]


@st.composite
def rosters(draw: st.DrawFn, problem: Problem) -> Roster:
    """Any stretches: also beside their shifts, without post or shift, across the change of the clock."""
    found: list[Stretch] = []
    for number in range(draw(st.integers(1, 12))):
        shift = draw(st.sampled_from([None, *range(len(problem.shifts))]))
        day = draw(st.integers(problem.first_day, problem.last_day))
        if shift is not None and draw(st.booleans()):
            start, end = problem.shift_span(shift, day)
        else:
            start = problem.start + draw(st.integers(0, 6 * 1440))
            end = start + draw(st.integers(1, 3000).filter(lambda minutes: minutes not in (480, 720, 660, 780, 540)))
        settings: dict[str, Any] = {
            "person": draw(st.integers(0, len(problem.people) - 1)),
            "post": draw(st.sampled_from([None, *range(len(problem.posts))])),
            "kind": draw(st.sampled_from(["duty", "standby", "training"])),
            "duty": draw(st.sampled_from(["", f"x{number}", f"{number}-1", f"=d{number}", f"00{number}"])),
        }
        found.append(Stretch(shift=shift, start=start, end=end, **settings))
    return make_roster(problem, found)
