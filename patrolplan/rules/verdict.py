"""What the checks of all rules have in common: how a violation becomes a finding, and which posts a name means."""

from __future__ import annotations

from collections.abc import Iterable

from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.language import plural_form
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty
from patrolplan.units import Span


def violation(
    problem: Problem,
    rule: Rule,
    code: str,
    message: str,
    *,
    amount: int,
    person: int | None = None,
    duty: Duty | None = None,
    span: Span | None = None,
    actual: float | None = None,
    required: float | None = None,
    unit: str = "",
    place: Place | None = None,
) -> Finding:
    """The finding of a violated rule: hard without a weight, else at its price.

    Parameters
    ----------
    amount
        How far the rule is missed, in sixtieths of the unit that its weight prices.
    duty
        The duty to blame: gives post, row, and, unless `span` is given, start and end.
    place
        Where the reason stands, if not with the rule.
    """
    start, end = span or ((duty.start, duty.end) if duty else (None, None))
    where = problem.posts[duty.post] if duty and duty.post is not None else None
    return Finding(
        code,
        Severity.HARD if rule.weight is None else Severity.SOFT,
        message,
        rule=rule.id,
        person="" if person is None else problem.people[person].id,
        site=problem.sites[where.site].name if where else "",
        post=where.key if where else "",
        start=start,
        end=end,
        actual=actual,
        required=required,
        unit=unit,
        cost=(rule.weight or 0) * amount,
        level=rule.level,
        place=place if place is not None and place.file else rule.place,
        row=duty.row if duty else 0,
    )


def is_past(problem: Problem, duty: Duty) -> bool:
    """Whether a duty belongs to the history: given, and no longer to be judged by itself."""
    return duty.start < problem.start


def posts_named(problem: Problem, names: Iterable[str]) -> frozenset[int]:
    """Posts meant by names: a key ``site/post``, a post's own name, a site or a group of sites."""
    wanted = set(names)
    sites = {site for name in wanted for site in problem.groups.get(name, ())}
    sites |= {index for index, site in enumerate(problem.sites) if site.name in wanted}
    return frozenset(
        index
        for index, post in enumerate(problem.posts)
        if post.site in sites or post.key in wanted or post.name in wanted
    )


def shift_name(problem: Problem, shift: int | None) -> str:
    """Name of a shift, empty for none."""
    return "" if shift is None else problem.shifts[shift].name


def date_span(problem: Problem, first: int, last: int) -> Span:
    """From midnight of the first date to midnight after the last."""
    return problem.zone.instant(first, 0), problem.zone.instant(last + 1, 0)


def dates_text(problem: Problem, first: int, last: int) -> str:
    """Dates as planners write them: ``Mon 4 Nov`` or ``Mon 4 Nov - Sun 10 Nov``."""
    text = problem.zone.day_text(first)
    return text if first == last else f"{text} - {problem.zone.day_text(last)}"


def count_text(count: int, one: str, many: str = "") -> str:
    """A number with its noun in the language spoken: ``1 day``, ``3 days``."""
    return f"{count} {plural_form(one, many or one + 's', count)}"
