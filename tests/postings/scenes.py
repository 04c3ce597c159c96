"""Small sites whose people relieve each other: a problem and a roster from a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from patrolplan.audit import complete
from patrolplan.errors import Place
from patrolplan.postings.outcome import Outcome
from patrolplan.postings.settling import Settings, settle
from patrolplan.problem import Break, Problem, Relief
from patrolplan.roster import Roster
from patrolplan.units import DAY_MINUTES, parse_between
from tests.tiny import tiny_problem, tiny_roster

RELIEF_LINE, BREAK_LINE = 401, 501


def guarded(
    people: Sequence[str] | Mapping[str, Mapping[str, Any] | None],
    posts: Mapping[str, Mapping[str, Any]],
    roster: Mapping[str, str],
    *,
    breaks: Sequence[tuple[str, int, str]] = (),
    walks: Mapping[tuple[int, int], int] | None = None,
    step: int = 60,
    days: int = 1,
    **more: Any,
) -> tuple[Problem, Roster]:
    """A problem and a roster.

    Parameters
    ----------
    posts
        By key ``site/post``: ``need`` (staff), ``relief`` (minutes), ``unloved``, ``kind``, ``requires``, ``shifts``.
    breaks
        Name, minutes and clock window of each; for everybody but those who lead.
    more
        See `tests.tiny.tiny_problem`; ``needs`` come after those of the posts.
    """
    facts = {key: {name: one[name] for name in ("requires", "shifts") if name in one} for key, one in posts.items()}
    needs = [{"staff": one["need"], "at": key} for key, one in posts.items() if one.get("need")]
    problem = tiny_problem(people, days, posts=facts, needs=[*needs, *more.pop("needs", ())], **more)
    placed = tuple(
        replace(
            post,
            kind=posts[post.key].get("kind", "static"),
            unloved=posts[post.key].get("unloved", 0),
            relief=Relief(minutes, step, Place("tiny.yaml", RELIEF_LINE))
            if (minutes := posts[post.key].get("relief"))
            else None,
        )
        for post in problem.posts
    )
    problem = replace(
        problem, posts=placed, walks=walks or {}, breaks=tuple(_break(problem, placed, *one) for one in breaks)
    )
    lines = {who: f"{line} ." if "@" in line and " " not in line.strip() else line for who, line in roster.items()}
    return problem, tiny_roster(problem, lines)


def _break(problem: Problem, posts: Sequence[Any], name: str, minutes: int, between: str) -> Break:
    opens, closes = parse_between(between)
    closes += DAY_MINUTES if closes <= opens else 0
    windows = tuple(
        (problem.zone.instant(day, opens), problem.zone.instant(day, closes))
        for day in range(problem.first_day, problem.last_day + 1)
    )
    bound = frozenset(number for number, post in enumerate(posts) if post.kind != "command")
    return Break(name, minutes, windows, bound, Place("tiny.yaml", BREAK_LINE))


def settled(problem: Problem, roster: Roster, **settings: Any) -> Outcome:
    """The postings of a roster, by one worker unless it says otherwise."""
    return settle(problem, roster, complete(problem, roster), Settings(**{"workers": 1, **settings}))


def minutes_at(problem: Problem, roster: Roster) -> dict[tuple[int, int], set[int]]:
    """Who stands at each post at each minute, counted one by one."""
    found: dict[tuple[int, int], set[int]] = {}
    for stretch in roster.stretches:
        if stretch.post is not None and stretch.kind == "duty":
            for minute in range(stretch.start, stretch.end):
                found.setdefault((stretch.post, minute), set()).add(stretch.person)
    return found


def clock(problem: Problem, roster: Roster, person: str) -> str:
    """The stretches of one person in words: ``p 07:00-11:00, q 11:00-19:00``."""
    number = problem.person_index[person]
    return ", ".join(
        f"{problem.posts[one.post or 0].name} {problem.zone.iso(one.start)[11:16]}-{problem.zone.iso(one.end)[11:16]}"
        for duty in roster.of(number)
        for one in duty.stretches
    )
