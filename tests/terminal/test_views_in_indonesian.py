"""The views in Indonesian, as golden files: words, dates, weekdays and numbers of that language in every width."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from rich.console import Console

from patrolplan.audit import Audit, audit
from patrolplan.language import speaking
from patrolplan.proof import LevelProof, Progress, Proof, Status
from patrolplan.terminal import coverview, days, fairview, findings, people, sites, summary
from patrolplan.terminal.progress import plain_line, progress_lines
from tests.terminal.conftest import Printing, printed
from tests.terminal.guardhouse import guarded, guardhouse


@pytest.fixture(autouse=True)
def _indonesian() -> Iterator[None]:
    with speaking("id"):
        yield


def judged() -> Audit:
    return audit(guardhouse(), guarded(guardhouse()))


def show_summary(console: Console) -> None:
    cost = judged().costs[1]
    levels = (LevelProof(1, cost, cost, True), LevelProof(3, 6000, 5800, False))
    proof = Proof(Status.FEASIBLE, levels, 23.0, 412, 1.0, 19.0)
    summary.view(console, guardhouse(), guarded(guardhouse()), judged(), proof, written="guard.csv")


VIEWS: dict[str, Printing] = {
    "summary": show_summary,
    "findings": lambda console: findings.view(console, guardhouse(), judged(), file="guard.csv", explained=2),
    "people": lambda console: people.view(console, guardhouse(), guarded(guardhouse())),
    "sites": lambda console: sites.view(console, guardhouse(), guarded(guardhouse())),
    "day": lambda console: days.view(console, guardhouse(), guarded(guardhouse()), [guardhouse().first_day + 8]),
    "cover": lambda console: coverview.view(console, guardhouse(), guarded(guardhouse())),
    "fairness": lambda console: fairview.view(console, guardhouse(), guarded(guardhouse())),
}

ENGLISH_WORDS = re.compile(
    r"\b(roster|people|persons?|open|needed?|rest|gaps?|findings?|absent|nights?|weekends?|team|hours|and|the|of|with"
    r"|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Oct|Dec|Mo|Tu|We|Th|Fr|Sa|Su|window|written)\b"
)
NAMES = re.compile(
    r"\b(day|night|gate|danru|armed|sick|rest|team|hours|weekends)(?=[ :,·)]|$)|rest-5|[a-z-]+\.(yaml|csv)\S*|--by"
)


@pytest.mark.parametrize("width", [80, 160])
@pytest.mark.parametrize("name", VIEWS)
def test_view_prints_what_the_golden_file_holds(
    name: str, width: int, golden: Callable[[str, Printing, int], None]
) -> None:
    golden(f"id-{name}", VIEWS[name], width)


@pytest.mark.parametrize("name", VIEWS)
def test_lines_fit_the_terminal(name: str) -> None:
    for width in (60, 80, 96, 120, 160):
        assert max(map(len, printed(VIEWS[name], width).splitlines())) <= width


@pytest.mark.parametrize("name", VIEWS)
def test_no_english_is_left(name: str) -> None:
    left = [ENGLISH_WORDS.findall(NAMES.sub("", line)) for line in printed(VIEWS[name], 160).splitlines()]
    assert [words for words in left if words] == []


def test_the_weekdays_of_a_calendar_can_be_told_apart() -> None:
    text = printed(VIEWS["people"], 160)
    assert "Sn" in text and "Sl" in text and "Km" in text and " Se" not in text


def test_the_search_is_told_in_indonesian() -> None:
    state = Progress(23.4, 60.0, "improving", 3, ((1, 60), (3, 19080)), ((1, 60), (3, 18660)), 90, 412, 19.0)
    assert plain_line(state) == (
        "0:00:23  perbaikan  keterisian 1 (terbukti)  pemerataan 318 (batas 311)  1,5 orang-jam kurang"
    )

    def show(console: Console) -> None:
        for line in progress_lines(console, state, 23.4, {3: [20000, 19080]}):
            console.print(line)

    text = printed(show, 120)
    assert "Level 3 pemerataan" in text and "selisih 2,2 %" in text
    assert (
        "0:00:23 dari 0:01:00 · 412 lingkungan dicari · terbaik pada 0:00:19 · Ctrl-C menyimpan jadwal terbaik" in text
    )
