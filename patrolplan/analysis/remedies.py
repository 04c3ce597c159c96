"""What might close gaps: rules to be relaxed and people to be added or trained. Only solving tells whether it does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patrolplan.analysis.gaps import GapGroup, days_text
from patrolplan.analysis.reasons import Answer, ExplainedGap
from patrolplan.findings import Finding
from patrolplan.problem import Problem, Rule
from patrolplan.units import DAY_MINUTES, Span, date_runs, duration_text, intersect_spans, subtract_spans

NEAR, FAR = 1, 3
"""Days before and after gaps that may be planned anew: few first, since a small part is soon searched."""
APART = (2 * FAR + 1) * DAY_MINUTES
"""Gaps that lie further apart are judged by themselves."""
FEWER_IS_LAXER = ("PP204", "PP215")
"""Codes of rules whose value is a minimum; lowering it relaxes the rule."""
NUMBERED = {
    "PP204": "min",
    "PP205": "max",
    "PP206": "max",
    "PP207": "max",
    "PP208": "max",
    "PP213": "max",
    "PP215": "min",
    "PP217": "max",
}
"""Codes whose rule has a number that could be another one, and the field that holds it."""


@dataclass(frozen=True)
class Cluster:
    """Gaps that lie near one another, with the dates that they touch.

    Attributes
    ----------
    span
        From the first minute of a gap to the last.
    """

    gaps: tuple[ExplainedGap, ...]
    span: Span

    def window(self, problem: Problem, days: int = NEAR) -> Span:
        """What may be planned anew: the gaps and some days before and after them."""
        first, last = self.dates(problem)
        opens = problem.zone.instant(first - days, problem.day_starts)
        closes = problem.zone.instant(last + days + 1, problem.day_starts)
        return max(problem.start, opens), min(problem.end, closes)

    def dates(self, problem: Problem) -> tuple[int, int]:
        """First and last date of the operation that the gaps touch, as its dates begin."""
        return _date_at(problem, self.span[0]), _date_at(problem, self.span[1] - 1)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule with another number.

    Attributes
    ----------
    amount
        The new number as it stands in the file: ``12h`` or ``4``.
    before, after
        Both numbers in words.
    dates
        When it is to hold; None for as long as the rule does.
    elsewhere
        Ranges of dates in which the rule stays as it is.
    people
        How many it keeps from filling a gap now.
    """

    rule: Rule
    field: str
    amount: str
    before: str
    after: str
    dates: Span | None
    elsewhere: tuple[Span, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Whom gaps ask for.

    Attributes
    ----------
    qualifications
        What each must hold.
    rank
        Least rank, or empty.
    """

    qualifications: tuple[str, ...] = ()
    rank: str = ""

    def __or__(self, other: Kind) -> Kind:
        return Kind(
            tuple(dict.fromkeys((*self.qualifications, *other.qualifications))),
            self.rank or other.rank,
        )


def clusters(gaps: Sequence[ExplainedGap]) -> list[Cluster]:
    """Gaps by time, those near one another together; the one that lacks most comes first."""
    found: list[list[ExplainedGap]] = []
    for one in sorted(gaps, key=lambda one: one.gap.start):
        if found and one.gap.start - max(other.gap.end for other in found[-1]) <= APART:
            found[-1].append(one)
        else:
            found.append([one])
    made = [
        Cluster(tuple(near), (min(one.gap.start for one in near), max(one.gap.end for one in near))) for near in found
    ]
    return sorted(made, key=lambda one: (-sum(gap.gap.person_minutes for gap in one.gaps), one.span))


def rule_changes(problem: Problem, cluster: Cluster) -> list[RuleChange]:
    """Rules whose number keeps people from filling the gaps, each with the values that would let some of them.

    Those that keep most people away come first; of one rule the nearest value first.

    Parameters
    ----------
    problem
        The operation as it is, or with changes that leave some gaps.
    cluster
        The gaps with the reasons that hold for them there.
    """
    people: Counter[str] = Counter()
    samples: dict[str, dict[float, Finding]] = defaultdict(dict)
    for explained in cluster.gaps:
        for reason in explained.reasons:
            sample = reason.sample
            if reason.answer is Answer.CANNOT and reason.rule and sample is not None and _is_numbered(sample):
                people[reason.rule] += len(reason.people)
                samples[reason.rule].setdefault(sample.actual or 0.0, sample)
    found = []
    for name, count in people.most_common():
        rules = [rule for rule in problem.rules if rule.id == name]
        nearest_first = sorted(samples[name].values(), key=lambda one: abs((one.actual or 0) - (one.required or 0)))
        found += [_change(problem, rules, sample, cluster, count) for sample in nearest_first]
    return found


def _is_numbered(finding: Finding) -> bool:
    if finding.code not in NUMBERED or finding.actual is None or finding.required is None:
        return False
    less = finding.actual < finding.required
    return less == (finding.code in FEWER_IS_LAXER)


def _change(problem: Problem, rules: Sequence[Rule], sample: Finding, cluster: Cluster, people: int) -> RuleChange:
    new, old = sample.actual or 0.0, sample.required or 0.0
    hours = sample.unit == "h"
    dates, elsewhere = _limited(problem, rules, cluster, 1 if sample.code == "PP204" else 0)
    return RuleChange(
        rules[0],
        NUMBERED[sample.code],
        _hours_amount(new) if hours else f"{new:g}",
        duration_text(round(old * 60)) if hours else f"{old:g} {sample.unit}".strip(),
        duration_text(round(new * 60)) if hours else f"{new:g} {sample.unit}".strip(),
        dates,
        elsewhere,
        people,
    )


def _hours_amount(hours: float) -> str:
    whole, minutes = divmod(round(hours * 60), 60)
    return f"{whole}h" + (f"{minutes}m" if minutes else "")


def _limited(
    problem: Problem, rules: Sequence[Rule], cluster: Cluster, more: int
) -> tuple[Span | None, tuple[Span, ...]]:
    """The phase, else the dates, to which a change can be limited, and the dates on which the rule stays as it is.

    Parameters
    ----------
    more
        Days before and after to which the change must reach: a rest is bound by the duties on both sides of it.
    """
    inside = cluster.span
    phase = next((one for one in problem.phases if one.start <= inside[0] and inside[1] <= one.end), None)
    first, last = (
        cluster.dates(problem) if phase is None else (_date_at(problem, phase.start), _date_at(problem, phase.end - 1))
    )
    first, last = max(problem.first_day, first - more), min(problem.last_day, last + more)
    opens, closes = problem.zone.instant(first, problem.day_starts), problem.zone.instant(last + 1, problem.day_starts)
    spans = [span for rule in rules for span in (rule.during or ((problem.start, problem.end),))]
    rest = subtract_spans(intersect_spans(spans, [(problem.start, problem.end)]), [(opens, closes)])
    days = [day for start, end in rest for day in range(_date_at(problem, start), _date_at(problem, end - 1) + 1)]
    if not days:
        return None, ()
    return (first, last), tuple(date_runs(days))


def _date_at(problem: Problem, instant: int) -> int:
    """The date to which an instant belongs, as dates begin in the operation."""
    day, clock = problem.zone.local(instant)
    return day if clock >= problem.day_starts else day - 1


def kinds_wanted(problem: Problem, cluster: Cluster) -> list[Kind]:
    """Whom the gaps ask for: anyone first if some gap takes anyone, then each kind, then all in one."""
    found = list(dict.fromkeys(_kind(problem, explained) for explained in cluster.gaps))
    everything = Kind()
    for one in found:
        everything = everything | one
    ordered = sorted(found, key=lambda one: (len(one.qualifications) + bool(one.rank), one.qualifications, one.rank))
    return list(dict.fromkeys([*ordered, everything]))


def _kind(problem: Problem, explained: ExplainedGap) -> Kind:
    gap = explained.gap
    requires = problem.posts[problem.post_index[gap.post]].requires if gap.post in problem.post_index else ()
    asked = [explained.asked.qualification] if explained.asked.qualification else []
    return Kind(tuple(dict.fromkeys((*requires, *asked))), explained.asked.rank)


def most_short(gaps: Iterable[GapGroup]) -> int:
    """The most people who are missing at any one minute, different needs added up."""
    changes: Counter[int] = Counter()
    for gap in gaps:
        for finding in gap.findings:
            changes[finding.start or 0] += gap.short
            changes[finding.end or 0] -= gap.short
    most = running = 0
    for instant in sorted(changes):
        running += changes[instant]
        most = max(most, running)
    return most


def when_text(problem: Problem, dates: Span | None) -> str:
    """Dates in words: the name of the phase if they are one, else the dates."""
    if dates is None:
        return ""
    for phase in problem.phases:
        if (_date_at(problem, phase.start), _date_at(problem, phase.end - 1)) == dates:
            return phase.name
    return days_text(problem, *dates)
