"""Patrol sheets: what is planned, what was done, what was found, and initials."""

from __future__ import annotations

from collections.abc import Sequence

from patrolplan.errors import Complaint, InputError
from patrolplan.formats.paper import STRONG, Block, Column, Facts, Line, Paper, Sheet, Signer, Signing, Table, Words
from patrolplan.formats.rounds_table import Visit
from patrolplan.language import _
from patrolplan.papers.names import shown
from patrolplan.papers.numbers import clocks, date_text
from patrolplan.papers.scope import Scope, Turn
from patrolplan.problem import Problem
from patrolplan.units import clock_text

_LONG_DATE = "EEEE d MMMM yyyy"
_BLANK_ROWS = 18
_WRITING_MM = 8.5


def patrol_sheets(scope: Scope, visits: Sequence[Visit] | None = None) -> Paper:
    """A sheet for every round, or without rounds a blank one for every patrol duty.

    Parameters
    ----------
    visits
        The rounds; None to leave the planned columns blank.

    Raises
    ------
    InputError
        If nothing of the rounds lies on the chosen dates.
    """
    if visits is None:
        sheets = [
            _blank(scope, site, post, turn)
            for site in scope.sites
            for turn in scope.turns(site)
            for post in scope.problem.sites[site].posts
            if scope.problem.posts[post].kind == "patrol" and scope.standing(post, turn)
        ]
    else:
        sheets = _planned(scope, visits)
    return scope.paper("patrol", _("Patrol sheets"), sheets)


def _blank(scope: Scope, site: int, post: int, turn: Turn) -> Sheet:
    facts = _facts(scope, post, turn)
    rows = ((), (), (), (), (), ())
    where = f"{scope.post_title(post)}, {scope.site_title(site)}"
    return _sheet(where, turn.day, facts, _task(scope, post), [rows] * _BLANK_ROWS)


def _planned(scope: Scope, visits: Sequence[Visit]) -> list[Sheet]:
    days = set(scope.days)
    chosen = [visit for visit in visits if visit.day in days]
    if not chosen and visits:
        first, last = min(one.day for one in visits), max(one.day for one in visits)
        raise InputError(
            [
                Complaint(
                    _("the rounds are of {first} to {last}; none is of the dates of the papers.").format(
                        first=date_text(first), last=date_text(last)
                    )
                )
            ]
        )
    by_duty = {duty.id: duty for duty in scope.roster.duties}
    sheets = []
    for (day, name, team, zone), stops in _rounds(chosen).items():
        duty = by_duty.get(name)
        post = _post_of(scope.problem, name) if duty is None else duty.post
        if post is not None and scope.problem.posts[post].site not in scope.sites:
            continue
        facts = [(_("Team"), _team_words(scope, team)), (_("Zone"), shown(zone))]
        where = shown(name) if scope.names.in_full else shown(zone)
        if post is not None:
            where = f"{scope.post_title(post)}, {scope.site_title(scope.problem.posts[post].site)}"
        if duty is not None and duty.shift is not None and post is not None:
            own = _facts(scope, post, Turn(duty.day, duty.shift))
            facts += own[:1] if facts[0][1] else own
        rows = [
            (
                (Line(clock_text(stop.arrive), STRONG),),
                (Line(clock_text(stop.leave)),) if stop.leave is not None else (),
                (Line(shown(stop.checkpoint)),),
                (),
                (),
                (),
            )
            for stop in stops
        ]
        sheets.append(_sheet(where, day, [pair for pair in facts if pair[1]], _task(scope, post), rows))
    return sheets


def _rounds(visits: Sequence[Visit]) -> dict[tuple[int, str, str, str], list[Visit]]:
    """Visits by date, duty, team and zone, in the order of the table, where teams may take turns."""
    found: dict[tuple[int, str, str, str], list[Visit]] = {}
    for one in visits:
        found.setdefault((one.day, one.duty, one.team, one.zone), []).append(one)
    return found


def _team_words(scope: Scope, team: str) -> str:
    """A team; one that is written as service numbers joined by ``+`` by its names."""
    members = [scope.problem.person_index.get(part.strip()) for part in team.split("+")]
    if team and all(one is not None for one in members):
        return ", ".join(scope.names.ranked(one) for one in members if one is not None)
    return shown(team)


def _post_of(problem: Problem, name: str) -> int | None:
    """The post that a duty of the rounds names by its key ``site/post``, alone or before a further slash."""
    parts = name.split("/")
    return problem.post_index.get(name, problem.post_index.get("/".join(parts[:2])))


def _facts(scope: Scope, post: int, turn: Turn) -> list[tuple[str, str]]:
    problem = scope.problem
    people = ", ".join(scope.names.ranked(person) for person in scope.standing(post, turn))
    shift = f"{scope.shift_name(turn)} {clocks(problem, scope.span(turn))}"
    return [(_("Shift"), shift), (_("Patrol"), people)]


def _task(scope: Scope, post: int | None) -> list[Block]:
    task = "" if post is None else shown(scope.problem.posts[post].task)
    return [Words(((_("Task"), task),))] if task else []


def _sheet(
    where: str,
    day: int,
    facts: Sequence[tuple[str, str]],
    task: Sequence[Block],
    rows: Sequence[tuple[tuple[Line, ...], ...]],
) -> Sheet:
    columns = (
        Column(_("Planned"), 1.1),
        Column(_("until"), 1.1),
        Column(_("Checkpoint"), 3),
        Column(_("Actual"), 1.2),
        Column(_("Finding"), 4.5),
        Column(_("Initials"), 1.2),
    )
    blocks: list[Block] = [
        Facts(((_("Date"), date_text(day, _LONG_DATE)), *facts)),
        *task,
        Table(columns, tuple(rows), row_mm=_WRITING_MM),
        Signing((Signer("", _("Patrol leader")), Signer(_("Acknowledged by"), _("In command")))),
    ]
    return Sheet(_("Patrol sheet"), f"{where} · {date_text(day)}", tuple(blocks))
