"""What ``explain`` and ``staffing`` print, of rosters and counts made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from patrolplan.analysis.explained import Confirmed, Contradicting, Contradiction, Explanation, Part, Remedy, Shortage
from patrolplan.analysis.gaps import merge_gaps
from patrolplan.analysis.headcount import Limit
from patrolplan.analysis.placing import placing
from patrolplan.analysis.reasons import Interviewer
from patrolplan.analysis.staffed import Case, Count, Relief, Staffing
from patrolplan.analysis.staffed import Part as Row
from patrolplan.audit import audit
from patrolplan.config.editing import Edit
from patrolplan.config.merging import Variant
from patrolplan.errors import Complaint, Place
from patrolplan.findings import Severity
from patrolplan.problem import Slot
from patrolplan.proof import Status
from patrolplan.roster import make_roster
from patrolplan.terminal import explanation, staffing
from tests.terminal.conftest import Printing, printed
from tests.terminal.guardhouse import guarded, guardhouse

LINES = ("rules:", "  - hours: {id: hours, max: 72h per week}")


@cache
def explained() -> Explanation:
    problem, roster = guardhouse(), guarded(guardhouse())
    found = audit(problem, roster)
    interviewer = Interviewer(problem, roster)
    groups = merge_gaps(problem, [one for one in found.findings if one.severity in (Severity.HARD, Severity.GAP)])
    gaps = tuple(interviewer.explain(gap) for gap in groups)
    steps = [(number, step) for number, one in enumerate(gaps) for step in one.steps]
    edit = Edit(Variant("\n".join(LINES)), LINES, (Place("/home/planner/guard.yaml", 61, 5),))
    remedy = Remedy(
        "hours: 72 h instead of 60 h", "3 times beyond the rules of today", edit, (), 2, 4, 2880, 0, 0, 3, False,
        make_roster(problem, ()), problem,
    )  # fmt: skip
    hands = ("people.csv:5: give Contoh C. [bold] (0043) the qualification armed",)
    trained = replace(remedy, words="1 person more with armed", asks="", edit=None, by_hand=hands, left=1, least=True)
    night = (problem.zone.instant(problem.first_day, 1140), problem.zone.instant(problem.first_day + 1, 420))
    return Explanation(
        Path("guard.yaml"),
        problem,
        found,
        gaps,
        tuple(Confirmed(number, step, 720) for number, step in steps[:2]),
        replace(remedy, words="solve again with everything as it is", edit=None, left=2),
        (remedy, trained),
        (Shortage("armed", night, 2160, 1440),),
        ("Remedies are given for the 3 worst of 4 times with gaps.",),
        True,
    )


def slot(post: int, shift: int, day: int) -> Slot:
    problem = guardhouse()
    return next(
        one for one in problem.slots if (one.post, one.shift, one.day) == (post, shift, problem.first_day + day)
    )


def show_duty(console: Console, person: int, where: Slot) -> None:
    problem = guardhouse()
    explanation.view_duty(console, problem, placing(problem, guarded(problem), person, where))


def show_contradiction(console: Console) -> None:
    alone = Contradicting(
        (0, 2),
        (Part("rest: {min: 11h}", Place("guard.yaml", 61)), Part("the pin: Contoh A. (0041) is on duty Fri 22 Nov")),
        True,
    )
    found = Contradiction(guardhouse(), Status.INFEASIBLE, (alone, replace(alone, people=(), is_smallest=False)))
    explanation.view_contradiction(console, found, operation="guard.yaml")


def show_staffing(console: Console) -> None:
    problem = guardhouse()
    span = (problem.start, problem.end)
    limit = Limit(51.5 * 60, ("hours", "rest"))
    case = Case(
        "", problem, limit, 0.95, Count(9, 9, span=span), Count(2, 3, span=span), (), 3, 2160,
        (Row("quiet", span, Count(9, 10), 7, limit), Row("voting", span, Count(5), 7, limit)),
        (Row("armed", span, Count(4, 4), 4, limit),),
        (Relief("office/gate", 336 * 60, 6.52), Relief("warehouse/yard", 84 * 60, 1.63)),
    )  # fmt: skip
    enough = replace(
        case, name="hours=72h", more=Count(0, 0), open_shifts=0, limit=Limit(60 * 60), complete=False,
        warnings=(Complaint("this relaxes a law."),),
    )  # fmt: skip
    staffing.view(console, Staffing((case, enough, replace(enough, name="shifts=guard/three-shift-8h", more=Count(1)))))


def show_enough(console: Console) -> None:
    problem = guardhouse()
    case = Case(
        "", problem, Limit(40 * 60, ("hours",)), 1.0, Count(5, 5), Count(0, 0), (), 0, 0, (), (), (), (2, 5),
    )  # fmt: skip
    staffing.view(console, Staffing((case,)))


VIEWS: dict[str, Printing] = {
    "explain": lambda console: explanation.view(console, explained(), operation="guard.yaml", roster="guard.csv"),
    "explain-clean": lambda console: explanation.view(console, replace(explained(), gaps=()), roster="guard.csv"),
    "explain-duty": lambda console: show_duty(console, 3, slot(0, 0, 3)),
    "explain-on-duty": lambda console: show_duty(console, 0, slot(0, 0, 0)),
    "explain-conflict": show_contradiction,
    "staffing": show_staffing,
    "staffing-enough": show_enough,
}


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("name", VIEWS)
def test_view_prints_what_the_golden_file_holds(
    name: str, width: int, golden: Callable[[str, Printing, int], None]
) -> None:
    golden(name, VIEWS[name], width)


@pytest.mark.parametrize("name", VIEWS)
def test_lines_fit_the_terminal(name: str) -> None:
    for width in (60, 80, 120, 160):
        assert max(map(len, printed(VIEWS[name], width).splitlines())) <= width


@pytest.mark.parametrize("name", VIEWS)
def test_tiny_terminals_do_not_break_a_view(name: str) -> None:
    for width in (1, 24):
        assert printed(VIEWS[name], width)


def test_names_of_people_are_never_read_as_markup() -> None:
    assert "Contoh C. [bold] (0043)" in printed(VIEWS["explain-conflict"], 120)
