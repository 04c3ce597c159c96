from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from rich.console import Console

from patrolplan.audit import Audit, audit
from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.problem import Acceptance, Problem
from patrolplan.proof import LevelProof, Proof, Status
from patrolplan.roster import Roster, Stretch, make_roster
from patrolplan.terminal import coverview, days, fairview, findings, people, posts, sites, summary
from patrolplan.terminal.postlabels import PostLabels
from tests.terminal.conftest import Printing, printed
from tests.terminal.guardhouse import guarded, guardhouse
from tests.tiny import tiny_problem, tiny_roster


@cache
def judged() -> Audit:
    problem = guardhouse()
    return audit(problem, guarded(problem))


def show_summary(console: Console) -> None:
    problem = guardhouse()
    cost = judged().costs[1]
    levels = (LevelProof(1, cost, cost, True), LevelProof(3, 6000, 5800, False))
    proof = Proof(Status.FEASIBLE, levels, 23.0, 412, 1.0, 19.0)
    summary.view(console, problem, guarded(problem), judged(), proof, written="guard.csv")


def show_findings(console: Console) -> None:
    unread = Finding("PP901", Severity.HARD, "nobody has the number.", place=Place("guard.csv", 9), row=9)
    findings.view(console, guardhouse(), judged(), extra=[unread], file="guard.csv", most=4)


VIEWS: dict[str, Printing] = {
    "summary": show_summary,
    "findings": show_findings,
    "people": lambda console: people.view(console, guardhouse(), guarded(guardhouse())),
    "sites": lambda console: sites.view(console, guardhouse(), guarded(guardhouse())),
    "day": lambda console: days.view(console, guardhouse(), guarded(guardhouse()), [guardhouse().first_day + 8]),
    "posts": lambda console: posts.view(console, guardhouse(), guarded(guardhouse()), [guardhouse().first_day + 8]),
    "cover": lambda console: coverview.view(console, guardhouse(), guarded(guardhouse())),
    "fairness": lambda console: fairview.view(console, guardhouse(), guarded(guardhouse())),
}


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("name", VIEWS)
def test_view_prints_what_the_golden_file_holds(
    name: str, width: int, golden: Callable[[str, Printing, int], None]
) -> None:
    golden(name, VIEWS[name], width)


@pytest.mark.parametrize("name", VIEWS)
def test_lines_fit_the_terminal(name: str) -> None:
    for width in (60, 80, 96, 120, 160):
        assert max(map(len, printed(VIEWS[name], width).splitlines())) <= width


@pytest.mark.parametrize("width", [1, 3, 10, 24, 33])
@pytest.mark.parametrize("name", VIEWS)
def test_tiny_terminals_do_not_break_a_view(name: str, width: int) -> None:
    assert printed(VIEWS[name], width)


@pytest.mark.parametrize("name", VIEWS)
def test_no_line_ends_in_blanks_and_colour_changes_no_text(name: str) -> None:
    from rich.text import Text

    plain, coloured = printed(VIEWS[name], 100), printed(VIEWS[name], 100, coloured=True)
    assert Text.from_ansi(coloured).plain.rstrip() == plain.rstrip()
    assert not any(line != line.rstrip() for line in plain.splitlines())


@pytest.mark.parametrize("name", VIEWS)
def test_names_cannot_steer_the_terminal(name: str) -> None:
    hostile = "\x1b[31mEvil\x07[/bold]\u202e"
    problem = guardhouse()
    problem = replace(
        problem,
        name=hostile,
        people=tuple(replace(who, name=hostile, team=hostile) for who in problem.people),
        sites=tuple(replace(site, title=hostile) for site in problem.sites),
    )
    roster = guarded(problem)
    shows: dict[str, Printing] = {
        "summary": lambda console: summary.view(console, problem, roster, audit(problem, roster)),
        "findings": lambda console: findings.view(console, problem, audit(problem, roster)),
        "people": lambda console: people.view(console, problem, roster),
        "sites": lambda console: sites.view(console, problem, roster),
        "day": lambda console: days.view(console, problem, roster, [problem.first_day]),
        "posts": lambda console: posts.view(console, problem, roster, [problem.first_day]),
        "cover": lambda console: coverview.view(console, problem, roster, [problem.first_day]),
        "fairness": lambda console: fairview.view(console, problem, roster),
    }
    text = printed(shows[name], 100)
    assert not set(text) & {"\x1b", "\x07", "\u202e"}


@pytest.mark.parametrize("name", ["summary", "findings", "people", "sites", "day", "cover", "fairness"])
def test_an_empty_roster_of_an_empty_operation(name: str) -> None:
    problem = tiny_problem([], 1)
    roster = make_roster(problem, [])
    shows: dict[str, Printing] = {
        "summary": lambda console: summary.view(console, problem, roster, audit(problem, roster)),
        "findings": lambda console: findings.view(console, problem, audit(problem, roster)),
        "people": lambda console: people.view(console, problem, roster),
        "sites": lambda console: sites.view(console, problem, roster),
        "day": lambda console: days.view(console, problem, roster, [problem.first_day]),
        "cover": lambda console: coverview.view(console, problem, roster),
        "fairness": lambda console: fairview.view(console, problem, roster),
    }
    assert printed(shows[name], 80)


def test_an_encoding_without_drawings_gets_plain_characters() -> None:
    import io

    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    from patrolplan.terminal.console import output_console

    show_summary(output_console(stream, 80))
    stream.flush()
    text = stream.buffer.getvalue().decode("ascii")
    assert "?" not in text
    assert "-----" in text


def test_summary_claims_no_proof_that_is_not_there() -> None:
    problem = guardhouse()
    open_levels = (LevelProof(1, 600, 300, False), LevelProof(3, 60, 60, False))
    for proof in (None, Proof(Status.FEASIBLE, open_levels)):
        text = printed(
            lambda console, proof=proof: summary.view(  # type: ignore[misc]
                console, problem, guarded(problem), judged(), proof
            ),
            120,
        )
        assert "proved" not in text
        assert "cover optimal" not in text


def test_a_full_roster_says_so() -> None:
    problem = tiny_problem(["A", "B"], 2, needs=[{"staff": 1}], rules=[{"rest": "11h"}], always=True)
    roster = tiny_roster(problem, {"A": "DD", "B": "NN"})
    text = printed(lambda console: summary.view(console, problem, roster, audit(problem, roster), written="r.csv"), 100)
    assert "all of 4 needed person-shifts filled" in text
    assert "audited: no findings" in text
    assert "Gaps" not in text
    assert "patrolplan show ops.yaml r.csv --by site" in text


def test_no_roster() -> None:
    problem = tiny_problem()
    infeasible = Proof(Status.INFEASIBLE, reasons=("P1 is pinned to two duties at once.",))
    text = printed(lambda console: summary.view_without_roster(console, problem, infeasible), 80)
    assert "This is proved." in text
    assert "pinned" in text
    unknown = printed(lambda console: summary.view_without_roster(console, problem, Proof(Status.UNKNOWN)), 80)
    assert "proved" not in unknown


def test_crowded_dates_keep_their_columns() -> None:
    problem = tiny_problem(["A"], 8)
    roster = tiny_roster(problem, {"A": "DN . D,D,N . . . . D"})
    lines = printed(lambda console: people.view(console, problem, roster), 80).splitlines()
    heads, marks = next((one, two) for one, two in pairwise(lines) if one.strip().startswith("4 "))
    assert "D*" in marks or "DN" in marks
    assert len(marks.rstrip()) <= len(heads) + 2


def relieved() -> Problem:
    """Shifts that overlap and begin with one letter; two posts of one name; a need that only noon has."""
    problem = tiny_problem(
        ["1001", "1002", "1003"],
        3,
        first="2026-02-28",
        posts=["museum/entrance", "museum/patrol-north", "museum/patrol-south", "depot/entrance"],
        shifts={"relief": "13:30-21:30", "reception": "06:30-14:30"},
        needs=[
            {"staff": 1, "at": "museum/entrance", "between": "06:30-21:30"},
            {"staff": 2, "at": "museum/entrance", "between": "13:00-14:00"},
            {"staff": 1, "at": "depot/entrance", "between": "13:30-21:30"},
        ],
    )
    names = ("Fuchs, Anna-Katharina", "Müller, Bernd", "Müller, Clara")
    return replace(
        problem, people=tuple(replace(who, name=name) for who, name in zip(problem.people, names, strict=True))
    )


def at_relief(problem: Problem) -> Roster:
    shifts = {shift.name: number for number, shift in enumerate(problem.shifts)}
    posted = [
        ("1001", "reception", "museum/entrance"),
        ("1002", "relief", "museum/patrol-north"),
        ("1003", "relief", "depot/entrance"),
    ]
    return make_roster(
        problem,
        [
            Stretch(
                problem.person_index[who],
                problem.post_index[post],
                shifts[shift],
                *problem.shift_span(shifts[shift], day),
            )
            for who, shift, post in posted
            for day in (problem.first_day,)
        ],
    )


def test_columns_of_long_marks_stay_apart_and_numbers_are_explained() -> None:
    problem = relieved()
    lines = printed(lambda console: sites.view(console, problem, at_relief(problem)), 50).splitlines()
    heads = next(line for line in lines if line.startswith(" Feb/Mar"))
    row = next(line for line in lines if line.startswith(" Rc 06:30 1001"))
    assert heads.index("Sat 28") == row.index("1001")
    assert " 1001 Fuchs, Anna-Katharina" in "\n".join(lines)


def test_a_gap_of_an_hour_is_told_once_and_with_its_time() -> None:
    problem = relieved()
    text = printed(lambda console: days.view(console, problem, at_relief(problem), [problem.first_day]), 80)
    assert text.index("reception") < text.index("relief")
    assert text.count("open") == 2
    assert "1 open 13:00-14:00 only" in text
    lines = text.splitlines()
    assert lines[lines.index(next(line for line in lines if "Fuchs" in line)) + 1].strip() == "1 open 13:00-14:00 only"


@pytest.mark.parametrize("width", [24, 40, 80, 160])
def test_a_post_has_one_label_in_a_view_and_each_is_explained(width: int) -> None:
    problem = relieved()
    text = printed(lambda console: people.view(console, problem, at_relief(problem)), width)
    assert text.startswith(" Rc reception")
    assert "museum/entrance" in text and "depot/entrance" in text
    assert "training" not in text and "on call" not in text


def test_labels_of_posts() -> None:
    problem = relieved()
    labels = PostLabels(problem, range(4), 5)
    assert [labels[post] for post in range(4)] == ["entr1", "patrn", "patrs", "entr2"]
    assert labels.legend()[0] == "entr1 museum/entrance"


def test_a_roster_of_other_dates_is_said_in_one_line() -> None:
    problem = relieved()
    span = problem.shift_span(0, problem.first_day - 365)
    roster = make_roster(problem, [Stretch(0, 0, 0, *span, row=2)])
    text = printed(lambda console: findings.view(console, problem, audit(problem, roster), file="r.csv"), 160)
    own = "2026-02-28 to 2026-03-02"
    first = f" r.csv: 1 of 1 duty outside the operation's dates ({own}), namely 2025-02-28 to 2025-02-28;"
    assert text.startswith(first)
    assert "PP904" not in text


def test_an_acceptance_that_meets_nothing_is_named() -> None:
    problem = replace(
        guardhouse(),
        acceptances=tuple(
            Acceptance(
                code, "office/gate", "", None, None, "the chief", guardhouse().last_day, "", Place("ops.yaml", line)
            )
            for line, code in enumerate(("PP101", "PP103"), 70)
        ),
    )
    roster = guarded(problem)
    text = printed(lambda console: findings.view(console, problem, audit(problem, roster), whole=True), 100)
    assert "PP103  office/gate  ops.yaml:71" in text
    assert "ops.yaml:70" not in text


def test_fairness_shows_holidays_and_what_is_shared_at_a_post() -> None:
    rules = [{"fairness": {"of": "holidays"}}, {"fairness": {"of": "nights", "at": "s/p"}}]
    people_of = {"A": {}, "B": {}, "C": {"not_at": ["s"]}}
    needs = [{"at": "s/p", "staff": 1}, {"at": "t/q", "staff": 1}]
    problem = tiny_problem(
        people_of, 4, posts=["s/p", "t/q"], needs=needs, rules=rules, holidays={"2024-11-05": "Contoh"}
    )
    roster = tiny_roster(problem, {"A": "N@s/p N@s/p N@s/p .", "B": "D@s/p D@s/p . N@s/p", "C": "N@t/q N@t/q . ."})
    text = printed(lambda console: fairview.view(console, problem, roster), 160)
    assert "Holiday duties 1, from -0.3 to -0.3 off the fair share" in text
    assert "Nights at s/p: 1-3, from -1.0 to +1.0 off the fair share" in text
    heads = next(line for line in text.splitlines() if "person" in line).split()
    assert heads.count("fair") == 2 and "hldays" in heads and "p" in heads
    assert text.count("Contoh") == 0
    assert "(Contoh)" in printed(lambda console: days.view(console, problem, roster, [problem.first_day + 1]), 80)
