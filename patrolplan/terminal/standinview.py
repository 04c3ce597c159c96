"""Who can step in for a duty, and whether two people can swap."""

from __future__ import annotations

from rich.console import Console

from patrolplan.analysis.substitutes import StandIn
from patrolplan.language import _, plural
from patrolplan.plan.standins import StandIns, Swap
from patrolplan.problem import Problem
from patrolplan.proof import cost_text
from patrolplan.terminal.changelines import (
    INDENT,
    duty_text,
    label,
    person_text,
    print_findings,
    print_gap_changes,
    print_head,
    print_notices,
    print_part,
    spans_text,
)
from patrolplan.terminal.console import KEEP, glyphs, say
from patrolplan.units import duration_text

_HANG = 4


def view(console: Console, result: StandIns, most: int = 12) -> None:
    """Print the best candidates with consequences, and who cannot.

    Parameters
    ----------
    most
        Candidates to show.
    """
    problem, found = result.problem, result.found
    free = [one for one in found.stand_ins if one.gives_up is None]
    count = plural("{n} person can step in", "{n} people can step in", len(free))
    print_head(console, duty_text(problem, found.slot), count)
    if found.leaving:
        names = ", ".join(person_text(problem, duty.person) for duty in found.leaving)
        say(console, label(_("Instead of")), names, hang=12)
    elif result.duty.holders:
        names = ", ".join(
            duty.id.replace(" ", KEEP) or person_text(problem, duty.person) for duty in result.duty.holders
        )
        words = _("{duties}; name one of these duties to see who can stand in for that person").format(duties=names)
        say(console, label(_("On it now")), words, hang=12)
    for rank, one in enumerate(found.stand_ins[:most], 1):
        _print_stand_in(console, problem, one, rank)
    if len(found.stand_ins) > most:
        more = len(found.stand_ins) - most
        say(console, (plural("and {n} more", "and {n} more", more), "dim"), indent=INDENT)
    if found.refusals:
        separator = f" {glyphs(console).dot} "
        words = separator.join(f"{len(one.people):,} {one.phrase}" for one in found.refusals)
        say(console, (_("Who could not: "), "dim"), words, hang=2)


def _print_stand_in(console: Console, problem: Problem, one: StandIn, rank: int) -> None:
    who = problem.people[one.person]
    facts = [part for part in (", ".join(sorted(who.qualifications)), who.team) if part]
    about = f"  {', '.join(facts)}" if facts else ""
    say(console, f"{rank:>2}  ", (person_text(problem, one.person), "bold"), (about, "dim"), indent=INDENT, hang=_HANG)
    dot = f" {glyphs(console).dot} "
    say(console, dot.join(_consequences(problem, one)), indent=INDENT + _HANG, hang=2)


def _consequences(problem: Problem, one: StandIn) -> list[str]:
    found = []
    if one.gives_up is not None:
        found.append(_("gives up {duty}").format(duty=duty_text(problem, one.gives_up)))
    for change in one.gaps:
        if change.opened:
            place, kind = change.post or change.site, f" ({change.kind})" if change.kind else ""
            when = spans_text(problem, change.opened_spans)
            found.append(_("leaves {place}{kind} short: {when}").format(place=place, kind=kind, when=when))
    if one.left_open:
        found.append(_("{time} of one person stay open here").format(time=duration_text(one.left_open)))
    found.append(
        _("{week} this week, {total} in all").format(
            week=duration_text(one.week_minutes), total=duration_text(one.total_minutes)
        )
    )
    found.append(_rest(one))
    if one.calls:
        found.append(_("on call then"))
    if one.given is not None:
        notice = problem.people[one.person].notice
        found.append(
            _("notice {given} of {notice}").format(given=duration_text(max(0, one.given)), notice=duration_text(notice))
        )
    if one.cost:
        rules = ", ".join(dict.fromkeys(finding.rule for finding in one.bent))
        sign = "+" if one.cost > 0 else "-"
        found.append(_("cost {cost}").format(cost=sign + cost_text(abs(one.cost))) + (f" ({rules})" if rules else ""))
    return found


def _rest(one: StandIn) -> str:
    before, after = one.rest_before, one.rest_after
    parts = [
        _("no duty before") if before is None else _("{time} of rest before").format(time=duration_text(before)),
        _("no duty after") if after is None else _("{time} of rest after").format(time=duration_text(after)),
    ]
    return ", ".join(parts)


def swap_view(console: Console, result: Swap) -> None:
    """Print what goes from whom to whom, and what follows for both."""
    problem = result.problem
    verdict = _("possible") if result.is_possible else _("not possible")
    print_head(console, _("Swap"), verdict)
    words = _("{duty}: from {giver} to {taker}")
    giver, taker = person_text(problem, result.giver), person_text(problem, result.taker)
    given = words.format(duty=duty_text(problem, result.given), giver=giver, taker=taker)
    say(console, given, indent=INDENT, hang=_HANG)
    if result.returned is not None:
        back = words.format(duty=duty_text(problem, result.returned), giver=taker, taker=giver)
        say(console, back, indent=INDENT, hang=_HANG)
    else:
        say(console, _("{person} leaves no other duty for it").format(person=taker), indent=INDENT, hang=_HANG)
    if result.broken:
        print_part(console, _("Hard rules that it breaks"))
        print_findings(console, result.broken)
    if result.gaps:
        print_part(console, _("Effect on cover"))
        print_gap_changes(console, problem, result.gaps)
    if result.short_notice:
        print_part(console, _("At short notice"))
        print_notices(console, problem, result.short_notice)
    if result.costs:
        print_part(console, _("Soft rules"))
        for rule, cost in result.costs.items():
            sign = "+" if cost > 0 else "-"
            say(console, f"{rule}  {sign}{cost_text(abs(cost))}", indent=INDENT)
    console.print()
    written = (
        _("Roster written to {file}").format(file=result.written)
        if result.written
        else _("Nothing was written; -o writes the roster with the swap.")
    )
    say(console, (written, "dim"))
