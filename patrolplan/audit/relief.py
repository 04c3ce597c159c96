"""Whether people are relieved in time inside a duty, have their breaks, and change posts one after another.

What a post, a site or the operation asks for under ``relief`` and ``breaks`` binds the stretches of a duty, and rosters
are made of whole duties. So these findings cost nothing on any level; as long as nobody has settled the postings of a
shift, they are said once for each post, and fail nothing but ``any``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from patrolplan.errors import Place
from patrolplan.findings import Finding, Severity
from patrolplan.language import _, plural
from patrolplan.problem import Break, Problem
from patrolplan.roster import Duty, Roster, Stretch
from patrolplan.units import Span, duration_text, merge_spans, overlap

OVERDUE, NO_BREAK, BACK_AGAIN, ALL_AT_ONCE = "PP108", "PP109", "PP110", "PP111"
RELIEF_CODES = (OVERDUE, NO_BREAK, BACK_AGAIN, ALL_AT_ONCE)
"""Codes of findings about the stretches inside a duty."""

Turn = tuple[int, int | None, int]
"""Site, shift, and date on which the duties start."""


def relief_findings(problem: Problem, roster: Roster) -> Iterator[Finding]:
    """Posts held for too long (PP108), breaks not taken (PP109), and changes that are not as they should be.

    Who comes back to the very post that was left although there is another one (PP110), and posts at which everybody
    leaves at one moment with nobody free to take over first (PP111), are told where relief is asked for.
    """
    if not problem.breaks and not any(post.relief for post in problem.posts):
        return
    turns = turns_of(problem, roster)
    unposted: dict[tuple[str, str, Place], list[Finding]] = defaultdict(list)
    for (site, _shift, _day), duties in turns.items():
        found = [*_overdue(problem, duties), *_without_break(problem, duties)]
        if is_posted(duties):
            yield from found
            if any(problem.posts[post].relief for post in problem.sites[site].posts):
                yield from _back_again(problem, duties)
                yield from _at_once(problem, site, duties)
            continue
        for finding in found:
            where = finding.post if finding.code == OVERDUE else finding.site
            unposted[finding.code, where, finding.place].append(finding)
    for findings in unposted.values():
        yield _not_yet_posted(problem, findings)


def turns_of(problem: Problem, roster: Roster) -> dict[Turn, list[Duty]]:
    """Duties of the operation by the site at which they begin, shift and date; without standby and training."""
    turns: dict[Turn, list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        if duty.kind == "duty" and duty.post is not None and problem.start <= duty.start < problem.end:
            turns[problem.posts[duty.post].site, duty.shift, duty.day].append(duty)
    return turns


def is_posted(duties: Iterable[Duty]) -> bool:
    """Whether somebody has settled who relieves whom: any duty has more than one stretch."""
    return any(len(stays(duty)) > 1 for duty in duties)


def stays(duty: Duty) -> list[Stretch]:
    """The stretches of a duty in order of time, those that touch at one post joined."""
    found: list[Stretch] = []
    for one in sorted(duty.stretches, key=lambda stretch: (stretch.start, stretch.end)):
        last = found[-1] if found else None
        if last is not None and last.post == one.post and last.end >= one.start:
            end = max(last.end, one.end)
            found[-1] = Stretch(last.person, last.post, last.shift, last.start, end, last.duty, last.kind, last.row)
        else:
            found.append(one)
    return found


def _overdue(problem: Problem, duties: Iterable[Duty]) -> Iterator[Finding]:
    for duty in duties:
        for stay in stays(duty):
            relief = problem.posts[stay.post].relief if stay.post is not None else None
            if relief is not None and stay.end - stay.start > relief.most:
                long, most = duration_text(stay.end - stay.start), duration_text(relief.most)
                yield _finding(
                    problem,
                    OVERDUE,
                    Severity.GAP,
                    _("at the post for {long} at a stretch; at most {most}").format(long=long, most=most),
                    duty,
                    stay,
                    place=relief.place,
                    measured=(stay.end - stay.start, relief.most),
                )


def _without_break(problem: Problem, duties: Iterable[Duty]) -> Iterator[Finding]:
    for duty in duties:
        holes = _holes(duty)
        for one, window in breaks_due(problem, duty):
            taken = next((hole for hole in holes if _fits(hole, window, one.minutes)), None)
            if taken is not None:
                start = max(taken[0], window[0])
                rest = [(taken[0], start), (start + one.minutes, taken[1])]
                holes = sorted([hole for hole in holes if hole != taken] + [hole for hole in rest if hole[0] < hole[1]])
                continue
            longest = max((overlap(hole, window) for hole in holes), default=0)
            yield _finding(
                problem,
                NO_BREAK,
                Severity.GAP,
                _("no {name} of {time} within {window}").format(
                    name=one.name, time=duration_text(one.minutes), window=problem.zone.span_text(*window)
                ),
                duty,
                duty.stretches[0],
                span=window,
                place=one.place,
                measured=(longest, one.minutes),
            )


def breaks_due(problem: Problem, duty: Duty) -> list[tuple[Break, Span]]:
    """Breaks that somebody is to have in a duty, each with its window, those first whose window ends first."""
    found = [
        (one, window)
        for one in problem.breaks
        if duty.post in one.posts
        for window in one.windows
        if duty.start <= window[0] and window[1] <= duty.end
    ]
    return sorted(found, key=lambda pair: (pair[1][1], pair[1][0], pair[0].name))


def _holes(duty: Duty) -> list[Span]:
    """When somebody on duty is at no post."""
    present = merge_spans((stretch.start, stretch.end) for stretch in duty.stretches)
    return [(earlier[1], later[0]) for earlier, later in pairwise(present)]


def _fits(hole: Span, window: Span, minutes: int) -> bool:
    return min(hole[1], window[1]) - max(hole[0], window[0]) >= minutes


def _back_again(problem: Problem, duties: Iterable[Duty]) -> Iterator[Finding]:
    for duty in duties:
        for earlier, later in pairwise(stays(duty)):
            if later.post is None or earlier.post != later.post or problem.posts[later.post].relief is None:
                continue
            others = [post for post in problem.sites[problem.posts[later.post].site].posts if post != later.post]
            if any(problem.may_stand(duty.person, post, duty.day, duty.end) for post in others):
                relief = problem.posts[later.post].relief
                yield _finding(
                    problem,
                    BACK_AGAIN,
                    Severity.SOFT,
                    _("back at the post that was left {time} before").format(
                        time=duration_text(later.start - earlier.end)
                    ),
                    duty,
                    later,
                    place=relief.place if relief is not None else Place(),
                )


def _at_once(problem: Problem, site: int, duties: Sequence[Duty]) -> Iterator[Finding]:
    """Moments at which a static post is left by more than one, or changes hands in a ring with nobody spare."""
    moments = sorted({stay.start for duty in duties for stay in stays(duty)[1:]})
    for moment in moments:
        moves = [(before, after) for duty in duties for before, after in [_around(duty, moment)] if before != after]
        for post in _unsafe(problem, site, duties, moves, moment):
            where = problem.posts[post]
            yield Finding(
                ALL_AT_ONCE,
                Severity.SOFT,
                _("{post} changes hands {moment} with nobody there to hand over: relieve one at a time").format(
                    post=where.key, moment=problem.zone.moment_text(moment)
                ),
                site=problem.sites[site].name,
                post=where.key,
                start=moment,
                end=moment + 1,
                place=where.relief.place if where.relief is not None else Place(),
            )


def _around(duty: Duty, moment: int) -> tuple[int | None, int | None]:
    """Where somebody is just before and just after a moment inside the duty."""
    before = next((one.post for one in duty.stretches if one.start < moment <= one.end), None)
    after = next((one.post for one in duty.stretches if one.start <= moment < one.end), None)
    inside = duty.start < moment < duty.end
    return (before, after) if inside else (None, None)


def _unsafe(
    problem: Problem,
    site: int,
    duties: Sequence[Duty],
    moves: Sequence[tuple[int | None, int | None]],
    moment: int,
) -> list[int]:
    """Posts that cannot be handed over one person after another: nobody stays, and all who come must be relieved first.

    A post is safe if somebody stays, or if somebody comes who leaves no post, or a safe one.
    """
    watched = {post for post in problem.sites[site].posts if problem.posts[post].relief is not None}
    staying = {before for duty in duties for before, after in [_around(duty, moment)] if before == after}
    left = {before for before, _ in moves if before in watched and before not in staying}
    handed = {post for post in left if any(after == post for _, after in moves)}
    unsafe = set(handed)
    while True:
        safe = {post for post in unsafe if any(after == post and before not in unsafe for before, after in moves)}
        if not safe:
            return sorted(post for post in unsafe if post is not None)
        unsafe -= safe


def _not_yet_posted(problem: Problem, findings: Sequence[Finding]) -> Finding:
    """One finding for all duties of a post that are too long, or without a break, because nobody was posted yet."""
    first = max(findings, key=lambda one: ((one.actual or 0) if one.code == OVERDUE else 0, -(one.start or 0)))
    remedy = _("patrolplan postings settles who relieves whom")
    if first.code == OVERDUE:
        words = plural(
            "{n} duty in shifts without postings stays too long, as here: {sample}. {remedy}",
            "{n} duties in shifts without postings stay too long, as here: {sample}. {remedy}",
            len(findings),
            sample=first.message,
            remedy=remedy,
        )
    else:
        words = plural(
            "{n} duty in shifts without postings misses a break, as here: {sample}. {remedy}",
            "{n} duties in shifts without postings miss a break, as here: {sample}. {remedy}",
            len(findings),
            sample=first.message,
            remedy=remedy,
        )
    spans = [(one.start or 0, one.end or 0) for one in findings]
    return Finding(
        first.code,
        Severity.SOFT,
        words,
        site=first.site,
        post=first.post if first.code == OVERDUE else "",
        start=min(start for start, _ in spans),
        end=max(end for _, end in spans),
        actual=first.actual,
        required=first.required,
        unit=first.unit,
        place=first.place,
    )


def _finding(
    problem: Problem,
    code: str,
    severity: Severity,
    message: str,
    duty: Duty,
    stay: Stretch,
    *,
    place: Place,
    span: Span | None = None,
    measured: tuple[int, int] | None = None,
) -> Finding:
    """A finding about a stretch; `measured` are minutes that are and that should be."""
    start, end = span or (stay.start, stay.end)
    where = problem.posts[stay.post] if stay.post is not None else None
    return Finding(
        code,
        severity,
        message,
        person=problem.people[duty.person].id,
        site=problem.sites[where.site].name if where else "",
        post=where.key if where else "",
        start=start,
        end=end,
        actual=None if measured is None else measured[0] / 60,
        required=None if measured is None else measured[1] / 60,
        unit="" if measured is None else "h",
        place=place,
        row=stay.row,
    )
