"""What clients get, and what the roster costs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patrolplan.analysis.clients import deliveries
from patrolplan.analysis.earnings import budgets, incomes, pay_at_sites, total
from patrolplan.analysis.heatmap import heat_maps
from patrolplan.audit import audit
from patrolplan.problem import Problem
from tests.terminal.guardhouse import guarded, guardhouse
from tests.tiny import tiny_problem, tiny_roster


def two_clients() -> Problem:
    problem = tiny_problem(
        {"A": {"pay": 20}, "B": None, "C": None},
        2,
        posts=["s/p", "s/q", "t/r"],
        needs=[{"staff": 1}, {"staff": 2, "at": "s"}, {"staff": 1, "at": "t/r", "between": "07:00-19:00"}],
        rules=[{"cost": {"pay": 10, "night": "50%", "overtime": [{"above": "12h per week", "premium": "100%"}]}}],
    )
    sites = tuple(replace(site, client=client) for site, client in zip(problem.sites, ("Bank", "Port"), strict=True))
    return replace(problem, sites=sites)


def test_hours_of_every_site() -> None:
    problem = two_clients()
    roster = tiny_roster(problem, {"A": "D D", "B": "D@t/r N@s/q", "C": "N@t/r ."})
    bank, port = deliveries(problem, roster)
    assert (bank.client, port.client) == ("Bank", "Port")
    assert (bank.contracted, bank.delivered, bank.open, bank.beyond) == (96 * 60, 36 * 60, 60 * 60, 0)
    assert (port.contracted, port.delivered, port.open, port.beyond) == (24 * 60, 12 * 60, 12 * 60, 12 * 60)
    judged = audit(problem, roster)
    assert bank.contracted + port.contracted == judged.needed_minutes
    assert bank.open + port.open == judged.gap_minutes


def test_hours_of_some_dates() -> None:
    problem = two_clients()
    roster = tiny_roster(problem, {"A": "D D"})
    bank, port = deliveries(problem, roster, [problem.first_day])
    assert (bank.contracted, bank.delivered, port.contracted) == (48 * 60, 12 * 60, 12 * 60)


def test_needs_of_several_sites_stand_apart() -> None:
    problem = tiny_problem(["A"], 1, posts=["s/p", "t/q"], groups={"g": ["s", "t"]}, needs=[{"staff": 1, "at": "g"}])
    found = deliveries(problem, tiny_roster(problem, {"A": "D"}))
    assert [(one.site, one.contracted, one.open) for one in found] == [
        (0, 0, 0),
        (1, 0, 0),
        (None, 24 * 60, 12 * 60),
    ]


def test_pay_of_sites_and_people() -> None:
    problem = two_clients()
    roster = tiny_roster(problem, {"A": "D D", "B": "D@t/r N@s/q", "C": ". ."})
    bank, port = deliveries(problem, roster)
    assert bank.pay == 2 * 12 * 20 + 12 * 15, "two days of A and a night of B"
    assert port.pay == 12 * 10
    found = incomes(problem, roster)
    assert [one.earned.total for one in found] == [480 + 12 * 20, 120 + 180 + 12 * 10, 0]
    sums = total(found)
    assert (sums.basic, sums.premiums, sums.overtime) == (480 + 240, 60, 240 + 120)
    paid = pay_at_sites(problem, roster)
    assert paid is not None and sum(paid.values()) == sums.total - sums.overtime


def test_pay_of_some_dates_is_without_overtime() -> None:
    problem = two_clients()
    roster = tiny_roster(problem, {"A": "D D", "B": "D@t/r N@s/q", "C": ". ."})
    found = incomes(problem, roster, [problem.last_day])
    assert [(one.minutes, one.earned.total) for one in found] == [(720, 240), (720, 180), (0, 0)]


def test_pay_of_people_without_a_rule() -> None:
    problem = tiny_problem({"A": {"pay": 20}, "B": None}, 1)
    (one,) = incomes(problem, tiny_roster(problem, {"A": "D", "B": "N"}))
    assert (one.person, one.earned.total) == (0, 240)


def test_without_any_pay_nothing_is_claimed() -> None:
    problem = tiny_problem(["A"], 1)
    roster = tiny_roster(problem, {"A": "D"})
    assert incomes(problem, roster) == []
    assert pay_at_sites(problem, roster) is None
    assert deliveries(problem, roster)[0].pay is None


def test_budgets() -> None:
    problem = tiny_problem(["A"], 1, rules=[{"cost": {"pay": 10, "budget": 100}}])
    assert budgets(problem) == [100]
    assert total(incomes(problem, tiny_roster(problem, {"A": "D"}))).total == 120


def test_the_heat_map_shows_the_worst_minute_of_every_hour() -> None:
    problem = tiny_problem(
        {"A": {"qualifications": ["armed"]}, "B": None},
        2,
        posts=["s/p", "t/q"],
        needs=[{"staff": 2}, {"qualified": {"armed": 1}}, {"staff": 1, "at": "t/q", "between": "09:30-11:00"}],
    )
    whole, s, t = heat_maps(problem, tiny_roster(problem, {"A": "D .", "B": "D N"}))
    assert s.missing[0][7:] == (0,) * 12 + (2,) * 5
    assert s.missing[1][:7] == (2,) * 7 and s.missing[1][19:] == (1,) * 5, "one of two, and nobody armed"
    assert t.missing[0][7:13] == (0, 0, 1, 1, 0, 0)
    assert whole.missing[0][9] == 1
    assert s.present[0][:9] == (None,) * 7 + (2, 2)
    assert whole.missing[2][7:] == (None,) * 17, "after the end"


@pytest.mark.parametrize(("first", "hour", "value"), [("2025-03-30", 2, None), ("2024-10-27", 2, 0)])
def test_the_heat_map_where_the_clock_changes(first: str, hour: int, value: int | None) -> None:
    problem = tiny_problem(
        ["A"], 1, first=first, zone="Europe/Berlin", shifts={"D": "00:00-23:00"}, needs=[{"staff": 1}]
    )
    whole = heat_maps(problem, tiny_roster(problem, {"A": "D"}))[0]
    assert whole.missing[0][hour] == value
    assert whole.missing[0][23] == 1


def test_every_gap_of_the_audit_is_on_the_heat_map() -> None:
    problem = guardhouse()
    roster = guarded(problem)
    whole = heat_maps(problem, roster)[0]
    for finding in audit(problem, roster).findings:
        if finding.code in ("PP101", "PP102") and finding.start is not None:
            day, clock = problem.zone.local(finding.start)
            count = whole.missing[whole.days.index(day)][clock // 60]
            assert count is not None and count >= (finding.required or 0) - (finding.actual or 0)
