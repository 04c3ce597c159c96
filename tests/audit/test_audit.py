"""The audit as a whole: order, figures, acceptances, thresholds, and duties that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from patrolplan.audit import Audit, audit, complete
from patrolplan.findings import Severity
from patrolplan.units import parse_date
from tests.rules.cases import line
from tests.tiny import tiny_problem, tiny_roster


def judge(lines: dict[str, str], since: str = "", stretches: tuple[dict[str, Any], ...] = (), **facts: Any) -> Audit:
    """The audit of a roster of strings, by default with the rules that always hold and 11 h of rest."""
    problem = tiny_problem(**{"always": True, "rules": [{"rest": "11h"}], **facts})
    instant = problem.zone.instant(parse_date(since), problem.day_starts) if since else None
    return audit(problem, tiny_roster(problem, lines, stretches), since=instant)


def codes(result: Audit) -> list[str]:
    """Codes of the findings in their order."""
    return [finding.code for finding in result.findings]


def test_a_good_roster_has_no_findings() -> None:
    result = judge({"A": "D.", "B": "N.", "C": ".D", "D": ".N"}, people="ABCD", days=2, needs=[{"staff": 1}])
    assert result.findings == ()
    assert not result.has_hard and not result.has_gap
    assert not any(result.fails(threshold) for threshold in ("hard", "gap", "any"))
    assert (result.needed_minutes, result.gap_minutes) == (2 * 1440, 0)
    assert (result.needed_shifts, result.open_shifts) == (4, 0)
    assert result.costs.get(1, 0) == 0


def test_findings_come_worst_first() -> None:
    result = judge(
        {"A": "ND", "B": "D."},
        people="AB",
        days=2,
        needs=[{"staff": 1}, {"ideal": 2, "shift": "D"}, {"at_most": 0, "shift": "D", "cost": 1}],
    )
    severities = [finding.severity for finding in result.findings]
    assert severities == sorted(severities, key=list(Severity).index)
    assert codes(result) == ["PP204", "PP101", "PP104", "PP104", "PP106", "PP106"]
    gap = result.findings[1]
    assert (gap.cost, gap.level) == (100 * 60 * 12, 1)
    assert result.costs == {1: 100 * 720 + 2 * 720, 2: 0, 3: 2 * 720}
    assert sum(result.by_rule.values()) == sum(result.costs.values())


@pytest.mark.parametrize(
    ("lines", "failing"),
    [
        ({"A": "ND"}, {"hard", "gap", "any"}),
        ({"A": "D."}, {"gap", "any"}),
        ({"A": "DD", "B": "DD"}, {"any"}),
        ({"A": "DD"}, set()),
    ],
)
def test_thresholds_are_cumulative(lines: dict[str, str], failing: set[str]) -> None:
    needs = [{"staff": 1, "shift": "D"}, {"at_most": 1}, {"ideal": 3, "shift": "D"}]
    result = judge(lines, people="AB", days=2, needs=needs)
    assert {threshold for threshold in ("hard", "gap", "any") if result.fails(threshold)} == failing


def test_figures_of_a_partly_open_shift() -> None:
    part = {"person": "A", "shift": "D", "start": "2024-11-04 13:00", "end": "2024-11-04 19:00"}
    result = judge({"B": "D"}, stretches=(part,), people="AB", days=1, needs=[{"staff": 3}])
    assert result.needed_minutes == 3 * 1440
    assert result.gap_minutes == 2 * 360 + 360 + 3 * 720
    assert (result.needed_shifts, result.open_shifts) == (6, 2 + 3)


def test_nested_needs_count_once() -> None:
    needs = [
        {"staff": 1, "at": "s/p", "shift": "D"},
        {"staff": 2, "at": "s/p", "between": "07:00-13:00"},
        {"staff": 1, "at": "s/q", "between": "07:00-19:00"},
        {"staff": 5, "at": "s", "between": "07:00-19:00"},
        {"staff": 5, "at": "all", "between": "07:00-19:00"},
    ]
    groups = {"all": ["s", "t"]}
    result = judge({"A": "D"}, people="A", days=1, posts=["s/p", "s/q", "t/r"], groups=groups, needs=needs)
    assert result.needed_minutes == 5 * 720
    assert result.gap_minutes == 4 * 720


def test_needs_of_a_shift_lie_inside_those_of_the_site() -> None:
    needs = [
        {"staff": 2, "at": "s/p", "shift": "D"},
        {"staff": 1, "at": "s/p", "shift": "N"},
        {"staff": 3, "at": "s"},
        {"staff": 4, "at": "s", "shift": "N"},
    ]
    result = judge({"A": "N"}, people="A", days=1, posts=["s/p", "s/q"], needs=needs)
    assert result.needed_minutes == (3 + 4) * 720
    assert result.gap_minutes == (3 + 3) * 720
    assert (result.needed_shifts, result.open_shifts) == (7, 6)


def test_a_person_shift_counts_the_largest_number_inside() -> None:
    needs = [{"staff": 2}, {"staff": 3, "between": "09:00-12:00"}]
    result = judge({}, people="A", days=1, needs=needs)
    assert (result.needed_shifts, result.open_shifts) == (3 + 2, 3 + 2)
    assert result.needed_minutes == 2 * 1440 + 180


def test_overlapping_shifts_share_no_minute() -> None:
    shifts = {"D": "07:00-15:00", "M": "09:00-17:00", "L": "15:00-23:00"}
    result = judge({}, people="A", days=1, shifts=shifts, needs=[{"staff": 2, "between": "07:00-23:00"}])
    assert (result.needed_shifts, result.open_shifts) == (6, 6)
    assert result.gap_minutes == 2 * 16 * 60


def test_a_shift_inside_a_longer_one_serves_nothing_of_its_own() -> None:
    shifts = {"D": "07:00-19:00", "M": "09:00-12:00", "N": "19:00-07:00"}
    result = judge({}, people="A", days=1, shifts=shifts, needs=[{"staff": 1}, {"staff": 2, "between": "19:00-07:00"}])
    assert (result.needed_shifts, result.open_shifts) == (3, 3)


def test_a_stretch_unlike_its_shift_is_a_finding_with_its_row() -> None:
    late = {"person": "A", "shift": "N", "start": "2024-11-05 00:30", "end": "2024-11-05 07:00", "row": 17}
    result = judge({}, stretches=(late,), days=2)
    (finding,) = result.findings
    assert (finding.code, finding.severity, finding.row, finding.person) == ("PP902", Severity.SOFT, 17, "A")
    assert finding.message == ("Tue 5 Nov 00:30-07:00 is not the shift N, which runs Mon 4 Nov 19:00-07:00")


def test_a_duty_that_starts_before_its_date_is_compared_with_the_next() -> None:
    early = {"person": "A", "shift": "E", "start": "2024-11-04 23:30", "end": "2024-11-05 08:00"}
    result = judge({}, stretches=(early,), days=2, shifts={"E": "00:00-08:00"})
    assert "the shift E, which runs Tue 5 Nov 00:00-08:00" in result.findings[0].message


def test_a_row_without_post_and_shift_is_judged_by_the_clock() -> None:
    row = {"person": "A", "post": None, "start": "2024-11-05 10:00", "end": "2024-11-05 18:00"}
    result = judge({"A": "N."}, stretches=(row,), days=2, needs=[{"staff": 1, "between": "10:00-18:00"}])
    assert codes(result) == ["PP204", "PP101", "PP101"]


def test_relief_inside_a_shift_is_no_finding() -> None:
    half = {"person": "A", "shift": "D", "duty": "one"}
    parts = (
        {**half, "start": "2024-11-04 07:00", "end": "2024-11-04 13:00"},
        {**half, "start": "2024-11-04 13:00", "end": "2024-11-04 19:00", "post": "s/q"},
    )
    assert judge({}, stretches=parts, posts=["s/p", "s/q"]).findings == ()


def test_duties_outside_the_operation_count_for_nothing() -> None:
    turns = [("2024-11-03 19:00", "2024-11-04 07:00", "N"), ("2024-11-06 07:00", "2024-11-06 19:00", "D")]
    outside = tuple({"person": "A", "shift": name, "start": start, "end": end} for start, end, name in turns)
    result = judge({"A": "DD"}, stretches=outside, days=2)
    assert codes(result) == ["PP904", "PP904"]
    assert "before the operation and is not in its history" in result.findings[0].message
    assert "after the operation" in result.findings[1].message
    assert len(result.roster.duties) == 2


def test_history_is_joined_once_and_named_by_rest() -> None:
    problem = tiny_problem(days=2, history={"A": "N"}, always=True, rules=[{"rest": "11h"}])
    past = {"person": "A", "shift": "N", "start": "2024-11-03 19:00", "end": "2024-11-04 07:00"}
    for stretches in ((), (past,)):
        result = audit(problem, tiny_roster(problem, {"A": "D."}, stretches))
        assert [line(problem, finding) for finding in result.findings] == ["PP204 A 4 07:00..4 19:00 hard"]
        assert len(result.roster.duties) == 2


def test_held_duties_cover_and_the_roster_may_repeat_them() -> None:
    problem = tiny_problem(
        "AB", days=2, held={"A": "D."}, window="2024-11-05", always=True, needs=[{"staff": 1, "shift": "D"}]
    )
    for lines in ({"B": ".D"}, {"A": "D.", "B": ".D"}):
        roster = tiny_roster(problem, lines)
        assert audit(problem, roster).findings == ()
        assert [duty.day - problem.first_day for duty in complete(problem, roster).duties] == [0, 1]


def test_touching_given_duties_stay_two() -> None:
    problem = tiny_problem(days=2, shifts={"F": "07:00-07:00"}, history={"A": "FF"})
    assert len(complete(problem, tiny_roster(problem, {})).duties) == 2


class TestSince:
    """Audits that ignore the past."""

    def test_drops_what_ended_and_counts_the_rest(self) -> None:
        facts: dict[str, Any] = {"days": 3, "needs": [{"staff": 1, "shift": "D"}]}
        result = judge({"A": "..."}, since="2024-11-05", **facts)
        assert [finding.start for finding in result.findings] == sorted(
            finding.start or 0 for finding in judge({"A": "..."}, **facts).findings
        )[1:]
        assert (result.needed_minutes, result.gap_minutes, result.open_shifts) == (1440, 1440, 2)
        assert result.costs[1] == 2 * 720 * 100

    def test_keeps_a_duty_that_starts_at_the_instant(self) -> None:
        assert codes(judge({"A": "ND"}, since="2024-11-05")) == ["PP204"]
        assert codes(judge({"A": "ND"}, since="2024-11-06")) == []

    def test_keeps_findings_without_times_until_the_end(self) -> None:
        facts: dict[str, Any] = {"days": 2, "people": "AB", "needs": [{"staff": 1}], "rules": [{"fairness": "hours"}]}
        lines = {"A": "DD", "B": "N."}
        assert "PP302" in codes(judge(lines, since="2024-11-05", **facts))
        assert codes(judge(lines, since="2024-11-06", **facts)) == []


class TestAcceptances:
    """Known findings become notes."""

    needs = ({"staff": 2, "shift": "D"},)

    def gap(self, **accept: Any) -> Any:
        """The finding of a shift with nobody, under an acceptance."""
        entry = {"finding": "PP101", "until": "2024-12-31", **accept}
        result = judge({}, days=1, needs=self.needs, groups={"all": ["s"]}, accept=[entry])
        (finding,) = result.findings
        return finding

    def test_the_finding_becomes_a_note_and_keeps_its_cost(self) -> None:
        finding = self.gap(at="s/p", short=2, by="AKP Contoh", reason="few people")
        assert finding.severity is Severity.NOTE
        assert finding.accepted == "accepted by AKP Contoh until 2024-12-31: few people"
        assert finding.cost == 2 * 720 * 100

    @pytest.mark.parametrize("place", ["", "s/p", "p", "s", "all"])
    def test_places(self, place: str) -> None:
        assert self.gap(at=place).severity is Severity.NOTE

    @pytest.mark.parametrize(
        "other", [{"finding": "PP102"}, {"at": "s/q"}, {"at": "t"}, {"person": "A"}, {"during": "2024-11-05"}]
    )
    def test_other_findings_stay_as_they_are(self, other: dict[str, Any]) -> None:
        finding = self.gap(**other)
        assert finding.severity is Severity.GAP
        assert finding.message == "0 people on duty at s/p; 2 needed"

    def test_a_worse_one_stays_and_says_so(self) -> None:
        finding = self.gap(short=1)
        assert finding.severity is Severity.GAP
        assert finding.message.endswith("(accepted by the chief, but only up to 1 people)")

    def test_an_expired_one_stays_and_says_so(self) -> None:
        assert self.gap(until="2024-11-04").severity is Severity.NOTE
        finding = self.gap(until="2024-11-03")
        assert finding.severity is Severity.GAP
        assert finding.message.endswith("(accepted by the chief, but only until 2024-11-03)")

    def test_a_gap_must_lie_wholly_inside_the_accepted_time(self) -> None:
        accepted = {"finding": "PP101", "until": "2024-12-31", "during": "2024-11-05"}
        result = judge({}, days=2, needs=[{"staff": 1}], accept=[accepted])
        assert [finding.severity for finding in result.findings] == [Severity.GAP]

    def test_a_personal_finding_needs_only_to_start_there(self) -> None:
        accepted = {"finding": "PP204", "person": "A", "until": "2024-12-31", "during": "2024-11-05"}
        result = judge({"A": "DDD", "B": "DD."}, people="AB", days=3, accept=[accepted], rules=[{"rest": "13h"}])
        problem = tiny_problem("AB", days=3)
        assert [line(problem, finding) for finding in result.findings] == [
            "PP204 B 5 07:00..5 19:00 hard",
            "PP204 A 6 07:00..6 19:00 hard",
            "PP204 A 5 07:00..5 19:00 note",
        ]


def test_an_acceptance_ends_with_its_last_date() -> None:
    problem = tiny_problem(
        ["A"],
        4,
        needs=[{"staff": 1}],
        accept=[{"finding": "PP101", "short": 1, "by": "Kap", "until": "2024-11-04"}],
        always=True,
    )
    assert audit(problem, tiny_roster(problem, {"A": "...."})).fails("gap")


def test_time_that_no_shift_serves_is_open() -> None:
    problem = tiny_problem(["A"], 2, shifts={"D": "07:00-19:00"}, needs=[{"staff": 1}], always=True)
    judged = audit(problem, tiny_roster(problem, {"A": "DD"}))
    assert judged.gap_minutes == judged.open_shifts * 12 * 60 > 0
