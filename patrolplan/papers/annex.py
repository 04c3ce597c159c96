"""The annex to the duty order: shifts, posts with their tasks, and everybody who is ordered, with signatures."""

from __future__ import annotations

from collections.abc import Iterator

from patrolplan.formats.paper import (
    NUMBER,
    QUIET,
    Block,
    Column,
    Facts,
    Heading,
    Line,
    Paper,
    Sheet,
    Signer,
    Signing,
    Table,
)
from patrolplan.language import _, plural
from patrolplan.papers.names import shown
from patrolplan.papers.numbers import date_text, number_words, span_words
from patrolplan.papers.scope import Scope
from patrolplan.roster import Duty
from patrolplan.terminal.letters import by_start
from patrolplan.units import clock_text, duration_text

_LONG_DATE = "d MMMM yyyy"


def annex(scope: Scope) -> Paper:
    """The annex with letterhead and signatures from the file."""
    problem = scope.problem
    blocks: list[Block] = [
        Facts(tuple(_facts(scope))),
        Heading(_("Shifts")),
        _shifts(scope),
        Heading(_("Posts and tasks")),
        _posts(scope),
        Heading(_("Personnel")),
        _personnel(scope),
    ]
    if problem.signatures:
        blocks.append(signing(scope))
    sheet = Sheet(_("Annex to the duty order"), shown(problem.name), tuple(blocks), official=True)
    return scope.paper("annex", _("Annex to the duty order"), [sheet])


def _facts(scope: Scope) -> Iterator[tuple[str, str]]:
    problem, head = scope.problem, scope.problem.letterhead
    if head.order:
        yield _("Duty order number"), shown(head.order)
    if head.dated is not None:
        yield _("Date of the order"), date_text(head.dated, _LONG_DATE)
    yield _("Operation"), shown(problem.name)
    yield _("Period"), span_words(problem, (problem.start, problem.end), "EEEE d MMMM yyyy")
    for phase in problem.phases:
        yield _("Phase {name}").format(name=shown(phase.name)), span_words(problem, (phase.start, phase.end))


def _shifts(scope: Scope) -> Table:
    shifts = [scope.problem.shifts[index] for index in by_start(scope.problem, range(len(scope.problem.shifts)))]
    return Table(
        (Column(_("Shift"), 2), Column(_("From"), 1), Column(_("Until"), 1), Column(_("Be there before"), 2)),
        tuple(
            (
                (Line(shown(shift.name)),),
                (Line(clock_text(shift.start)),),
                (Line(clock_text(shift.end)),),
                (Line(duration_text(shift.handover)),) if shift.handover else (),
            )
            for shift in shifts
        ),
    )


def _posts(scope: Scope) -> Table:
    rows = []
    for site in scope.sites:
        for index, post in enumerate(scope.problem.sites[site].posts):
            where = (Line(scope.site_title(site)),) if index == 0 else ()
            task = shown(scope.problem.posts[post].task)
            rows.append(
                (where, (Line(scope.post_title(post)),), (Line(_needed(scope, post)),), (Line(task),) if task else ())
            )
    columns = (Column(_("Site"), 3), Column(_("Post"), 2), Column(_("People"), 1, NUMBER), Column(_("Task"), 6))
    return Table(columns, tuple(rows))


def _needed(scope: Scope, post: int) -> str:
    """How many people the needs of a post ask for: one number, or the least and the most."""
    counts = [
        window.count
        for demand in scope.problem.demands
        if demand.kind == "staff" and demand.posts == {post}
        for window in demand.windows
        if window.count
    ]
    if not counts:
        return ""
    return str(counts[0]) if min(counts) == max(counts) else f"{min(counts)}-{max(counts)}"


def _personnel(scope: Scope) -> Table:
    """Everybody chosen who has a duty at the chosen sites on the chosen dates, the highest rank first."""
    listed = [(person, scope.duties(person)) for person in scope.people]
    listed = [(person, duties) for person, duties in listed if duties]
    people = scope.problem.people
    listed.sort(key=lambda one: -1 if people[one[0]].rank is None else people[one[0]].rank or 0, reverse=True)
    columns = [Column(_("No."), 0.7, NUMBER), Column(_("Rank"), 1.4), Column(_("Name"), 3)]
    if scope.names.in_full:
        columns += [Column(_("Service number"), 1.8), Column(_("Unit"), 1.8)]
    columns += [Column(_("Team"), 1.4), Column(_("Serves at"), 5.4), Column(_("Duties"), 1, NUMBER)]
    columns.append(Column(_("Hours"), 1.1, NUMBER))
    rows = []
    for number, (person, duties) in enumerate(listed, 1):
        cells: list[tuple[Line, ...]] = [
            (Line(str(number)),),
            (Line(scope.names.rank(person)),),
            (Line(scope.names.name(person)),),
        ]
        if scope.names.in_full:
            cells += [(Line(scope.names.number(person)),), (Line(shown(people[person].unit)),)]
        served = [duty for duty in duties if not duty.on_call]
        hours = sum(duty.end - duty.start for duty in served) / 60
        cells += [(Line(shown(people[person].team)),), _sites(scope, served)]
        cells += [(Line(str(len(served))),), (Line(number_words(hours)),)]
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def _sites(scope: Scope, duties: list[Duty]) -> tuple[Line, ...]:
    counts: dict[int, int] = {}
    for duty in duties:
        if duty.post is not None:
            site = scope.problem.posts[duty.post].site
            counts[site] = counts.get(site, 0) + 1
    most_first = sorted(counts, key=lambda site: (-counts[site], site))
    if not most_first:
        return (Line(_("on call"), QUIET),)
    most = f"{scope.site_title(most_first[0])} ({counts[most_first[0]]})"
    others = len(most_first) - 1
    more = plural("and {n} other site", "and {n} other sites", others)
    return (Line(most), Line(more, QUIET)) if others else (Line(most),)


def signing(scope: Scope) -> Signing:
    """The signatures of the file; place and date of the order stand above the last one."""
    head, signatures = scope.problem.letterhead, scope.problem.signatures
    dated = date_text(head.dated, _LONG_DATE) if head.dated is not None else ""
    where = ", ".join(part for part in (shown(head.place), dated) if part)
    signers = []
    for index, one in enumerate(signatures):
        above = [where] if index == len(signatures) - 1 and where else []
        above += [shown(one.title)] if one.title else []
        beneath = " ".join(part for part in (shown(one.rank), shown(one.id)) if part)
        signers.append(Signer("\n".join(above), shown(one.role), scope.names.within(one.name), beneath))
    return Signing(tuple(signers))
