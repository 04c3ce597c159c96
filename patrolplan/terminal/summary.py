"""What a planner reads when a roster has been made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile

from rich.console import Console

from patrolplan.analysis.fairness import loads
from patrolplan.analysis.gaps import GAP_CODES, merge_gaps
from patrolplan.audit import Audit
from patrolplan.findings import Finding, Severity
from patrolplan.language import _, figures
from patrolplan.problem import Problem
from patrolplan.proof import STATUS_WORDS, LevelProof, Proof, Status, cost_text
from patrolplan.roster import Roster
from patrolplan.terminal.console import compose, glyphs, layout_width, number_text, plural, say
from patrolplan.terminal.coverview import share_text
from patrolplan.terminal.fairview import range_text
from patrolplan.terminal.gaplines import print_gaps
from patrolplan.units import COST_SCALE

_LABEL = 12


def view(
    console: Console,
    problem: Problem,
    roster: Roster,
    audit: Audit,
    proof: Proof | None = None,
    *,
    written: str = "",
    operation: str = "ops.yaml",
    most: int = 5,
    explained: int = 3,
) -> None:
    """Print what was made, how good it is, what is open and what to do next.

    Parameters
    ----------
    written
        Path of the roster file, as the planner would type it; empty if none was written.
    operation
        Path of the operation file.
    most
        Gaps to show.
    explained
        Gaps for which it is said who could not fill them.
    """
    _print_head(console, roster, audit, written)
    rows = [
        (_("Cover"), *_cover(problem, audit, proof)),
        (_("Hard rules"), *_hard_rules(problem, audit)),
        *((_("Bent rules"), words, "yellow") for words in _bent_rules(audit)),
        *((_("Fairness"), words, "") for words in _fairness(problem, roster, glyphs(console).dot)),
        *(("" if index else _("Proof"), words, "") for index, words in enumerate(_proof(proof, glyphs(console).dot))),
    ]
    width = max(_LABEL, *(len(label) + 2 for label, _words, _style in rows))
    for label, words, style in rows:
        say(console, (label.ljust(width), "bold"), (words, style), hang=width)
    gaps = merge_gaps(problem, [one for one in audit.findings if one.severity in (Severity.HARD, Severity.GAP)])
    if gaps:
        console.print()
        say(console, (_("Gaps, worst first"), "bold"))
        print_gaps(console, problem, gaps[:most], roster=roster, explained=explained)
        if len(gaps) > most:
            say(console, (_("and {gaps}").format(gaps=plural(len(gaps) - most, "more gap")), "dim"), indent=3)
    console.print()
    _print_next(console, audit, bool(gaps), operation, written or "roster.csv")


def view_without_roster(console: Console, problem: Problem, proof: Proof) -> None:
    """Print why there is no roster."""
    if proof.status is Status.INFEASIBLE:
        say(
            console,
            (_("No roster exists"), "bold red"),
            " " + _("that keeps every hard rule of {name}. This is proved.").format(name=problem.name),
        )
    else:
        words = " " + _("for {name} in {seconds} s, and none is ruled out.").format(
            name=problem.name, seconds=figures(f"{proof.seconds:.0f}")
        )
        say(console, (_("No roster was found"), "bold"), words)
    for reason in proof.reasons:
        say(console, reason, indent=3, hang=2)
    if proof.status is not Status.INFEASIBLE:
        say(console, _("Give it more time with --time-limit."))


def _print_head(console: Console, roster: Roster, audit: Audit, written: str) -> None:
    count = sum(finding.severity is not Severity.NOTE for finding in audit.findings)
    people = plural(len(roster.by_person), "person", "people")
    left = compose(
        (_("Roster written to {written}").format(written=written) if written else _("Roster"), "bold"),
        f"  ({plural(len(roster.duties), 'duty', 'duties')}, {people})",
    )
    right = _("audited: {findings}").format(findings=plural(count, "finding") if count else _("no findings"))
    width = layout_width(console)
    gap = width - 2 - left.cell_len - len(right)
    if gap >= 2:
        console.print(compose(" ") + left + compose(" " * gap + right), soft_wrap=True)
    else:
        say(console, f"{left.plain}  {right}")
    console.print(compose(" ", (glyphs(console).line * (width - 2), "dim")), soft_wrap=True)


def _cover(problem: Problem, audit: Audit, proof: Proof | None) -> tuple[str, str]:
    needed, missing = audit.needed_minutes, audit.gap_minutes
    share = share_text(1 - missing / needed if needed else 1.0)
    gaps = [one for one in audit.findings if one.severity is Severity.GAP and one.code in GAP_CODES]
    if not needed:
        return _("no staff is asked for"), ""
    if not gaps and not missing:
        return f"{share}   " + _("all of {needed} needed person-shifts filled").format(
            needed=figures(f"{audit.needed_shifts:,}")
        ), "green"
    words = f"{share}   {open_text(audit)}"
    others = sum(finding.code in ("PP102", "PP103") for finding in gaps)
    if others:
        words += _(", {gaps} in qualification or command").format(gaps=plural(others, "gap"))
    if _level_proved(proof, 1) and _is_cover_alone(problem):
        words += _(", proved the least possible by weight")
    return words, "red"


def open_text(audit: Audit) -> str:
    """How much of the need is open, in person-shifts and in hours."""
    hours = number_text(audit.gap_minutes / 60)
    return _("{open} of {needed} needed person-shifts open ({hours} person-hours)").format(
        open=figures(f"{audit.open_shifts:,}"), needed=figures(f"{audit.needed_shifts:,}"), hours=hours
    )


def _level_proved(proof: Proof | None, level: int) -> bool:
    return proof is not None and any(one.level == level and one.proved for one in proof.levels)


def _is_cover_alone(problem: Problem) -> bool:
    """Whether the first level prices missing people and nothing else, so that its proof speaks of the gaps."""
    rules = (
        rule for rule in problem.rules if rule.weight and rule.level == 1 and rule.name not in ("cover", "command")
    )
    asked = (demand for demand in problem.demands if demand.kind == "staff")
    return not any(rules) and all(demand.level == 1 and demand.cost for demand in asked)


def rules_text(problem: Problem) -> str:
    """How many rules an operation has, those that always hold among them: ``5 hard rules, 3 that may bend``."""
    by_id = {(rule.id, rule.place): rule for rule in problem.rules}
    hard = sum(rule.weight is None for rule in by_id.values())
    bending = len(by_id) - hard
    return plural(hard, "hard rule") + (_(", {bending} that may bend").format(bending=bending) if bending else "")


def _hard_rules(problem: Problem, audit: Audit) -> tuple[str, str]:
    broken = [finding for finding in audit.findings if finding.severity is Severity.HARD]
    if not broken:
        return _("all kept ({rules})").format(rules=rules_text(problem)), "green"
    return _("broken {times}: {rules}").format(times=plural(len(broken), "time"), rules=_by_rule(broken)), "bold red"


def _by_rule(findings: Sequence[Finding], most: int = 4) -> str:
    counts = Counter(finding.rule or finding.code for finding in findings)
    parts = [f"{name} {figures(f'{count:,}')}" for name, count in counts.most_common(most)]
    return ", ".join(parts) + (" " + _("and {n} others").format(n=len(counts) - most) if len(counts) > most else "")


def _bent_rules(audit: Audit) -> Iterator[str]:
    failing = [one for one in audit.findings if one.severity is Severity.GAP and one.code not in GAP_CODES]
    bent = [*failing, *(one for one in audit.findings if one.severity is Severity.SOFT)]
    if bent:
        cost = cost_text(sum(finding.cost for finding in bent))
        yield _("{times} at a cost of {cost}: {rules}").format(
            times=plural(len(bent), "time"), cost=cost, rules=_by_rule(bent)
        )


def _fairness(problem: Problem, roster: Roster, dot: str) -> Iterator[str]:
    present = [load for load in loads(problem, roster) if load.present_minutes]
    if not present:
        return
    parts = [_("hours {range} per week").format(range=range_text([load.hours_per_week for load in present], 1))]
    off = [load.shares["hours"] for load in present if "hours" in load.shares]
    relative = [100 * share.distance / share.fair for share in off if share.fair]
    if relative:
        parts[0] += " " + _("(fair share {least} % to {most} %)").format(
            least=f"{min(relative):+.0f}", most=f"{max(relative):+.0f}"
        )
    parts.append(_("nights {range}").format(range=range_text([load.nights for load in present], 0)))
    parts.append(_("weekend duties {range}").format(range=range_text([load.weekends for load in present], 0)))
    yield f" {dot} ".join(parts)


def _proof(proof: Proof | None, dot: str) -> Iterator[str]:
    """Level by level, never more than is proved: a later level is only optimal if the earlier ones are."""
    if proof is None:
        return
    if not proof.levels:
        yield _(STATUS_WORDS[proof.status])
        return
    yield f" {dot} ".join(level_text(level) for level in proof.levels)
    settled = len(list(takewhile(lambda level: level.proved, proof.levels)))
    if settled < len(proof.levels) - 1:
        yield _("from {name} on: given the costs found on the levels before").format(
            name=proof.levels[settled + 1].title
        )


def level_text(level: LevelProof) -> str:
    """What is proved about one level: ``cover optimal``, ``fairness within 2.1 %``."""
    if level.proved:
        return _("{name} optimal").format(name=level.title)
    if level.cost <= level.bound:
        return _("{name} optimal given the levels before").format(name=level.title)
    if level.gap < 0.5:
        return _("{name} within {percent} %").format(
            name=level.title, percent=figures(f"{max(0.1, 100 * level.gap):.1f}")
        )
    return _("{name} {cost}, bound {bound}").format(
        name=level.title, cost=cost_text(level.cost), bound=figures(f"{level.bound / COST_SCALE:,.1f}")
    )


def _print_next(console: Console, audit: Audit, has_gaps: bool, operation: str, roster: str) -> None:
    if audit.has_hard:
        command, why = f"patrolplan check {operation} {roster}", _("lists every broken rule")
    elif has_gaps:
        command, why = f"patrolplan check {operation} {roster}", _("lists every gap with its need")
    else:
        command, why = f"patrolplan show {operation} {roster} --by site", _("shows who stands where")
    say(console, (_("Next:") + " ", "dim"), (command, "bold"), f"   {why}", hang=len(_("Next:")) + 1)
