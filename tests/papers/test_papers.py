"""What stands on every paper, on an operation that is known by heart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrolplan.errors import InputError
from patrolplan.formats.paper import Block, Chart, Facts, Paper, Sheet, Signing, Table, Words
from patrolplan.formats.reliefs import Reliefs
from patrolplan.formats.rounds_table import Visit, read_visits
from patrolplan.papers.kinds import KINDS, make_paper
from patrolplan.papers.names import Names
from patrolplan.papers.scope import Scope, Turn
from patrolplan.plan.loading import load_operation, load_roster
from patrolplan.roster import Stretch, make_roster
from patrolplan.tables import parse_table
from patrolplan.units import parse_date
from tests.papers.harbour import ARABIC, COMBINING, FORMULA, MARKUP, SCRIPT, STANDING, write_harbour
from tests.tiny import tiny_problem, tiny_roster

FIRST = parse_date("2025-03-03")
DAY, NIGHT = 0, 1


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Scope:
    operation, roster = write_harbour(tmp_path_factory.mktemp("harbour"))
    problem = load_operation(operation).problem
    days = range(problem.first_day, problem.last_day + 1)
    people, sites = range(len(problem.people)), range(len(problem.sites))
    return Scope(problem, load_roster(problem, roster).roster, Names(problem), days, sites, people, "made from this")


def block(sheet: Sheet, kind: type[Block], index: int = 0) -> Block:
    return [one for one in sheet.blocks if isinstance(one, kind)][index]


def texts(table: Block) -> list[list[str]]:
    """The cells of a table, lines joined by a stroke."""
    assert isinstance(table, Table)
    return [[" / ".join(line.text for line in cell) for cell in row] for row in table.rows]


def facts(sheet: Sheet, index: int = 0) -> dict[str, str]:
    found = block(sheet, Facts, index)
    assert isinstance(found, Facts)
    return dict(found.pairs)


def titled(paper: Paper, words: str) -> Sheet:
    return next(sheet for sheet in paper.sheets if words in f"{sheet.title} {sheet.subtitle}")


def test_annex_names_order_tasks_and_everybody_by_rank(scope: Scope) -> None:
    (sheet,) = make_paper("annex", scope).sheets
    assert sheet.official
    assert facts(sheet) == {
        "Duty order number": "17/2025",
        "Date of the order": "28 February 2025",
        "Operation": "Harbour & depot <2025>",
        "Period": "Monday 3 March 2025 07:00 - Thursday 6 March 2025 07:00",
        "Phase quiet": "Mon 3 Mar 07:00 - Wed 5 Mar 07:00",
        "Phase visit": "Wed 5 Mar 07:00 - Thu 6 Mar 07:00",
    }
    assert texts(block(sheet, Table, 0)) == [
        ["day", "07:00", "19:00", "15 min"],
        ["night", "19:00", "07:00", "15 min"],
    ]
    posts = texts(block(sheet, Table, 1))
    assert posts[0] == ['Harbour "A" <north>', "gate", "2", "Check everyone & note <it>."]
    assert [row[1] for row in posts] == ["gate", "patrol", "head", "door", "duty-officer"]
    people = texts(block(sheet, Table, 2))
    assert [row[1] for row in people] == ["leader"] * 2 + ["senior"] * 2 + ["guard"] * 6
    by_number = {row[3]: row for row in people}
    assert by_number["P01"][2:] == [FORMULA, "P01", "Unit 1", "1", 'Harbour "A" <north> (3)', "3", "36"]
    assert by_number["P05"][6] == "Depot (2) / and 1 other site"
    signing = block(sheet, Signing)
    assert isinstance(signing, Signing)
    assert [(one.above, one.role, one.name, one.beneath) for one in signing.signers] == [
        ("Acknowledged by", "Director", "Contoh X. & Y.", "leader 9001"),
        ("Contoh City, 28 February 2025", "Planner", "Contoh Z.", ""),
    ]


def test_letterhead_of_every_paper(scope: Scope) -> None:
    for kind in KINDS:
        paper = make_paper(kind, scope)
        assert paper.head == ("Contoh Security <Group>", "Harbour branch")
        assert (paper.classification, paper.foot, paper.kind) == ("restricted", "made from this", kind)
        assert paper.sheets


def test_duty_card_says_what_where_when_whom_to_relieve_and_whom_to_call(scope: Scope) -> None:
    card = make_paper("card", scope).sheets[1]
    assert (card.title, card.subtitle) == (f"guard {SCRIPT}", "Duty card")
    assert facts(card)["In all"] == "3 duties, 36 h, 0 nights"
    gate, lead = 'gate / Harbour "A" <north>', f"leader {ARABIC} / 555-1004"
    assert texts(block(card, Table)) == [
        ["Mon 3 Mar", "06:45", "07:00-19:00 day", gate, "nobody", f"guard {MARKUP}", lead],
        ["Tue 4 Mar", "06:45", "07:00-19:00 day", gate, f"guard {MARKUP}", f"guard {COMBINING}", lead],
        ["Wed 5 Mar", "06:45", "07:00-19:00 day", gate, f"guard {COMBINING}", f"guard {COMBINING}", lead],
    ]
    tasks = block(card, Words)
    assert isinstance(tasks, Words)
    assert tasks.entries == (('gate, Harbour "A" <north>', "Check everyone & note <it>."),)
    assert facts(card, 1) == {"Control room": "555-0001", "senior שלמה כהן": "555-1005"}


def test_duty_card_on_call_and_of_somebody_in_command(scope: Scope) -> None:
    cards = make_paper("card", scope).sheets
    assert texts(block(cards[0], Table))[2] == ["Tue 4 Mar", "", "19:00-07:00 night", "on call", "", "", ""]
    head = texts(block(cards[3], Table))
    assert [row[6] for row in head] == ["yourself", "yourself", "yourself / senior שלמה כהן / 555-1005"]
    depot = facts(cards[4], 1)
    assert depot["Depot office"] == "555-0002"


def test_cards_of_dates_sites_and_people(scope: Scope) -> None:
    assert len(make_paper("card", replace(scope, sites=[1])).sheets) == 1
    tuesday = make_paper("card", replace(scope, days=[FIRST + 1]))
    assert all(len(texts(block(sheet, Table))) <= 2 for sheet in tuesday.sheets)
    one = replace(scope, people=[9], days=[FIRST])
    assert make_paper("card", one).sheets == ()
    chosen = make_paper("card", replace(one, narrowed=True)).sheets[0]
    words = block(chosen, Words)
    assert isinstance(words, Words) and words.entries == (("", "No duty in this time."),)


def test_a_duty_of_several_stretches_has_a_row_for_each(tmp_path: Path) -> None:
    operation, roster = write_harbour(tmp_path)
    text = roster.read_text(encoding="utf-8")
    name = "P01/2025-03-03/day"
    whole = f"P01,harbour,gate,day,2025-03-03T07:00+07:00,2025-03-03T19:00+07:00,{name},duty"
    parts = [
        f"P01,harbour,gate,day,2025-03-03T07:00+07:00,2025-03-03T12:00+07:00,{name},duty",
        f"P01,harbour,patrol,day,2025-03-03T12:00+07:00,2025-03-03T19:00+07:00,{name},duty",
    ]
    assert whole in text
    roster.write_text(text.replace(whole, "\n".join(parts)), encoding="utf-8")
    problem = load_operation(operation).problem
    found = load_roster(problem, roster).roster
    scope = Scope(problem, found, Names(problem), [FIRST], range(3), [0])
    rows = texts(block(make_paper("card", scope).sheets[0], Table))
    assert [row[:3] for row in rows] == [["Mon 3 Mar", "06:45", "07:00-12:00 day"], ["", "", "12:00-19:00"]]


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_who_relieves_and_who_is_relieved_agree(coming: set[int], going: set[int]) -> None:
    problem = tiny_problem([f"P{number}" for number in range(10)])
    first = [Stretch(person, 0, None, 0, 10, f"{person}/1") for person in going]
    then = [Stretch(person, 0, None, 10, 20, f"{person}/2") for person in coming]
    reliefs = Reliefs(problem, make_roster(problem, [*first, *then]))
    pairs = {(new, old) for new in coming for old in reliefs.relieved(0, 10, new)}
    assert pairs == {(new, old) for old in going for new in reliefs.relievers(0, 10, old)}
    stay = coming & going
    if coming - stay:
        assert {old for _, old in pairs} == going - stay
    assert all(new not in stay and old not in stay for new, old in pairs)


def test_handover_sheet_names_who_goes_who_comes_and_who_signs(scope: Scope) -> None:
    paper = make_paper("handover", scope)
    assert len([sheet for sheet in paper.sheets if "Harbour" in sheet.subtitle]) == 6
    sheet = titled(paper, 'Harbour "A" <north> · Tuesday 4 March 2025, 19:00')
    assert texts(block(sheet, Table)) == [
        ["gate", f"guard {FORMULA} / guard {SCRIPT}", f"guard {COMBINING} / 1 open", ""],
        ["patrol", "guard </script></style><img src=x onerror=alert(2)>", "guard abcgnp.exe", ""],
        ["head", f"leader {ARABIC}", "leader {{ 7*7 }}", ""],
    ]
    signing = block(sheet, Signing)
    assert isinstance(signing, Signing)
    assert [one.name for one in signing.signers] == [f"leader {ARABIC}", "leader {{ 7*7 }}", ""]
    first = titled(paper, 'Harbour "A" <north> · Monday 3 March 2025, 07:00')
    assert texts(block(first, Table))[0][1] == "nobody"


def test_occurrence_page_has_its_guard_and_what_is_open(scope: Scope) -> None:
    paper = make_paper("occurrence", replace(scope, sites=[0], days=[FIRST + 1]))
    assert [facts(sheet)["Shift"] for sheet in paper.sheets] == ["day 07:00-19:00", "night 19:00-07:00"]
    night = facts(paper.sheets[1])
    assert (night["Guard"], night["Open places"]) == ("3 people", "gate: 1 open")
    assert night["In command"] == "leader {{ 7*7 }}"
    assert len(texts(block(paper.sheets[1], Table))) > 15


def test_site_roster_is_the_roster(scope: Scope) -> None:
    paper = make_paper("site", scope)
    assert [sheet.title for sheet in paper.sheets] == ['Harbour "A" <north>', "Depot", "Command post"]
    numbers = replace(scope, names=Names(scope.problem, "id"))
    rows = texts(block(make_paper("site", numbers).sheets[0], Table))
    for day in range(3):
        for index, (letter, post) in enumerate((turn, post) for post in ("gate", "patrol", "head") for turn in "DN"):
            expected = STANDING[f"{letter}{day + 1}"].get(f"harbour/{post}", "").split()
            cell = rows[index][2 + day].replace("guard ", "").replace("leader ", "").replace("senior ", "")
            assert [one for one in cell.split(" / ") if one != "1 open"] == expected
    assert "1 open" in rows[1][3]


def test_site_roster_of_several_weeks_breaks_where_weeks_begin(scope: Scope) -> None:
    ten = replace(scope, days=range(FIRST + 4, FIRST + 14))
    weeks = [list(week) for week in _weeks(ten)]
    assert weeks == [list(range(FIRST + 4, FIRST + 7)), list(range(FIRST + 7, FIRST + 14))]
    assert _weeks(replace(scope, days=range(FIRST + 4, FIRST + 11))) == [list(range(FIRST + 4, FIRST + 11))]


def _weeks(scope: Scope) -> Sequence[Sequence[int]]:
    from patrolplan.papers.site_roster import _weeks as weeks

    return weeks(scope)


def test_chain_of_command_from_the_top_to_the_posts(scope: Scope) -> None:
    paper = make_paper("command", scope)
    assert len(paper.sheets) == 6
    night = block(titled(paper, "Tuesday 4 March 2025, night"), Chart)
    assert isinstance(night, Chart)
    assert [(box.title, [line.text for line in box.lines]) for box in night.top] == [
        ("Command post · duty-officer", ["senior Contoh J.", "555-1010"])
    ]
    (branch,) = night.branches
    assert [line.text for line in branch.head.lines] == ["leader {{ 7*7 }}", "555-1009"]
    assert [(box.title, [line.text for line in box.lines]) for box in branch.below] == [
        ("gate", [f"guard {COMBINING}", "1 open"]),
        ("patrol", ["guard abcgnp.exe"]),
    ]
    empty = block(titled(paper, "Wednesday 5 March 2025, day"), Chart)
    assert isinstance(empty, Chart)
    assert [line.text for line in empty.branches[1].head.lines] == ["nobody in command"]


def test_chain_of_command_of_many_sites_takes_several_sheets() -> None:
    posts = [f"site-{number:02d}/gate" for number in range(14)]
    people = [f"P{number:02d}" for number in range(14)]
    problem = tiny_problem(people, 2, posts=posts)
    plan = {person: f"D@{post} ." for person, post in zip(people, posts, strict=True)}
    roster = tiny_roster(problem, plan)
    scope = Scope(problem, roster, Names(problem), [problem.first_day], range(14), range(14))
    sheets = make_paper("command", scope).sheets
    charts = [block(sheet, Chart) for sheet in sheets]
    assert [len(one.branches) for one in charts if isinstance(one, Chart)] == [6, 6, 2]


def test_without_posts_of_command_the_highest_rank_leads(scope: Scope) -> None:
    assert scope.commanders(1, Turn(FIRST, DAY)) == [4]
    assert scope.commanders(0, Turn(FIRST, NIGHT)) == [8]
    people = list(scope.problem.people)
    people[0], people[1] = replace(people[0], rank=2, years=3.0), replace(people[1], rank=2, years=9.5)
    equals = replace(scope, problem=replace(scope.problem, people=tuple(people)))
    posts = tuple(replace(post, kind="static") for post in equals.problem.posts)
    assert replace(equals, problem=replace(equals.problem, posts=posts)).commanders(0, Turn(FIRST, DAY)) == [1]
    without = replace(scope.problem, people=tuple(replace(one, rank=None) for one in scope.problem.people))
    assert replace(scope, problem=without).commanders(1, Turn(FIRST, DAY)) == []


def test_patrol_sheet_without_rounds_is_blank_but_for_the_patrol(scope: Scope) -> None:
    sheets = make_paper("patrol", scope).sheets
    assert len(sheets) == 6
    assert facts(sheets[1])["Patrol"] == "guard abcgnp.exe"
    assert not any(any(row) for row in texts(block(sheets[1], Table)))


ROUNDS = """\
date;duty;team;zone;checkpoint;arrive;leave
2025-03-03;P03/2025-03-03/day;P03+P01;quay;<b>crane</b>;2025-03-03T07:05+07:00;07:10
2025-03-03;P03/2025-03-03/day;;quay;fence;07:15;07:18
2025-03-03;P03/2025-03-03/day;P03+P01;quay;fence;07:20;
2025-03-04;harbour/patrol;A;quay;fence;07:30;07:35
2025-03-05;somebody;B;yard;gate 3;23:50;00:05
"""


def test_patrol_sheet_with_rounds(scope: Scope) -> None:
    visits = read_visits(parse_table(ROUNDS, "rounds.csv"))
    first, other, second, third = make_paper("patrol", scope, visits).sheets
    assert texts(block(first, Table)) == [
        ["07:05", "07:10", "<b>crane</b>", "", "", ""],
        ["07:20", "", "fence", "", "", ""],
    ]
    assert facts(first)["Team"] == f"guard </script></style><img src=x onerror=alert(2)>, guard {FORMULA}"
    assert facts(other)["Patrol"] == "guard </script></style><img src=x onerror=alert(2)>"
    assert len(texts(block(other, Table))) == 1
    assert facts(first)["Shift"] == "day 07:00-19:00"
    assert second.subtitle == 'patrol, Harbour "A" <north> · Tue 4 Mar'
    assert third.subtitle == "somebody · Wed 5 Mar"
    assert facts(third)["Zone"] == "yard"
    hidden = replace(scope, names=Names(scope.problem, "initials"))
    sheets = make_paper("patrol", hidden, visits).sheets
    assert sheets[3].subtitle == "yard · Wed 5 Mar" and facts(sheets[0])["Team"] == "guard s. s. o., guard H."


def test_rounds_of_other_dates_are_refused(scope: Scope) -> None:
    visits = [Visit(FIRST + 90, "x", "", "", "a", 0, None, 2)]
    with pytest.raises(InputError, match="none is of the dates"):
        make_paper("patrol", scope, visits)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,duty,arrive\n", "no column checkpoint"),
        ("date,duty,checkpoint,arrive\nsoon,d,c,07:00\n", 'r.csv:2  "soon" is not a date'),
        ("date,duty,checkpoint,arrive\n2025-03-03,d,c,2025-03-03\n", "has no clock time"),
        ("date,duty,checkpoint,arrive\n07:00,d,c,07:00\n", "is not a date"),
        ("date,duty,checkpoint,arrive\n2025-03-03,d,,07:00\n", "the checkpoint is missing"),
        ("date,duty,checkpoint,arrive\n" + "x,d,c,07:00\n" * 30, "and 10 more rows"),
    ],
)
def test_rounds_that_are_not_understood(text: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        read_visits(parse_table(text, "r.csv"))
    assert words in str(refused.value)
