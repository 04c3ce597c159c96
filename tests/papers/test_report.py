"""The report says what check says, draws what is there, and lets nothing out of its cage."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrolplan.analysis.cover import Cover
from patrolplan.analysis.gaps import merge_gaps
from patrolplan.audit import audit
from patrolplan.findings import Severity
from patrolplan.formats.pages import TEMPLATES, json_for_script
from patrolplan.formats.paper_html import papers_html
from patrolplan.formats.report_facts import HeatMap, Report
from patrolplan.formats.report_html import data_of, report_html
from patrolplan.papers.heat import dates_of, heat_maps
from patrolplan.papers.kinds import KINDS, make_paper
from patrolplan.papers.names import Names, shown
from patrolplan.papers.report import build_report
from patrolplan.papers.scope import Scope
from patrolplan.papers.spread import bars
from patrolplan.plan.checking import Check, check
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from tests.papers.harbour import CLOSING, FORMULA, NAMES, SCRIPT, write_harbour
from tests.tiny import tiny_problem, tiny_roster


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Check:
    return check(*write_harbour(tmp_path_factory.mktemp("harbour")))


@pytest.fixture(scope="module")
def report(checked: Check) -> Report:
    return build_report(checked.problem, checked.audit, names=Names(checked.problem), origin="<origin>")


class Reader(HTMLParser):
    """Elements with their attributes, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag if tag in ("script", "style") else self._inside

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.texts.append(" ".join(data.split()))


def pages(checked: Check, report: Report) -> dict[str, str]:
    problem = checked.problem
    days, people, sites = (range(problem.first_day, problem.last_day + 1), range(10), range(3))
    scope = Scope(problem, checked.file.roster, Names(problem), days, sites, people, "<origin>")
    papers = {kind: papers_html([make_paper(kind, scope)]) for kind in KINDS}
    return {"report": report_html(report), **papers}


def test_gaps_are_those_of_check(checked: Check, report: Report) -> None:
    gaps = merge_gaps(checked.problem, [one for one in checked.audit.findings if one.severity is Severity.GAP])
    assert len(gaps) == 4
    assert [(one.code, one.place.replace(" / ", "/"), one.when) for one in report.gaps] == [
        (gap.code, gap.post, gap.when) for gap in gaps
    ]
    assert [one.size.split()[0] for one in report.gaps] == [str(gap.short) for gap in gaps]


def test_a_gap_says_who_could_not_and_who_could(report: Report) -> None:
    gate = next(one for one in report.gaps if one.place == "harbour / gate")
    assert gate.could == "1 person could take it without breaking a hard rule"
    assert gate.could_not == ("5 on rest (11 h, ops.yaml:46)", "3 on duty elsewhere")
    post = next(one for one in report.gaps if one.place == "command / duty-officer" and one.amount)
    assert post.amount == "3 windows, 3 person-shifts"
    assert "1 leave <b>" in post.could_not


def test_figures(report: Report) -> None:
    found = {one.label: (one.value, one.words, one.mood) for one in report.figures}
    assert found["Cover"] == ("81.8 %", "6 of 33 needed person-shifts open (72 person-hours), 4 gaps", "bad")
    assert found["Hard rules"][0] == "all kept" and found["Hard rules"][2] == "good"
    assert found["Duties"] == ("28", "10 people, 3 sites, 5 posts", "plain")


def test_broken_and_bent_rules_are_listed_with_their_people(tmp_path: Path) -> None:
    operation, roster = write_harbour(tmp_path)
    with roster.open("a", encoding="utf-8") as stream:
        stream.write("P10,harbour,gate,day,2025-03-03T07:00+07:00,2025-03-03T19:00+07:00,,duty\n")
    found = check(operation, roster)
    page = build_report(found.problem, found.audit, names=Names(found.problem, "id"), origin="")
    assert page.findings[0].title == "Broken hard rules (1)"
    entry = page.findings[0].entries[0]
    assert (entry.code, entry.where) == ("PP201", "senior P10 · harbour / gate · Mon 3 Mar 07:00-19:00")
    assert next(one for one in page.figures if one.label == "Hard rules").mood == "bad"
    assert "Contoh J." not in report_html(page)


def test_proof_stands_in_the_summary_only_where_it_is_known(checked: Check, report: Report) -> None:
    from patrolplan.proof import LevelProof

    assert "Proof" not in [one.label for one in report.figures]
    levels = (LevelProof(1, 60, 60, True), LevelProof(3, 120, 60, False))
    page = build_report(checked.problem, checked.audit, names=Names(checked.problem), origin="", levels=levels)
    proof = next(one for one in page.figures if one.label == "Proof")
    assert (proof.value, proof.words) == ("in part", "cover optimal · fairness 2, bound 1.0")


def minutes_short(problem: Problem, roster: Roster, start: int, end: int) -> tuple[int, int]:
    """Most people missing at a minute over all posts, and the fewest present at such a minute; by brute force."""
    cover = Cover(problem, roster)
    worst = (0, 10**6)
    for minute in range(start, end, 30):
        steps = [cover.steps(post, minute, minute + 1)[0] for post in range(len(problem.posts))]
        worst = min(worst, (-sum(step.short for step in steps), sum(step.present for step in steps)))
    return -worst[0], worst[1]


def hours(heat: HeatMap, row: int) -> list[tuple[int, int, int]]:
    return [(run[1], run[2], run[3]) for run in heat.rows[row] for _ in range(run[0])]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text("DN.", min_size=3, max_size=3), min_size=3, max_size=3), st.sampled_from(["07:30-19:00", "0"]))
def test_heat_map_is_what_a_count_by_the_minute_says(turns: list[str], between: str) -> None:
    needs = [{"staff": 1, "at": "s/p"}, {"staff": 1, "at": "s/q"}]
    if between != "0":
        needs.append({"staff": 2, "between": between, "at": "s/p"})
    problem = tiny_problem(["A", "B", "C"], 3, posts=["s/p", "s/q"], needs=needs, always=True)
    own = [
        " ".join(one if person < 2 or one == "." else f"{one}@s/q" for one in row) for person, row in enumerate(turns)
    ]
    roster = tiny_roster(problem, dict(zip("ABC", own, strict=True)))
    heat = heat_maps(problem, Cover(problem, roster), audit(problem, roster).findings)
    assert [one.name for one in heat] == ["s", "s / s/p", "s / s/q"]
    for row, day in enumerate(dates_of(problem)):
        for hour, (present, _needed, short) in enumerate(hours(heat[0], row)):
            start, end = problem.zone.instant(day, 60 * hour), problem.zone.instant(day, 60 * hour + 60)
            if problem.start <= start and end <= problem.end:
                assert (short, present) == minutes_short(problem, roster, start, end), (day, hour)
            else:
                assert present == -1


def test_heat_map_tells_gaps_of_a_whole_site() -> None:
    needs: list[dict[str, Any]] = [{"staff": 1, "at": "s/p"}, {"qualified": {"armed": 1}, "at": "s"}]
    problem = tiny_problem(
        {"A": None, "B": {"qualifications": ["armed"]}}, 2, posts=["s/p", "s/q"], needs=needs, always=True
    )
    roster = tiny_roster(problem, {"A": "D D", "B": "N ."})
    heat = heat_maps(problem, Cover(problem, roster), audit(problem, roster).findings)
    site, post = hours(heat[0], 0), hours(heat[1], 0)
    assert (post[8], site[8]) == ((1, 1, 0), (1, 1, 1))
    assert site[20] == (1, 1, 0)


def test_heat_map_on_the_day_on_which_the_clock_skips_an_hour() -> None:
    problem = tiny_problem(
        ["A"],
        2,
        first="2025-03-30",
        zone="Europe/Berlin",
        needs=[{"staff": 1, "at": "s/p"}],
        always=True,
        day_starts="00:00",
    )
    roster = tiny_roster(problem, {"A": "D ."})
    found = heat_maps(problem, Cover(problem, roster), ())[0]
    assert sum(run[0] for run in found.rows[0]) == 24
    assert hours(found, 0)[2] == (-1, 0, 0)


@given(st.lists(st.integers(-300, 300).map(lambda one: one / 10), min_size=1, max_size=60))
def test_bars_hold_every_value_once(values: list[float]) -> None:
    found = bars(values)
    assert sum(bar.people for bar in found) == len(values) and len(found) <= 17
    for bar in found:
        inside = sum(bar.low - 1e-6 <= value < bar.high - 1e-6 for value in values)
        assert inside == bar.people


def test_everything_from_the_file_is_escaped_and_shown(checked: Check, report: Report) -> None:
    for kind, page in pages(checked, report).items():
        read = Reader(page)
        tags = Counter(tag for tag, _ in read.elements)
        assert tags["script"] == (2 if kind == "report" else 0), kind
        assert tags["img"] == 0, kind
        assert not any(name.startswith("on") or name == "style" for _, names in read.elements for name in names), kind
        if kind in ("report", "card", "annex"):
            seen = "\n".join(read.texts)
            assert all(shown(name) in seen for name in NAMES), kind
        assert "49" not in [text.removeprefix("leader ") for text in read.texts], "a name was run as a template"


def test_pages_ask_for_nothing(checked: Check, report: Report) -> None:
    for kind, page in pages(checked, report).items():
        read = Reader(page)
        for tag, names in read.elements:
            assert not {"src", "srcset", "data", "action", "formaction", "poster"} & set(names), (kind, tag)
            assert names.get("href", "#").startswith("#"), (kind, tag)
            assert tag not in ("link", "base", "iframe", "object", "embed", "audio", "video"), kind
        styles = page[page.index("<style>") : page.index("</style>")]
        assert "url(" not in styles and "@import" not in styles


def test_the_policy_allows_exactly_what_is_inside(checked: Check, report: Report) -> None:
    for kind, page in pages(checked, report).items():
        policy = next(
            n["content"] for tag, n in Reader(page).elements if n.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy.startswith("default-src 'none'; "), kind
        for start, end in (("<style>", "</style>"), ("<script>", "</script>")):
            if start in page:
                text = page[page.index(start) + len(start) : page.index(end, page.index(start))]
                digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
                assert f"'sha256-{digest}'" in policy, (kind, start)
        assert "unsafe" not in policy


@given(st.text() | st.sampled_from(["</script>", "<!--", "\u2028", "]]>", "&lt;"]))
def test_data_for_scripts_stays_data(text: str) -> None:
    inside = str(json_for_script({"name": text}))
    assert not any(sign in inside for sign in "<>&\u2028\u2029")
    assert json.loads(inside) == {"name": text}


def test_data_can_be_read_back(report: Report) -> None:
    data = data_of(report_html(report))
    assert [name for name, _site in data["posts"]] == ["gate", "patrol", "head", "door", "duty-officer"]
    assert len(data["heat"]) == len(report.heat) and data["words"]["report"] == "Roster report"


def test_the_grid_holds_every_duty(checked: Check, report: Report) -> None:
    page = report_html(report)
    cells = [names["data-d"] for tag, names in Reader(page).elements if "data-d" in names]
    duties = [one for cell in cells for one in cell.split(";") if one]
    assert len(duties) == len(checked.audit.roster.duties) == 28
    assert Counter(one.split(",")[2] for one in duties) == {"d": 27, "s": 1}
    assert [row.away for row in report.grid if row.away] == [{0: "leave <b>"}]


def test_a_holiday_is_said_in_words() -> None:
    problem = tiny_problem(["A"], 2, holidays={"2024-11-05": "Voting <day>"})
    roster = tiny_roster(problem, {"A": "D ."})
    page = report_html(build_report(problem, audit(problem, roster), names=Names(problem), origin=""))
    words = " ".join(Reader(page).texts)
    assert "5* Nov" in words and "Tue 5 Nov: Voting <day> (public holiday)" in words


def test_every_word_of_the_page_is_used(report: Report) -> None:
    page = (TEMPLATES / "report.html").read_text(encoding="utf-8") + (TEMPLATES / "report.js").read_text(
        encoding="utf-8"
    )
    assert [name for name in report.words if f"words.{name}" not in page] == []


def test_tables_have_captions_and_headings_with_a_scope(checked: Check, report: Report) -> None:
    read = Reader(report_html(report))
    tags = Counter(tag for tag, _ in read.elements)
    assert tags["caption"] == tags["table"] > 5
    assert all("scope" in names for tag, names in read.elements if tag == "th")
    regions = [names for tag, names in read.elements if names.get("role") == "region"]
    assert regions and all(one["tabindex"] == "0" and {"aria-label", "aria-labelledby"} & set(one) for one in regions)
    ids = [names["id"] for _, names in read.elements if "id" in names]
    assert len(ids) == len(set(ids))
    pointing = [names[name] for _, names in read.elements for name in ("for", "aria-labelledby") if name in names]
    assert set(" ".join(pointing).split()) <= set(ids)
    assert {"header", "nav", "main", "footer"} <= set(tags)


_PAIRS = [
    ("ink", "paper"),
    ("ink", "ground"),
    ("quiet", "paper"),
    ("quiet", "ground"),
    ("accent", "paper"),
    ("bad", "paper"),
    ("bad", "ground"),
    ("bad", "bad-back"),
    ("ink", "bad-back"),
    ("quiet", "bad-back"),
    ("good", "paper"),
    ("good", "good-back"),
    ("warn", "paper"),
    ("warn", "warn-back"),
    ("paper", "bad"),
    *((f"{tone}-ink", tone) for tone in ("d0", "d1", "d2", "n0", "n1", "n2", "h1", "h2", "h3")),
]


def _luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark", "dark by the device", "print"])
def test_contrast_of_text_is_at_least_4_5(scheme: str) -> None:
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root[^{]*\{([^}]*)\}", style)
    assert len(blocks) == 4
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", one)) for one in blocks]
    found = {
        "light": colours[0],
        "dark": colours[1],
        "dark by the device": colours[2],
        "print": colours[0] | colours[3],
    }[scheme]
    for front, back in _PAIRS:
        low, high = sorted((_luminance(found[front]), _luminance(found[back])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (front, back)


def test_a_report_without_people_needs_or_shifts() -> None:
    problem = tiny_problem([], 1)
    roster = tiny_roster(problem, {})
    page = report_html(build_report(problem, audit(problem, roster), names=Names(problem), origin=""))
    assert FORMULA not in page and SCRIPT not in page and CLOSING not in page
    assert "No gaps" in page
