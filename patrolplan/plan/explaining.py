"""Why gaps are open and what closes them: every remedy is found by solving and verified by the audit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patrolplan.analysis.explained import Confirmed, Explanation, Remedy, Shortage
from patrolplan.analysis.gaps import GAP_CODES, GapGroup, merge_gaps
from patrolplan.analysis.reasons import ExplainedGap, Interviewer, Step
from patrolplan.analysis.remedies import (
    FAR,
    NEAR,
    Cluster,
    Kind,
    RuleChange,
    clusters,
    kinds_wanted,
    most_short,
    rule_changes,
    when_text,
)
from patrolplan.audit import Audit, audit, candidate_duty
from patrolplan.config.editing import Edit, Editor, with_amount
from patrolplan.engine.capacity import Capacity
from patrolplan.engine.cover import least_gaps
from patrolplan.errors import InputError
from patrolplan.findings import Severity
from patrolplan.language import _, plural
from patrolplan.plan.loading import around, astray_remarks, load_operation, load_roster
from patrolplan.plan.supply import Supply
from patrolplan.problem import FOREVER, Problem
from patrolplan.proof import Status
from patrolplan.roster import Roster, join_rosters, make_roster
from patrolplan.units import Span, clock_text, date_text

USUAL = "full"
"""The contract of whoever has none named."""
LONGEST_QUESTION = 8.0
"""Most seconds on the clock for one variant."""
MOST_CLUSTERS = 3
"""Parts of the operation with gaps of their own for which remedies are looked for."""
MOST_RULE_CHANGES = 6
"""Changes of single rules that are tried for gaps of one time."""
MOST_PAIRS = 2
"""Changes that are tried together with one that leaves gaps, and how many such."""
COUNTING_SHARE = 0.2
"""Share of the time in which it is counted what people can serve at most."""
FEW = 6
"""People to be trained of whom each is left out once, to see whether the others are enough."""
MOST_CONFIRMED = 5
"""People named who could fill a gap as things are; each is confirmed by an audit of the whole roster."""


def explain(operation: Path, roster: Path, *, remedies: bool = True, time_limit: float = 30.0) -> Explanation:
    """Say why each gap of a roster is open, and what closes it.

    Parameters
    ----------
    remedies
        Whether remedies are looked for.
    time_limit
        Seconds for remedies.

    Raises
    ------
    InputError
        If the operation or the roster cannot be read.
    """
    loaded = load_operation(operation)
    problem = loaded.problem
    file = load_roster(problem, roster)
    warnings = (*loaded.warnings, *astray_remarks(problem, roster, file.roster))
    result = audit(problem, file.roster)
    interviewer = Interviewer(problem, file.roster)
    gaps = tuple(interviewer.explain(gap) for gap in open_gaps(problem, result))
    avoidable = tuple(_confirmed(problem, result, gaps))
    found = Explanation(
        operation, problem, result, gaps, avoidable, rows=tuple(file.findings), warnings=warnings, roster=roster
    )
    if not remedies or not gaps:
        return found
    return _Apothecary(found, file.roster, time_limit).look()


def open_gaps(problem: Problem, result: Audit) -> list[GapGroup]:
    """Gaps of an audit, worst first."""
    return merge_gaps(
        problem,
        [one for one in result.findings if one.code in GAP_CODES and one.severity in (Severity.HARD, Severity.GAP)],
    )


def _confirmed(problem: Problem, result: Audit, gaps: Sequence[ExplainedGap]) -> Iterator[Confirmed]:
    """Who could fill a gap as things are: the whole roster is audited with each."""
    open_now, broken = open_gaps(problem, result), _hard(result)
    for number, explained in enumerate(gaps):
        confirmed = 0
        for step in explained.steps[: 2 * MOST_CONFIRMED]:
            after = audit(problem, _with_step(problem, result.roster, step))
            open_then = open_gaps(problem, after)
            here = [gap for gap in open_now if _need(gap) == _need(explained.gap)]
            closed = _minutes(here) - _minutes([gap for gap in open_then if _need(gap) == _need(explained.gap)])
            if closed > 0 and _minutes(open_then) < _minutes(open_now) and _hard(after) <= broken:
                confirmed += 1
                yield Confirmed(number, step, closed)
            if confirmed == MOST_CONFIRMED:
                break


def _need(gap: GapGroup) -> tuple[object, ...]:
    """What gaps of one need have in common."""
    return gap.code, gap.rule, gap.site, gap.post, gap.place, gap.findings[0].label


def _with_step(problem: Problem, roster: Roster, step: Step) -> Roster:
    gone = step.instead_of.stretches if step.instead_of is not None else ()
    standby = [
        stretch
        for duty in roster.of(step.person)
        if duty.on_call and duty.start < step.slot.end and step.slot.start < duty.end
        for stretch in duty.stretches
    ]
    kept = [one for one in roster.stretches if one not in gone and one not in standby]
    return make_roster(problem, [*kept, *candidate_duty(step.person, step.slot).stretches])


def _minutes(gaps: Sequence[GapGroup]) -> int:
    return sum(gap.person_minutes for gap in gaps)


def _shifts(gaps: Sequence[GapGroup]) -> int:
    return sum(gap.person_shifts for gap in gaps)


def _hard(result: Audit) -> int:
    return sum(one.severity is Severity.HARD and one.code not in GAP_CODES for one in result.findings)


@dataclass
class _Trial:
    """What came out of a variant.

    Attributes
    ----------
    proved
        Whether no roster has fewer gaps, as far as duties outside the window stay as they are.
    """

    problem: Problem
    roster: Roster
    gaps: list[GapGroup]
    audit: Audit
    proved: bool


class _Apothecary:
    """Looks for remedies: each is a variant of the operation that is solved around the gaps and audited as a whole."""

    def __init__(self, explanation: Explanation, roster: Roster, time_limit: float) -> None:
        self.explanation = explanation
        self.problem = explanation.problem
        self.roster = roster
        self.before = [one.gap for one in explanation.gaps]
        self.deadline = time.monotonic() + time_limit
        self.editor = Editor(explanation.path)
        self.supply = Supply(self.problem, Capacity(self.problem, COUNTING_SHARE * time_limit))
        self.shortages: list[Shortage] = []
        self.remarks: list[str] = []
        self.problems: dict[str, Problem] = {}

    def look(self) -> Explanation:
        """The explanation with remedies."""
        found: list[Remedy] = []
        groups = clusters(self.explanation.gaps)
        anew: Remedy | None = None
        for cluster in groups[:MOST_CLUSTERS]:
            self.shortages += self.supply.shortages(cluster.span)
            base = self._try(self.problem, cluster, (NEAR, FAR))
            if base is None:
                self.remarks.append(self._nothing_found())
                break
            anew = anew or self._anew(base)
            if not self._stays_open(base.gaps, cluster):
                continue
            rules = list(self._by_rules(cluster, base))
            found += [one for one, _edit in rules]
            found += self._by_people(cluster, base)
            found += self._by_training(cluster, base)
            found += self._by_two_rules(cluster, base, rules)
        if len(groups) > MOST_CLUSTERS:
            self.remarks.append(
                _("Remedies are given for the {n} worst of {all} times with gaps.").format(
                    n=MOST_CLUSTERS, all=len(groups)
                )
            )
        if time.monotonic() > self.deadline:
            self.remarks.append(_("The time for remedies was over before all were tried; see --time-limit."))
        ordered = sorted(found, key=lambda one: (one.left > 0, one.price, one.people, -one.closed_minutes, one.words))
        return replace(
            self.explanation,
            looked=True,
            shortages=tuple(self.shortages),
            solved_anew=anew,
            remedies=tuple(ordered),
            remarks=tuple(dict.fromkeys(self.remarks)),
        )

    def _nothing_found(self) -> str:
        if _hard(self.explanation.audit):
            return _("The roster breaks hard rules around its gaps, so no remedy could be verified; see check.")
        return _("No remedy could be verified in the time given; see --time-limit.")

    # -- solving -------------------------------------------------------------------------------------------------

    def _try(self, problem: Problem, cluster: Cluster, margins: Sequence[int] = (NEAR,)) -> _Trial | None:
        """Solve a variant around some gaps, with more days around them where fewer leave a gap; None if out of time."""
        best: _Trial | None = None
        for window in dict.fromkeys(cluster.window(problem, days) for days in margins):
            trial = self._solve(problem, window)
            if trial is not None and (best is None or _minutes(trial.gaps) < _minutes(best.gaps)):
                best = trial
            if best is not None and not self._stays_open(best.gaps, cluster):
                break
        return best

    def _solve(self, problem: Problem, window: Span) -> _Trial | None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            return None
        narrow = around(problem, self.roster, window)
        outcome = least_gaps(narrow, min(left, LONGEST_QUESTION), start=self.roster)
        if outcome.roster is None:
            return None
        outside = [duty for duty in self.roster.duties if not window[0] <= duty.start < window[1]]
        kept = make_roster(problem, (stretch for duty in outside for stretch in duty.stretches))
        whole = join_rosters(problem, kept, outcome.roster)
        result = audit(problem, whole)
        if _hard(result) > _hard(self.explanation.audit):
            return None
        return _Trial(problem, whole, open_gaps(problem, result), result, outcome.proof.status is Status.OPTIMAL)

    def _stays_open(self, gaps: Sequence[GapGroup], cluster: Cluster) -> bool:
        """Whether anything is open where gaps were, or near there, to where they may have moved."""
        opens, closes = cluster.window(self.problem, FAR)
        return any(gap.end > opens and gap.start < closes for gap in gaps)

    def _variant(self, edit: Edit) -> Problem | None:
        """The operation with a change; None if the change cannot be made."""
        if edit.variant.over not in self.problems:
            try:
                path = self.explanation.path
                self.problems[edit.variant.over] = load_operation(path, variant=edit.variant).problem
            except InputError:
                return None
        return self.problems[edit.variant.over]

    def _remedy(
        self,
        trial: _Trial,
        base: _Trial,
        words: str,
        edit: Edit | None,
        *,
        asks: str = "",
        price: int = 0,
        people: int = 0,
        least: bool = False,
        by_hand: tuple[str, ...] = (),
    ) -> Remedy:
        return Remedy(
            words,
            asks,
            edit,
            by_hand,
            len(base.gaps) - len(trial.gaps) if edit is not None or by_hand else len(self.before) - len(trial.gaps),
            _shifts(base.gaps) - _shifts(trial.gaps),
            _minutes(base.gaps) - _minutes(trial.gaps),
            len(trial.gaps),
            people,
            price,
            least,
            trial.roster,
            trial.problem,
        )

    # -- ways out ------------------------------------------------------------------------------------------------

    def _anew(self, base: _Trial) -> Remedy | None:
        """What a new search closes without any change."""
        closed = _minutes(self.before) - _minutes(base.gaps)
        if closed <= 0:
            return None
        path = self.explanation.path
        words = _("solve again with everything as it is: patrolplan solve {path} --start {roster}").format(
            path=path, roster=self.explanation.roster
        )
        found = self._remedy(base, base, words, None)
        return replace(found, closed_shifts=_shifts(self.before) - _shifts(base.gaps), closed_minutes=closed)

    def _by_rules(self, cluster: Cluster, base: _Trial) -> Iterator[tuple[Remedy, Edit]]:
        """Rules with other numbers; of one rule the nearest number that closes anything."""
        helped: set[str] = set()
        for change in rule_changes(self.problem, cluster)[:MOST_RULE_CHANGES]:
            edit = self._rule_edit(change) if change.rule.id not in helped else None
            problem = self._variant(edit) if edit is not None else None
            trial = self._try(problem, cluster) if problem is not None else None
            if trial is not None and edit is not None and _minutes(trial.gaps) < _minutes(base.gaps):
                helped.add(change.rule.id)
                yield self._rule_remedy(base, trial, (change,), edit), edit

    def _by_two_rules(self, cluster: Cluster, base: _Trial, found: Sequence[tuple[Remedy, Edit]]) -> Iterator[Remedy]:
        """Where one rule alone leaves gaps: what then keeps people away, relaxed with it."""
        for first, edit in [one for one in found if self._stays_open(self._gaps_left(one[0]), cluster)][:MOST_PAIRS]:
            interviewer = Interviewer(first.problem, first.roster)
            rest = [interviewer.explain(gap) for gap in self._gaps_left(first)]
            for near in clusters(rest)[:1]:
                wider = replace(near, span=cluster.span)
                for change in rule_changes(first.problem, wider)[:MOST_PAIRS]:
                    second = self._rule_edit(change)
                    both = None if second is None or second.places == edit.places else edit + second
                    problem = self._variant(both) if both is not None else None
                    trial = self._try(problem, cluster) if problem is not None else None
                    if (
                        both is not None
                        and trial is not None
                        and _minutes(trial.gaps) < _minutes(self._gaps_left(first))
                    ):
                        yield self._rule_remedy(base, trial, (*first.changes, change), both)
                        break

    @staticmethod
    def _gaps_left(remedy: Remedy) -> list[GapGroup]:
        return open_gaps(remedy.problem, audit(remedy.problem, remedy.roster))

    def _rule_remedy(self, base: _Trial, trial: _Trial, changes: Sequence[RuleChange], edit: Edit) -> Remedy:
        bent = self._bent(trial, {change.rule.id for change in changes})
        parts = []
        for change in changes:
            words = _("{rule}: {after} instead of {before}").format(
                rule=change.rule.id, after=change.after, before=change.before
            )
            when = when_text(self.problem, change.dates)
            parts.append(f"{words} " + _("during {when}").format(when=when) if when else words)
        asks = plural(
            "{n} time beyond the rules of today in the roster that was made",
            "{n} times beyond the rules of today in the roster that was made",
            bent,
        )
        words = parts[0] if len(parts) == 1 else _("{one}, and {other}").format(one=parts[0], other=parts[1])
        return replace(self._remedy(trial, base, words, edit, asks=asks, price=bent), changes=tuple(changes))

    def _rule_edit(self, change: RuleChange) -> Edit | None:
        body = self.editor.body_of(change.rule.id)
        values: dict[str, object] = {change.field: with_amount(body.get(change.field), change.amount)}
        if isinstance(body.get("after"), dict):
            values["after"] = dict.fromkeys(body["after"], change.amount)
        return self.editor.rule_with(change.rule.id, values, before=change.elsewhere)

    def _bent(self, trial: _Trial, rules: set[str]) -> int:
        """How often rules of today are broken by the roster of a variant, more than by the roster of today."""
        today, now = audit(self.problem, trial.roster).findings, self.explanation.audit.findings
        broken = [
            [one for one in found if one.severity is Severity.HARD and one.rule in rules] for found in (today, now)
        ]
        return len(broken[0]) - len(broken[1])

    def _by_people(self, cluster: Cluster, base: _Trial) -> Iterator[Remedy]:
        """The fewest more people of a kind that close everything."""
        for kind in kinds_wanted(self.problem, cluster):
            fewest = self._fewest(cluster, base, kind)
            if fewest is not None:
                count, trial, edit, least = fewest
                yield self._people_remedy(base, kind, count, trial, edit, least, cluster)
                if count > 1:
                    yield from self._first_one(cluster, base, kind)
                if not self._stays_open(trial.gaps, cluster):
                    return

    def _first_one(self, cluster: Cluster, base: _Trial, kind: Kind) -> Iterator[Remedy]:
        """What one more person alone closes."""
        asked = self._with_more(cluster, kind, 1)
        if asked is not None and _minutes(asked[0].gaps) < _minutes(base.gaps):
            yield self._people_remedy(base, kind, 1, *asked, False, cluster)

    def _people_remedy(
        self, base: _Trial, kind: Kind, count: int, trial: _Trial, edit: Edit, least: bool, cluster: Cluster
    ) -> Remedy:
        known = len(self.problem.people)
        duties = sum(duty.person >= known for duty in trial.roster.duties)
        first, last = cluster.dates(self.problem)
        when = when_text(self.problem, (first, last))
        words = plural("{n} more person", "{n} more people", count) + ", " + kind_text(kind)
        words += " " + _("during {when}").format(when=when)
        asks = plural("{n} duty of theirs", "{n} duties of theirs", duties)
        return self._remedy(trial, base, words, edit, asks=asks, price=duties, people=count, least=least)

    def _fewest(self, cluster: Cluster, base: _Trial, kind: Kind) -> tuple[int, _Trial, Edit, bool] | None:
        """How many more people of a kind close what such people can close; whether fewer cannot is proved."""
        first, most = self._guess(cluster, base, kind)
        tried: dict[int, tuple[_Trial, Edit]] = {}
        low, high, proved, count = 0, 0, False, first
        while not high or high - low > 1:
            answer = self._with_more(cluster, kind, count)
            if answer is None:
                break
            trial, _edit = tried[count] = answer
            if not self._stays_open(trial.gaps, cluster):
                high = count
                count = high - 1 if high == first else (low + high) // 2
                continue
            helps_no_more = low in tried and _minutes(tried[low][0].gaps) == _minutes(trial.gaps)
            low, proved = count, trial.proved
            if not high and (helps_no_more or count >= most):
                break
            count = (low + high) // 2 if high else min(most, count + 1 if low == first else round(count * 1.4) + 1)
        best = min(tried, key=lambda one: (_minutes(tried[one][0].gaps), one), default=0)
        if not best or _minutes(tried[best][0].gaps) >= _minutes(base.gaps):
            return None
        return best, *tried[best], bool(high) and (high == 1 or (proved and high - low == 1))

    def _guess(self, cluster: Cluster, base: _Trial, kind: Kind) -> tuple[int, int]:
        """How many more people may be enough, and how many surely are: one for each person-shift."""
        opens, closes = cluster.window(self.problem, FAR)
        wanted = [gap for gap in base.gaps if gap.end > opens and gap.start < closes]
        busiest = self._busiest(cluster, base.roster)
        labels = ("", *kind.qualifications, kind.rank)
        counted = [
            -(-(one.needed - one.most) // max(1, max(self._most_each(one.span), default=1)))
            for one in self.shortages
            if one.label in labels and one.span[0] < closes and one.span[1] > opens
        ]
        first = max(counted, default=0) or max(1, most_short(wanted), -(-_shifts(wanted) // busiest))
        return first, max(first, _shifts(wanted))

    def _most_each(self, span: Span) -> Iterator[int]:
        """What each person can serve at most in a stretch of time, in minutes."""
        return (self.supply.capacity.most(person, span) for person in range(len(self.problem.people)))

    def _busiest(self, cluster: Cluster, roster: Roster) -> int:
        """The most duties that one person has while there are gaps; a guess at what one more can do."""
        counts = Counter(
            duty.person
            for duty in roster.duties
            if not duty.on_call and cluster.span[0] <= duty.start < cluster.span[1]
        )
        return max(counts.values(), default=1)

    def _with_more(self, cluster: Cluster, kind: Kind, count: int) -> tuple[_Trial, Edit] | None:
        edit = self.editor.more_people(count, self._facts(cluster, kind), self.problem.person_index)
        problem = self._variant(edit)
        trial = self._try(problem, cluster) if problem is not None else None
        return None if trial is None else (trial, edit)

    def _facts(self, cluster: Cluster, kind: Kind) -> dict[str, object]:
        first, last = cluster.dates(self.problem)
        opens = clock_text(self.problem.day_starts)
        facts: dict[str, object] = {}
        if kind.rank:
            facts["rank"] = kind.rank
        if kind.qualifications:
            facts["qualifications"] = list(kind.qualifications)
        contract = usual_contract(self.problem)
        if contract != USUAL:
            facts["contract"] = contract
        return facts | {"from": f"{date_text(first)} {opens}", "until": f"{date_text(last + 1)} {opens}"}

    # -- training ------------------------------------------------------------------------------------------------

    def _by_training(self, cluster: Cluster, base: _Trial) -> Iterator[Remedy]:
        """A qualification for people whom only its lack keeps away: those who use it in the roster that is made."""
        names = dict.fromkeys(name for kind in kinds_wanted(self.problem, cluster) for name in kind.qualifications)
        for name in names:
            lacking = [
                person
                for person, who in enumerate(self.problem.people)
                if who.qualifications.get(name, -1) < self.problem.last_date(cluster.span[1])
            ]
            trial, chosen = self._trained(cluster, name, lacking)
            if trial is None or _minutes(trial.gaps) >= _minutes(base.gaps):
                continue
            while True:
                used = self._users(trial, name, chosen, cluster)
                if len(used) >= len(chosen):
                    break
                fewer, _chosen = self._trained(cluster, name, used)
                if fewer is None or _minutes(fewer.gaps) > _minutes(trial.gaps):
                    break
                trial, chosen = fewer, used
            trial, chosen = self._fewer_trained(cluster, name, trial, chosen)
            yield self._training_remedy(base, trial, name, chosen, cluster)

    def _fewer_trained(self, cluster: Cluster, name: str, trial: _Trial, chosen: list[int]) -> tuple[_Trial, list[int]]:
        """One after the other left out, as long as nothing more stays open; only of a few."""
        for person in list(chosen) if len(chosen) <= FEW else ():
            if len(chosen) > 1:
                rest = [one for one in chosen if one != person]
                fewer, _people = self._trained(cluster, name, rest)
                if fewer is not None and _minutes(fewer.gaps) <= _minutes(trial.gaps):
                    trial, chosen = fewer, rest
        return trial, chosen

    def _trained(self, cluster: Cluster, name: str, people: list[int]) -> tuple[_Trial | None, list[int]]:
        held = set(people)
        trained = tuple(
            replace(who, qualifications={**who.qualifications, name: FOREVER}) if person in held else who
            for person, who in enumerate(self.problem.people)
        )
        return self._try(replace(self.problem, people=trained), cluster), people

    def _users(self, trial: _Trial, name: str, chosen: list[int], cluster: Cluster) -> list[int]:
        """Who of those trained serves where the qualification is asked for."""
        asking = {
            post
            for demand in self.problem.demands
            if demand.kind == "qualified" and demand.label == name
            for post in demand.posts
        } | {number for number, post in enumerate(self.problem.posts) if name in post.requires}
        window = cluster.window(self.problem)
        return [
            person
            for person in chosen
            if any(
                window[0] <= duty.start < window[1] and any(one.post in asking for one in duty.stretches)
                for duty in trial.roster.of(person)
            )
        ]

    def _training_remedy(self, base: _Trial, trial: _Trial, name: str, chosen: list[int], cluster: Cluster) -> Remedy:
        lines = tuple(
            _("{place}: give {person} the qualification {name}").format(
                place=f"{who.place.file}:{who.place.line}", person=_named(who.name, who.id), name=name
            )
            for who in (self.problem.people[person] for person in chosen)
        )
        words = plural("{n} person more with {{name}}", "{n} people more with {{name}}", len(chosen)).format(name=name)
        words += " " + _("of those who are there, trained or renewed before {date}").format(
            date=self.problem.zone.day_text(cluster.dates(self.problem)[0])
        )
        today = audit(self.problem, trial.roster)
        price = sum(one.code in ("PP210", *GAP_CODES) for one in today.findings)
        return self._remedy(trial, base, words, None, by_hand=lines, price=price)


def usual_contract(problem: Problem) -> str:
    """The contract that most people have."""
    contracts = [who.contract or USUAL for who in problem.people]
    return max(sorted(set(contracts)), key=contracts.count, default=USUAL)


def kind_text(kind: Kind) -> str:
    """Whom a remedy asks for: ``of any kind`` or ``armed, Ipda or above``."""
    parts = [*kind.qualifications, *([_("{rank} or above").format(rank=kind.rank)] if kind.rank else [])]
    return ", ".join(parts) or _("of any kind")


def _named(name: str, number: str) -> str:
    return f"{name} ({number})" if name and name != number else number
