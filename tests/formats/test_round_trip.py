"""What leaves as CSV, for Excel, as a workbook or as JSON comes back the same, whatever people are called."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrolplan.findings import Severity
from patrolplan.formats.excel_csv import excel_roster
from patrolplan.formats.roster_csv import RosterFile, read_roster, write_roster
from patrolplan.formats.roster_json import roster_json, roster_json_table
from patrolplan.formats.xlsx import Book, workbook
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.tables import Table, chosen_table, parse_any, workbook_tables
from tests.formats.rosters import bare, nasty_problem, rosters

PROBLEM = nasty_problem()
Way = Callable[[Problem, Roster, RosterFile], Table]


def _csv(problem: Problem, roster: Roster, origin: RosterFile) -> Table:
    return parse_any(write_roster(problem, roster, origin).encode(), "r.csv")


def _excel(problem: Problem, roster: Roster, origin: RosterFile) -> Table:
    return parse_any(excel_roster(problem, roster, origin, ";").encode(), "r.csv")


def _xlsx(problem: Problem, roster: Roster, origin: RosterFile) -> Table:
    content = workbook(Book(problem, roster, origin, (), (), (), {}))
    return chosen_table(workbook_tables(content, "r.xlsx", ("person", "start")), (("person", "start", "end"),))


def _json(problem: Problem, roster: Roster, origin: RosterFile) -> Table:
    return roster_json_table(json.dumps(roster_json(problem, roster, origin)), "r.json")


WAYS = {"csv": _csv, "excel": _excel, "xlsx": _xlsx, "json": _json}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_nothing_is_lost(way: str, data: st.DataObject) -> None:
    roster = data.draw(rosters(PROBLEM))
    extra = {number: (f"=note {number}", "05") for number in range(len(roster.stretches) + 2)}
    origin = RosterFile(roster, (), ("remark", "00"), extra)
    back = read_roster(PROBLEM, WAYS[way](PROBLEM, roster, origin))
    assert bare(back.roster) == bare(roster)
    assert back.extra_headings == ("remark", "00")
    assert set(back.extra_cells.values()) == {("=note 0", "05")}
    assert not [one for one in back.findings if one.severity is Severity.HARD]
    named = [one.message for one in back.findings if "the service number counts" in one.message]
    assert named == [], "a name came back changed"


def test_all_ways_write_the_same_twice() -> None:
    """Row by row and name by name, a second export of what came back is the first one again."""
    roster = read_roster(PROBLEM, parse_any(HEAD + ROWS.encode(), "r.csv")).roster
    first = write_roster(PROBLEM, roster)
    for way in WAYS.values():
        back = read_roster(PROBLEM, way(PROBLEM, roster, RosterFile(roster)))
        assert write_roster(PROBLEM, back.roster) == first


HEAD = b"person,site,post,shift,start,end,duty,kind\n"
ROWS = """\
0041,a b,1-2,=D,2024-10-26T07:00+02:00,2024-10-26T12:00+02:00,d1,duty
0041,a b,+gate,=D,2024-10-26T12:00+02:00,2024-10-26T19:00+02:00,d1,duty
1E5,=s,@q,,2024-10-27T02:30+02:00,2024-10-27T02:30+01:00,,duty
=1+1,=s,@q,1-2,2024-10-26T22:00+02:00,2024-10-27T06:00+01:00,,standby
"""
