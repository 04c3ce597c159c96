"""The report of a roster: summary, gaps with their reasons, cover, roster, fairness and findings, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from patrolplan.analysis.cover import Cover
from patrolplan.analysis.explanation import FREE, who_could_not
from patrolplan.analysis.fairness import Load, loads
from patrolplan.analysis.gaps import GAP_CODES, GapGroup, merge_gaps
from patrolplan.audit import Audit, Candidates
from patrolplan.errors import Place
from patrolplan.findings import CODES, Finding, Severity
from patrolplan.formats.names import unquoted
from patrolplan.formats.report_facts import (
    BAD,
    GOOD,
    PLAIN,
    SO_SO,
    Figure,
    FindingEntry,
    FindingList,
    GapEntry,
    PostName,
    Report,
)
from patrolplan.language import _, plural, spoken
from patrolplan.papers.calendar import date_heads, grid_rows, shift_keys, site_tables
from patrolplan.papers.heat import dates_of, heat_maps
from patrolplan.papers.names import Names, shown
from patrolplan.papers.numbers import number_words, share_words, signed_words, span_words
from patrolplan.papers.report_words import report_words
from patrolplan.papers.spread import load_columns, plots
from patrolplan.problem import Problem, Slot
from patrolplan.proof import LevelProof, cost_text
from patrolplan.roster import Roster
from patrolplan.terminal.gaplines import amount_text, obstacle_text, place_text, size_text
from patrolplan.terminal.summary import level_text, rules_text

MOST_EXPLAINED = 60
"""Gaps for which it is said who could fill them; the worst ones."""
MOST_LISTED = 300
"""Findings of one severity that are listed."""


def build_report(
    problem: Problem,
    audit: Audit,
    *,
    names: Names,
    origin: str,
    levels: Sequence[LevelProof] = (),
) -> Report:
    """Everything that the report shows, in the language that is spoken.

    Parameters
    ----------
    audit
        What was found in the roster, with the duties given beforehand.
    names
        What people are called.
    origin
        From which files and version of the roster it was made.
    levels
        What is proved of the roster, if that is known.
    """
    cover, everybody = Cover(problem, audit.roster), loads(problem, audit.roster)
    days = range(problem.first_day, problem.last_day + 1)
    gaps = merge_gaps(problem, [one for one in audit.findings if one.severity is Severity.GAP])
    return Report(
        language=spoken(),
        operation=shown(problem.name),
        span=span_words(problem, (problem.start, problem.end), "EEE d MMM yyyy"),
        origin=origin,
        figures=tuple(_figures(problem, audit, gaps, everybody, levels)),
        gaps=tuple(_gap_entries(problem, audit, gaps, names)),
        findings=tuple(_finding_lists(problem, audit, names)),
        dates=tuple(date_heads(problem, days)),
        heat_dates=tuple(date_heads(problem, dates_of(problem))),
        phases=tuple(shown(phase.name) for phase in problem.phases),
        sites=tuple(shown(site.title) for site in problem.sites),
        posts=tuple(PostName(shown(post.title), post.site) for post in problem.posts),
        shifts=tuple(shift_keys(problem)),
        heat=tuple(heat_maps(problem, cover, audit.findings)),
        grid=tuple(grid_rows(problem, audit.roster, names, days)),
        tables=tuple(site_tables(problem, audit.roster, cover, days)),
        plots=tuple(plots(everybody)),
        loads=tuple(load_columns(problem, everybody, names)),
        loads_note=_loads_note(everybody),
        words=report_words(),
    )


def _figures(
    problem: Problem,
    audit: Audit,
    gaps: Sequence[GapGroup],
    everybody: Sequence[Load],
    levels: Sequence[LevelProof],
) -> Iterator[Figure]:
    yield _cover_figure(audit, gaps)
    broken = [one for one in audit.findings if one.severity is Severity.HARD]
    if broken:
        words = _("{rules}; worst: {worst}").format(rules=rules_text(problem), worst=_most_broken(broken))
        yield Figure(_("Hard rules"), plural("broken {n} time", "broken {n} times", len(broken)), words, BAD)
    else:
        yield Figure(_("Hard rules"), _("all kept"), rules_text(problem), GOOD)
    bent = [one for one in audit.findings if one.severity is Severity.SOFT]
    words = _("at a cost of {cost}: {rules}").format(
        cost=cost_text(sum(one.cost for one in bent)), rules=_most_broken(bent)
    )
    times = plural("{n} time", "{n} times", len(bent)) if bent else _("never")
    yield Figure(_("Rules bent"), times, words if bent else "", SO_SO if bent else GOOD)
    yield from _fairness_figures(everybody)
    yield _plan_figure(problem, audit.roster)
    if levels:
        words = " · ".join(level_text(level) for level in levels)
        proved = all(level.proved for level in levels)
        yield Figure(_("Proof"), _("optimal") if proved else _("in part"), words, GOOD if proved else PLAIN)


def _cover_figure(audit: Audit, gaps: Sequence[GapGroup]) -> Figure:
    needed, missing = audit.needed_minutes, audit.gap_minutes
    if not needed:
        return Figure(_("Cover"), _("no need"), _("no staff is asked for"), BAD if gaps else PLAIN)
    words = _("{open} of {needed} needed person-shifts open ({hours} person-hours)").format(
        open=number_words(audit.open_shifts), needed=number_words(audit.needed_shifts), hours=number_words(missing / 60)
    )
    if not missing:
        words = _("all of {needed} needed person-shifts filled").format(needed=number_words(audit.needed_shifts))
    if gaps:
        words += ", " + plural("{n} gap", "{n} gaps", len(gaps))
    return Figure(_("Cover"), share_words(1 - missing / needed), words, BAD if gaps or missing else GOOD)


def _most_broken(findings: Sequence[Finding], most: int = 4) -> str:
    counts = Counter(one.rule or one.code for one in findings)
    parts = [f"{shown(name)} {number_words(count)}" for name, count in counts.most_common(most)]
    if len(counts) > most:
        parts.append(plural("{n} other", "{n} others", len(counts) - most))
    return ", ".join(parts)


def _fairness_figures(everybody: Sequence[Load]) -> Iterator[Figure]:
    present = [load for load in everybody if load.present_minutes]
    if not present:
        return
    weekly = [load.hours_per_week for load in present]
    off = [share for load in present for share in [load.shares.get("hours")] if share is not None and share.fair]
    words = _("hours per week of presence")
    if off:
        parts = [100 * share.distance / share.fair for share in off]
        words += _("; {low} % to {high} % off the fair share").format(
            low=signed_words(min(parts)), high=signed_words(max(parts))
        )
    yield Figure(_("Hours"), _range(weekly), words)
    nights = _range([load.nights for load in present])
    weekends = _("weekend duties {range}").format(range=_range([load.weekends for load in present]))
    yield Figure(_("Nights"), nights, _("per person; {weekends}").format(weekends=weekends))


def _range(values: Sequence[float]) -> str:
    low, high = number_words(min(values)), number_words(max(values))
    return low if low == high else f"{low}-{high}"


def _plan_figure(problem: Problem, roster: Roster) -> Figure:
    inside = [duty for duty in roster.duties if problem.start <= duty.start < problem.end]
    words = _("{people}, {sites}, {posts}").format(
        people=plural("{n} person", "{n} people", len({duty.person for duty in inside})),
        sites=plural("{n} site", "{n} sites", len(problem.sites)),
        posts=plural("{n} post", "{n} posts", len(problem.posts)),
    )
    return Figure(_("Duties"), number_words(len(inside)), words)


def _gap_entries(problem: Problem, audit: Audit, gaps: Sequence[GapGroup], names: Names) -> Iterator[GapEntry]:
    candidates = Candidates(problem, audit.roster) if gaps else None
    for index, gap in enumerate(gaps):
        could_not: tuple[str, ...] = ()
        could = ""
        if candidates is not None and index < MOST_EXPLAINED:
            could_not, could = _reasons(problem, audit.roster, gap, candidates)
        yield GapEntry(
            gap.code,
            _(CODES[gap.code]),
            shown(place_text(gap)),
            gap.when,
            shown(size_text(problem, gap)),
            amount_text(gap).strip("()"),
            _origin(gap.rule, gap.place),
            gap.post or gap.site or gap.rule,
            gap.short,
            problem.zone.iso(gap.start),
            problem.zone.iso(gap.end),
            tuple(names.within(one) for one in could_not),
            could,
        )


def _reasons(problem: Problem, roster: Roster, gap: GapGroup, candidates: Candidates) -> tuple[tuple[str, ...], str]:
    """Who could not fill the first window of a gap, by what stands against it, and how many could."""

    def obstacle(_problem: Problem, _roster: Roster, person: int, slot: Slot) -> Finding | None:
        return candidates.obstacle(person, slot)

    found = who_could_not(problem, roster, gap.findings[0], obstacle)
    free = sum(one.people for one in found if one.phrase == FREE)
    could = plural(
        "{n} person could take it without breaking a hard rule",
        "{n} people could take it without breaking a hard rule",
        free,
    )
    return tuple(obstacle_text(one) for one in found if one.phrase != FREE), could if free else ""


def _origin(rule: str, place: Place) -> str:
    """The rule behind a finding and the line on which it or the need stands."""
    file = PurePath(place.file).name
    line = f"{file}:{place.line}" if place.line else file
    return ", ".join(shown(part) for part in (rule, line) if part)


def _finding_lists(problem: Problem, audit: Audit, names: Names) -> Iterator[FindingList]:
    """Everything that is no gap: broken hard rules, further gaps, bent rules, and what was accepted."""
    hard = [one for one in audit.findings if one.severity is Severity.HARD]
    gaps = [one for one in audit.findings if one.severity is Severity.GAP and one.code not in GAP_CODES]
    bent = [one for one in audit.findings if one.severity is Severity.SOFT]
    accepted = [one for one in audit.findings if one.accepted]
    for title, listed in (
        (_("Broken hard rules"), hard),
        (_("Further gaps"), gaps),
        (_("Bent rules and oddities"), bent),
        (_("Accepted"), accepted),
    ):
        if listed:
            entries = tuple(_finding_entry(problem, one, names) for one in listed[:MOST_LISTED])
            left = len(listed) - len(entries)
            more = plural("and {n} more, which check lists", "and {n} more, which check lists", left) if left else ""
            yield FindingList(f"{title} ({number_words(len(listed))})", entries, more)


def _finding_entry(problem: Problem, finding: Finding, names: Names) -> FindingEntry:
    who = problem.person_index.get(finding.person)
    person = names.ranked(who) if who is not None else shown(finding.person)
    where = shown((finding.post or finding.site).replace("/", " / ", 1))
    timed = finding.start is not None and finding.end is not None
    when = span_words(problem, (finding.start or 0, finding.end or 0)) if timed else ""
    message = names.within(finding.message)
    if finding.code == "PP901" and not names.in_full:
        message = unquoted(message, names.all)
    words = message + (f" {names.within(finding.accepted)}" if finding.accepted else "")
    heading = " · ".join(part for part in (person, where, when) if part)
    return FindingEntry(finding.code, _(CODES[finding.code]), heading, words, _origin(finding.rule, finding.place))


def _loads_note(everybody: Sequence[Load]) -> str:
    if any(load.shares for load in everybody):
        return _("The fair share follows from contract and presence; those furthest from it come first.")
    return _("No fairness rule is given, so no fair share is known.")
