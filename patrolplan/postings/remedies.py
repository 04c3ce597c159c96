"""What would make it possible to keep relief and breaks where they are not kept: tried, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from patrolplan.postings.arrangement import Effort, misses_nothing
from patrolplan.postings.outcome import Remedy
from patrolplan.postings.turns import Standing, Turn, TurnKey, build_turn
from patrolplan.problem import Break, Problem
from patrolplan.roster import Duty

MOST_PEOPLE = 3
LONGER = (60, 120, 240)
"""Minutes by which relief is put off, and by which windows of breaks are widened, in turn."""
EFFORT = Effort(steps=3, exact=1.0)


def remedies(
    problem: Problem, standing: Standing, key: TurnKey, duties: Sequence[Duty], kinds: Iterable[str]
) -> tuple[Remedy, ...]:
    """The least of each kind that was found to help in a turn.

    Parameters
    ----------
    kinds
        What is not kept: ``relief``, ``break``.
    """
    turn = build_turn(problem, standing, key, duties)
    asked = set(kinds)
    found = [_people(problem, turn)]
    if "relief" in asked:
        most = {post: relief.most for post in turn.posts if (relief := problem.posts[post].relief) is not None}
        relieved = partial(_with_relief, problem)
        found.append(_longer(turn, relieved, standing, key, duties, "relief", min(most.values())))
    if "break" in asked:
        found.append(_longer(turn, partial(_with_windows, problem), standing, key, duties, "window", 0))
    return tuple(one for one in found if one is not None)


def _people(problem: Problem, turn: Turn) -> Remedy | None:
    """One more person without or with one quality, or several who hold them all."""
    qualities = _qualities(problem, turn)
    for held in (frozenset[str](), *(frozenset((one,)) for one in qualities)):
        if misses_nothing(problem, turn.with_helper(held, problem), EFFORT):
            return Remedy("people", 1, tuple(sorted(held)))
    more = turn
    for count in range(1, MOST_PEOPLE + 1):
        more = more.with_helper(frozenset(qualities), problem)
        if misses_nothing(problem, more, EFFORT):
            return Remedy("people", count, tuple(qualities))
    return None


def _qualities(problem: Problem, turn: Turn) -> list[str]:
    """Qualifications that posts or needs of the site ask for."""
    required = {name for post in turn.posts for name in problem.posts[post].requires}
    return sorted(required | {floor.quality[1] for floor in turn.floors if floor.quality[0] == "qualified"})


def _longer(
    turn: Turn,
    changed: Callable[[int], Problem],
    standing: Standing,
    key: TurnKey,
    duties: Sequence[Duty],
    kind: str,
    base: int,
) -> Remedy | None:
    for minutes in LONGER:
        other = changed(minutes)
        then = build_turn(other, standing, key, duties)
        if _pauses(then) < _pauses(turn):
            return None  # nobody would be on duty throughout the window, and nobody would have the break
        if misses_nothing(other, then, EFFORT):
            return Remedy("relief" if kind == "relief" else "window", base + minutes)
    return None


def _pauses(turn: Turn) -> int:
    """How many breaks are to be taken."""
    return sum(len(member.pauses) for member in turn.members)


def _with_relief(problem: Problem, minutes: int) -> Problem:
    posts = (
        post if post.relief is None else replace(post, relief=replace(post.relief, most=post.relief.most + minutes))
        for post in problem.posts
    )
    return replace(problem, posts=tuple(posts))


def _with_windows(problem: Problem, minutes: int) -> Problem:
    return replace(problem, breaks=tuple(_widened(problem.breaks, minutes)))


def _widened(breaks: Iterable[Break], minutes: int) -> Iterator[Break]:
    for one in breaks:
        yield replace(one, windows=tuple((start - minutes, end + minutes) for start, end in one.windows))
