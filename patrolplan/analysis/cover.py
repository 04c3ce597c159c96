"""Who is present and who is needed: of each post through a date, by date, and by phase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from patrolplan.audit import complete
from patrolplan.language import _
from patrolplan.problem import AT_LEAST, Demand, Phase, Problem
from patrolplan.roster import Roster
from patrolplan.rules.cover.check import posted_stretches, presence
from patrolplan.units import DAY_MINUTES, Span, merge_spans, overlap


@dataclass(frozen=True, slots=True)
class CoverStep:
    """A stretch of time in which neither the people present nor the people needed change.

    Attributes
    ----------
    present, needed
        People of all kinds.
    short
        People missing: the largest shortfall of any need, also of a qualification or rank.
    """

    start: int
    end: int
    present: int
    needed: int
    short: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of people that a post needs at some time: a qualification, or a rank or above."""

    label: str
    start: int
    end: int
    count: int


@dataclass(frozen=True, slots=True)
class OpenPart:
    """People missing in the same stretches of a shift; without stretches they are missing throughout."""

    people: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class DateCover:
    """A post on one date of duty, at its worst minute."""

    day: int
    present: int
    needed: int
    short: int
    open_minutes: int


@dataclass(frozen=True, slots=True)
class CoverShare:
    """How much of a post's need is met in a phase, in person-minutes of staff."""

    post: int
    phase: str
    needed_minutes: int
    open_minutes: int

    @property
    def share(self) -> float:
        """Part of the need that is met, 1 if nothing is needed."""
        return 1.0 if not self.needed_minutes else 1 - self.open_minutes / self.needed_minutes


@dataclass(frozen=True, slots=True)
class _Piece:
    """One need of a post over a stretch of time without change."""

    demand: Demand
    start: int
    end: int
    people: int
    count: int


class Cover:
    """Cover of every post by a roster. Needs of whole sites or groups are not told by post.

    Parameters
    ----------
    roster
        Duties of the plan; history and held duties of the problem are added where it lacks them.
    """

    def __init__(self, problem: Problem, roster: Roster) -> None:
        self._problem = problem
        self._roster = complete(problem, roster)

    def steps(self, post: int, start: int, end: int) -> list[CoverStep]:
        """Cover of a post from one instant to another, without holes."""
        pieces = [piece for piece in self._pieces[post] if overlap((piece.start, piece.end), (start, end))]
        standing = [span for span in self._standing[post] if overlap(span, (start, end))]
        edges = {start, end}
        for one in (*((piece.start, piece.end) for piece in pieces), *standing):
            edges.update(edge for edge in one if start < edge < end)
        cuts = sorted(edges)
        steps: list[CoverStep] = []
        for opens, closes in pairwise(cuts):
            steps.append(_step(pieces, standing, opens, closes))
            if len(steps) > 1 and _is_same(*steps[-2:]):
                steps[-2:] = [CoverStep(steps[-2].start, closes, steps[-1].present, steps[-1].needed, steps[-1].short)]
        return steps

    def kinds(self, post: int, start: int, end: int) -> list[Kind]:
        """Qualifications and ranks that a post needs between two instants."""
        found = {
            (piece.demand.label, piece.demand.kind, piece.count): (max(piece.start, start), min(piece.end, end))
            for piece in self._pieces[post]
            if piece.demand.kind != "staff" and piece.count and overlap((piece.start, piece.end), (start, end))
        }
        return [
            Kind(label if kind == "qualified" else _("{label} or above").format(label=label), *span, count)
            for (label, kind, count), span in sorted(found.items())
        ]

    def dates(self, post: int) -> list[DateCover]:
        """Cover of a post on every date of duty, from one start of the day to the next."""
        return [self._date(post, day) for day in range(self._problem.first_day, self._problem.last_day + 1)]

    def shares(self) -> list[CoverShare]:
        """How much of each post's need is met, phase by phase; one phase ``operation`` if there are none."""
        problem = self._problem
        phases = problem.phases or (Phase("operation", problem.start, problem.end),)
        return [
            CoverShare(
                post,
                phase.name,
                sum(step.needed * (step.end - step.start) for step in steps),
                sum(max(0, step.needed - step.present) * (step.end - step.start) for step in steps),
            )
            for post in range(len(problem.posts))
            for phase in phases
            for steps in [self.steps(post, phase.start, phase.end)]
        ]

    def missing(self, post: int, start: int, end: int) -> int:
        """Largest number of people missing at a post at any minute between two instants."""
        return max((max(0, step.needed - step.present) for step in self.steps(post, start, end)), default=0)

    def open_parts(self, post: int, shift: int, day: int) -> list[OpenPart]:
        """Who is missing at a post in a shift of a date: those missing throughout first, then by time.

        Time that several shifts share is told of the one that holds most of the gap, so that no gap is told twice.
        """
        span = self._problem.shift_span(shift, day)
        found: dict[tuple[Span, ...], int] = {}
        for runs in self._gap_runs(post, *span):
            inside = [(max(run[0], span[0]), min(run[1], span[1])) for run in runs]
            own = tuple(
                part
                for run, part in zip(runs, inside, strict=True)
                if part == span or self._is_told_here(post, shift, day, run, part)
            )
            if own:
                found[own] = found.get(own, 0) + 1
        return [OpenPart(count, () if spans == (span,) else spans) for spans, count in found.items()]

    def _gap_runs(self, post: int, start: int, end: int) -> Iterator[list[Span]]:
        """For the first missing person, the second ...: the gaps, in full length, that touch a stretch of time."""
        if not self.missing(post, start, end):
            return
        steps = self.steps(post, start - DAY_MINUTES, end + DAY_MINUTES)
        for level in range(1, max(step.needed - step.present for step in steps) + 1):
            short = merge_spans((step.start, step.end) for step in steps if step.needed - step.present >= level)
            yield [run for run in short if overlap(run, (start, end))]

    def _is_told_here(self, post: int, shift: int, day: int, run: Span, part: Span) -> bool:
        """Whether no other shift that runs in the same time holds more of the gap, or as much and starts earlier."""
        turns = {
            (other, one): self._problem.shift_span(other, one)
            for other in self._problem.posts[post].shifts
            for one in (day - 1, day, day + 1)
        }
        turns[shift, day] = self._problem.shift_span(shift, day)
        rivals = [turn for turn, span in turns.items() if overlap(span, part) == part[1] - part[0]]
        return (shift, day) == min(rivals, key=lambda turn: (-overlap(turns[turn], run), turns[turn], turn))

    def _date(self, post: int, day: int) -> DateCover:
        steps = self.steps(post, *day_span(self._problem, day))
        worst = max(steps, key=lambda step: (step.short, step.needed, -step.present))
        open_minutes = sum(step.short * (step.end - step.start) for step in steps)
        return DateCover(day, worst.present, worst.needed, worst.short, open_minutes)

    @cached_property
    def _pieces(self) -> dict[int, list[_Piece]]:
        posted = posted_stretches(self._roster)
        found: dict[int, list[_Piece]] = defaultdict(list)
        for demand in self._problem.demands:
            if demand.kind in AT_LEAST and len(demand.posts) == 1:
                (post,) = demand.posts
                found[post] += [
                    _Piece(demand, part.start, part.end, part.people, part.window.count)
                    for part in presence(self._problem, demand, posted)
                ]
        return found

    @cached_property
    def _standing(self) -> dict[int, list[Span]]:
        found: dict[int, list[Span]] = defaultdict(list)
        for post, stretches in posted_stretches(self._roster).items():
            found[post] = [(stretch.start, stretch.end) for _, stretch in stretches]
        return found


def _step(pieces: Sequence[_Piece], standing: Sequence[Span], start: int, end: int) -> CoverStep:
    here = [piece for piece in pieces if piece.start <= start < piece.end]
    return CoverStep(
        start,
        end,
        sum(opens <= start < closes for opens, closes in standing),
        max((piece.count for piece in here), default=0),
        max((piece.count - piece.people for piece in here if piece.people < piece.count), default=0),
    )


def _is_same(one: CoverStep, other: CoverStep) -> bool:
    return (one.present, one.needed, one.short) == (other.present, other.needed, other.short)


def day_span(problem: Problem, day: int) -> Span:
    """A date of duty: from the start of the operation's day on a date to that on the next."""
    return problem.day_span(day)


def phases_of(problem: Problem, day: int) -> list[str]:
    """Names of the phases that run on a date of duty."""
    span = day_span(problem, day)
    return [phase.name for phase in problem.phases if overlap(span, (phase.start, phase.end))]


def worst_dates(problem: Problem, roster: Roster, most: int = 3) -> list[int]:
    """Dates with gaps, those with most missing person-minutes first."""
    cover = Cover(problem, roster)
    open_minutes: dict[int, int] = defaultdict(int)
    for date in _all_dates(problem, cover):
        open_minutes[date.day] += date.open_minutes
    return sorted((day for day in open_minutes if open_minutes[day]), key=lambda day: (-open_minutes[day], day))[:most]


def _all_dates(problem: Problem, cover: Cover) -> Iterator[DateCover]:
    for post in range(len(problem.posts)):
        yield from cover.dates(post)
