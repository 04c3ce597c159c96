"""An operation small enough to read in full, with a gap, a part-timer, standby, training and somebody on leave."""

from __future__ import annotations

from dataclasses import replace

from patrolplan.problem import Problem
from patrolplan.roster import Roster
from tests.tiny import tiny_problem, tiny_roster

RANKS = ("Briptu", "Bripka", "Ipda")
NAMES = {
    "0041": "Contoh A.",
    "0042": "Contoh B.",
    "0043": "Contoh C. [bold]",
    "0044": "Contoh D.",
    "0045": "Contoh E.",
    "0046": "Contoh F.",
    "0047": "Contoh G.",
}


def guardhouse() -> Problem:
    """Two sites, two shifts, twelve dates, seven people."""
    problem = tiny_problem(
        {
            "0041": {"rank": "Ipda", "team": "1", "qualifications": ["armed", "danru"]},
            "0042": {"rank": "Bripka", "team": "1", "qualifications": ["armed"]},
            "0043": {"rank": "Briptu", "team": "1"},
            "0044": {"rank": "Briptu", "team": "2", "qualifications": ["armed"]},
            "0045": {"rank": "Bripka", "team": "2"},
            "0046": {"rank": "Briptu", "team": "2", "share": 0.5},
            "0047": {
                "rank": "Briptu",
                "absences": [{"dates": "2024-11-28..2024-12-01", "reason": "sick"}],
                "qualifications": ["armed"],
            },
        },
        12,
        first="2024-11-21",
        posts=["office/gate", "office/lobby", "warehouse/yard"],
        shifts={"D": "07:00-19:00", "N": "19:00-07:00 night"},
        ranks=RANKS,
        needs=[
            {"staff": 2, "at": "office/gate"},
            {"qualified": {"armed": 1}, "at": "office/gate"},
            {"staff": 1, "at": "office/lobby", "between": "07:00-19:00"},
            {"staff": 1, "at": "warehouse/yard", "shift": "N"},
        ],
        phases={"quiet": "2024-11-24..2024-11-26", "voting": "2024-11-27"},
        rules=[
            {"rest": "11h"},
            {"hours": {"max": "60h per week"}},
            {"fairness": {"of": ["hours", "nights", "weekends"], "weight": 1}},
        ],
        always=True,
    )
    return replace(
        problem,
        name="Guardhouse",
        people=tuple(replace(who, name=NAMES[who.id]) for who in problem.people),
        shifts=tuple(
            replace(shift, name=name, handover=15) for shift, name in zip(problem.shifts, ("day", "night"), strict=True)
        ),
        sites=tuple(replace(site, title=site.name.title()) for site in problem.sites),
        posts=tuple(replace(post, title=post.name.title()) for post in problem.posts),
    )


def guarded(problem: Problem) -> Roster:
    """A roster with a gap at the gate on 29 to 30 November."""
    problem_with_letters = replace(
        problem,
        shifts=tuple(replace(shift, name=name) for shift, name in zip(problem.shifts, "DN", strict=True)),
    )
    return tiny_roster(
        problem_with_letters,
        {
            "0041": "D D D D . D D D D D . D",
            "0042": "D D . D D . D D D . D D",
            "0043": "D@office/lobby D@office/lobby D@office/lobby . D@office/lobby D@office/lobby "
            "D@office/lobby . . D@office/lobby D@office/lobby D@office/lobby",
            "0044": "N N N . N N . N N N . N",
            "0045": "N . N N N . N N . N N n",
            "0046": "N@warehouse/yard N@warehouse/yard . N@warehouse/yard N@warehouse/yard . N@warehouse/yard "
            "N@warehouse/yard . +D@office/lobby . .",
            "0047": ". . D N D D N . . . . N@warehouse/yard",
        },
    )
