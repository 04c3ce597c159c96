"""How many people an operation needs, of which kind and when: bounds by counting, rosters by solving."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from patrolplan.analysis.explanation import filling_turns
from patrolplan.analysis.gaps import GAP_CODES, GapGroup, merge_gaps
from patrolplan.analysis.headcount import (
    Kind,
    head_count,
    kinds,
    limit,
    minutes_in,
    present_share,
)
from patrolplan.analysis.phantoms import present, with_phantoms, without
from patrolplan.analysis.reasons import Interviewer
from patrolplan.analysis.remedies import FAR, NEAR, clusters, most_short
from patrolplan.analysis.staffed import Case, Count, Part, Relief, Staffing
from patrolplan.audit import Audit, audit
from patrolplan.config.editing import Edit, Editor
from patrolplan.config.merging import VARIANT_LABEL, Variant
from patrolplan.engine.capacity import Capacity
from patrolplan.engine.cover import least_gaps
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.findings import Severity
from patrolplan.language import _
from patrolplan.plan.explaining import USUAL, open_gaps, usual_contract
from patrolplan.plan.loading import Operation, around, load_operation
from patrolplan.plan.supply import Supply
from patrolplan.problem import Problem
from patrolplan.roster import Roster, join_rosters, make_roster
from patrolplan.units import DAY_MINUTES, WEEK_DAYS, Span

LONGEST_QUESTION = 20.0
"""Most seconds on the clock for one roster."""
COUNTING_SHARE = 0.3
"""Share of the time in which it is counted what people can serve at most."""
TRIES = 4
"""How many numbers of people above a bound are tried one by one; then the steps become longer."""


def staffing(operation: Path, *, what_if: Sequence[str] = (), time_limit: float = 60.0, parts: bool = True) -> Staffing:
    """Say how many people an operation needs.

    Parameters
    ----------
    what_if
        Changes that are looked at besides, such as ``rest=12h``.
    time_limit
        Seconds for all rosters together.
    parts
        Whether rosters are made for phases and kinds, too, and people to spare are looked for.

    Raises
    ------
    InputError
        If the operation cannot be read or a change is not understood.
    """
    editor = Editor(operation)
    edits = [("", None), *((text, editor.what_if(text)) for text in what_if)]
    loaded = [_Loaded(operation, editor, name, edit) for name, edit in edits]
    end = time.monotonic() + time_limit
    cases = []
    for number, (name, one) in enumerate(zip((name for name, _edit in edits), loaded, strict=True)):
        share = (end - time.monotonic()) / (len(loaded) - number)
        cases.append(_Count(name, one, time.monotonic() + share, is_first=parts and not number).case())
    return Staffing(tuple(cases), loaded[0].operation.warnings)


class _Loaded:
    """An operation with a change, and the same with one more person of a kind."""

    def __init__(self, path: Path, editor: Editor, name: str, edit: Edit | None) -> None:
        self._path = path
        self._name = name
        self._editor = editor
        self._edit = edit
        self.operation = self._load(None)
        self.problem = self.operation.problem

    def with_one(self, kind: Sequence[Kind]) -> Problem:
        """The problem with one more person at its end, who holds what some kinds name."""
        contract = usual_contract(self.problem)
        ranks = [one.rank for one in kind if one.rank]
        facts: dict[str, object] = {"qualifications": [one.qualification for one in kind if one.qualification]}
        if ranks:
            facts["rank"] = max(ranks, key=self.problem.ranks.index)
        if contract != USUAL:
            facts["contract"] = contract
        return self._load(self._editor.more_people(1, facts, self.problem.person_index)).problem

    def _load(self, more: Edit | None) -> Operation:
        edits = [one for one in (self._edit, more) if one is not None]
        variant: Variant | None = None
        if edits:
            variant = (edits[0] if len(edits) == 1 else edits[0] + edits[1]).variant
        try:
            return load_operation(self._path, variant=variant)
        except InputError as error:
            if self._edit is None:
                raise
            words = _('--what-if "{change}": {message}')
            said = [
                Complaint(words.format(change=self._name, message=one.message), _own(one.place))
                for one in error.complaints
            ]
            raise InputError(said) from None


class _Count:
    """Counts and solves for one operation."""

    def __init__(self, name: str, loaded: _Loaded, deadline: float, *, is_first: bool) -> None:
        self.name = name
        self.loaded = loaded
        self.problem = loaded.problem
        self.deadline = deadline
        self.is_first = is_first
        self.span = (self.problem.start, self.problem.end)
        self.ideal = loaded.with_one(kinds(self.problem))
        self.phantom = len(self.ideal.people) - 1
        seconds = COUNTING_SHARE * (deadline - time.monotonic())
        self.supply = Supply(self.problem, Capacity(self.ideal, seconds))
        self.capacity = self.supply.capacity
        self.kinds = self.supply.kinds

    def case(self) -> Case:
        """Everything about this operation."""
        first, result = self._solve(self.problem)
        total = self._attained(self._least(Kind(), self.span), self.ideal, self.span)
        more, kind, result = self._more(first, result)
        spare = tuple(self._spare(more, total)) if self.is_first and more.reached == 0 else None
        phases = tuple(self._phases())
        whole = limit(self.ideal, self.phantom, self.span)
        return Case(
            self.name,
            self.problem,
            whole,
            present_share(self.problem),
            total,
            more,
            kind,
            None if result is None else result.open_shifts,
            None if result is None else result.gap_minutes,
            phases,
            tuple(self._by_kind()),
            tuple(self._posts(whole.minutes)),
            spare,
            self.loaded.operation.warnings,
            time.monotonic() < self.deadline,
        )

    # -- bounds --------------------------------------------------------------------------------------------------

    def _least(self, kind: Kind, inside: Span) -> Count:
        """How many people of a kind there must be, none of them ever absent, by what one can serve in any stretch."""
        best, where = 0.0, None
        for window in self.supply.windows:
            if window[0] < inside[0] or window[1] > inside[1]:
                continue
            needed = self.supply.needed(kind, window)
            known = self.capacity.at_least(self.phantom, window)
            if not needed or (known and needed <= best * known):
                continue
            most = self.capacity.most(self.phantom, window)
            if most and needed > best * most:
                best, where = needed / most, window
        return Count(_up(best), span=where)

    def _least_more(self) -> tuple[Count, list[Kind]]:
        """How many people are missing at least, with those who are there serving all they may, and the scarce kinds."""
        best, where = 0, None
        scarce: dict[Kind, None] = {}
        for kind in self.kinds:
            for window in self._tightest(kind):
                needed = self.supply.needed(kind, window)
                most = self.capacity.most(self.phantom, window)
                missing = needed - self.supply.most(kind, window)
                if missing > 0 and kind.label:
                    scarce[kind] = None
                if most and _up(missing / most) > best:
                    best, where = _up(missing / most), window
        return Count(best, span=where), list(scarce)

    def _least_open(self) -> int:
        """Person-minutes that stay open at least, with those who are there serving as much as they may."""
        return max(
            self.supply.needed(kind, window) - self.supply.most(kind, window)
            for kind in self.kinds
            for window in self._tightest(kind)
        )

    def _tightest(self, kind: Kind) -> list[Span]:
        """The stretches of time in which people of a kind are scarcest."""
        found = self.supply.tightest(kind, self.supply.windows)
        alike = self._least(kind, self.span).span
        return found if alike is None or alike in found else [alike, *found]

    # -- rosters -------------------------------------------------------------------------------------------------

    def _attained(self, count: Count, like: Problem, span: Span) -> Count:
        """The fewest people, all alike, with whom a roster without gaps is found for a stretch of time."""
        person, number = len(like.people) - 1, max(1, count.lower)
        for attempt in range(3 * TRIES):
            problem = with_phantoms(like, person, number, alone=True)
            if span != self.span:
                problem = around(problem, make_roster(problem, ()), span)
            roster, result = self._solve(problem)
            if roster is None or result is None:
                break
            if not _gaps(problem, result, span):
                return replace(count, reached=number, roster=roster, problem=problem)
            number += 1 if attempt < TRIES else max(1, number // 10)
        return count

    def _solve(self, problem: Problem, start: Roster | None = None) -> tuple[Roster | None, Audit | None]:
        left = self.deadline - time.monotonic()
        if left <= 0:
            return None, None
        outcome = least_gaps(problem, min(left, LONGEST_QUESTION), start=start)
        if outcome.roster is None:
            return None, None
        return outcome.roster, audit(problem, outcome.roster, since=problem.window[0])

    def _more(self, roster: Roster | None, result: Audit | None) -> tuple[Count, tuple[str, ...], Audit | None]:
        """How many people are missing, what each of them holds, and what is open without them."""
        lower, scarce = self._least_more()
        if roster is None or result is None:
            return lower, (), None
        if _weight(self.problem, result) > (0, self._least_open()):
            roster, result = self._tightened(self.problem, roster, result)
        if not _gaps(self.problem, result):
            return replace(lower, reached=0, roster=roster, problem=self.problem), (), result
        for wanted in (scarce or [Kind()], self.kinds):
            label = tuple(one.label for one in wanted if one.label)
            found = self._fewest_more(lower, self.loaded.with_one(wanted), roster, result)
            if found is not None:
                return found, label, result
        return lower, (), result

    def _fewest_more(self, lower: Count, like: Problem, roster: Roster, result: Audit) -> Count | None:
        """The fewest more people, all alike, with whom a roster without gaps is found."""
        person = len(like.people) - 1
        number = max(1, lower.lower)
        most = max(number, most_short(_closable(self.problem, result))) * 3 + TRIES
        attempt, failed, found = 0, 0, None
        while number <= most and time.monotonic() < self.deadline:
            problem = with_phantoms(like, person, number)
            whole, after = self._tightened(problem, roster, audit(problem, roster), stop_early=True)
            if not _gaps(problem, after):
                found = replace(lower, reached=number, roster=whole, problem=problem)
                if number - failed <= 1 or number == lower.lower:
                    break
                most, number = number - 1, (failed + number) // 2
                continue
            failed = number
            attempt += 1
            number += 1 if attempt < TRIES or found else max(1, number // 5)
        return found

    def _tightened(
        self, problem: Problem, roster: Roster, result: Audit, *, stop_early: bool = False
    ) -> tuple[Roster, Audit]:
        """A roster planned anew around each of its gaps."""
        interviewer = Interviewer(problem, roster)
        gaps = [interviewer.explain(gap) for gap in _closable(problem, result)]
        for cluster in clusters(gaps):
            for window in dict.fromkeys(cluster.window(problem, days) for days in (NEAR, FAR)):
                narrow = around(problem, roster, window)
                part, _result = self._solve(narrow, roster)
                if part is None:
                    break
                outside = [duty for duty in roster.duties if not window[0] <= duty.start < window[1]]
                kept = make_roster(problem, (stretch for duty in outside for stretch in duty.stretches))
                whole = join_rosters(problem, kept, part)
                after = audit(problem, whole)
                if _weight(problem, after) < _weight(problem, result):
                    roster, result = whole, after
                opens, closes = cluster.window(problem, FAR)
                if not any(gap.end > opens and gap.start < closes for gap in _closable(problem, result)):
                    break
            else:
                if stop_early:
                    break
        return roster, result

    # -- parts ---------------------------------------------------------------------------------------------------

    def _phases(self) -> Iterator[Part]:
        """Everybody, phase by phase."""
        for phase in self.problem.phases:
            span = (phase.start, phase.end)
            count = self._least(Kind(), span)
            count = self._attained(count, self.ideal, span) if self.is_first else count
            there = len(present(self.problem, span))
            yield Part(phase.name, span, count, there, limit(self.ideal, self.phantom, span))

    def _by_kind(self) -> Iterator[Part]:
        """Each qualification and rank, over the whole operation: with needs for nobody else."""
        for kind in self.kinds[1:]:
            demands = tuple(one for one in self.problem.demands if kind.is_counted_by(self.problem, one))
            posts = {post for demand in demands for post in demand.posts}
            asked = replace(
                self.ideal,
                demands=demands,
                asked=(),
                slots=tuple(slot for slot in self.ideal.slots if slot.post in posts and not slot.training),
            )
            count = self._least(kind, self.span)
            count = self._attained(count, asked, self.span) if self.is_first else count
            there = sum(
                kind.holds(self.problem, person, self.problem.first_day) for person in present(self.problem, self.span)
            )
            yield Part(kind.label, self.span, count, there, limit(self.ideal, self.phantom, self.span))

    def _posts(self, minutes: float) -> Iterator[Relief]:
        """What each post takes a week."""
        weeks = (self.span[1] - self.span[0]) / (WEEK_DAYS * DAY_MINUTES)
        for number, post in enumerate(self.problem.posts):
            demands = tuple(one for one in self.problem.demands if one.posts == frozenset({number}))
            own = replace(self.problem, demands=demands)
            needed = minutes_in(head_count(own, Kind()), self.span) / weeks
            if needed:
                yield Relief(post.key, needed, needed / minutes if minutes else 0.0)

    def _spare(self, more: Count, total: Count) -> Iterable[int]:
        """People without whom a roster without gaps is found, too: those who hold least and serve least."""
        assert more.roster is not None
        roster = more.roster
        order = sorted(
            range(len(self.problem.people)),
            key=lambda person: (
                sum(one.holds(self.problem, person, self.problem.first_day) for one in self.kinds[1:]),
                len(roster.of(person)),
                self.problem.people[person].id,
            ),
        )
        low, high = 0, max(0, len(order) - total.lower)
        number = high
        while low < high:
            problem = without(self.problem, frozenset(order[:number]))
            found, result = self._solve(problem)
            if found is not None and result is not None and not _gaps(problem, result):
                low = number
            else:
                high = number - 1
            number = (low + high + 1) // 2
        return sorted(order[:low])


def _own(place: Place) -> Place:
    """A place in a file; none in the text of a change."""
    return Place() if place.file == VARIANT_LABEL else place


def _up(amount: float) -> int:
    """Rounded up, with a hair of tolerance against the noise of a division."""
    return max(0, -int(-(amount - 1e-9) // 1))


def _closable(problem: Problem, result: Audit, span: Span | None = None) -> list[GapGroup]:
    """Gaps, inside a span if one is given, that people could fill: where no shift is planned, nobody can."""
    found = [
        finding
        for gap in open_gaps(problem, result)
        for finding in gap.findings
        if (span is None or ((finding.start or 0) < span[1] and (finding.end or 0) > span[0]))
        and filling_turns(problem, finding)
    ]
    return merge_gaps(problem, found)


def _gaps(problem: Problem, result: Audit, span: Span | None = None) -> bool:
    """Whether a roster has gaps that people could fill, or breaks a hard rule."""
    return bool(_closable(problem, result, span)) or any(
        one.severity is Severity.HARD and one.code not in GAP_CODES for one in result.findings
    )


def _weight(problem: Problem, result: Audit) -> tuple[int, int]:
    broken = sum(one.severity is Severity.HARD and one.code not in GAP_CODES for one in result.findings)
    return broken, sum(gap.person_minutes for gap in _closable(problem, result))
