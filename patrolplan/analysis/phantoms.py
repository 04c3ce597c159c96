"""People who are not there: as many as wanted of one kind, bound by the rules that would bind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from patrolplan.problem import Absence, HeldDuty, Problem
from patrolplan.units import Span

PREFIX = "NEW-"


def with_phantoms(problem: Problem, person: int, count: int, *, alone: bool = False) -> Problem:
    """A problem with so many people like one of it instead of that one.

    Parameters
    ----------
    person
        Who is repeated; every rule that binds this person binds all of them.
    alone
        Whether they are the only people; there is no history then.
    """
    others = [] if alone else [index for index in range(len(problem.people)) if index != person]
    number = {index: place for place, index in enumerate(others)}
    who, width = problem.people[person], len(str(max(1, count)))
    phantoms = tuple(
        replace(who, id=f"{PREFIX}{index + 1:0{width}d}", name="", placeholder=True) for index in range(count)
    )
    new = frozenset(range(len(others), len(others) + count))
    rules = tuple(
        replace(
            rule,
            people=frozenset(number[one] for one in rule.people if one in number)
            | (new if person in rule.people else frozenset()),
        )
        for rule in problem.rules
        if not alone or person in rule.people
    )
    people = (*(problem.people[index] for index in others), *phantoms)
    if alone:
        return replace(problem, people=people, rules=rules, history=(), held=(), published=())
    return replace(
        problem,
        people=people,
        rules=rules,
        history=_renumbered(problem.history, number),
        held=_renumbered(problem.held, number),
        published=_renumbered(problem.published, number),
    )


def _renumbered(duties: Iterable[HeldDuty], number: Mapping[int, int]) -> tuple[HeldDuty, ...]:
    return tuple(replace(duty, person=number[duty.person]) for duty in duties if duty.person in number)


def without(problem: Problem, people: frozenset[int]) -> Problem:
    """A problem in which some people are absent throughout."""
    gone = Absence(problem.start, problem.end + 1, "spared")
    return replace(
        problem,
        people=tuple(
            replace(who, absences=(*who.absences, gone)) if index in people else who
            for index, who in enumerate(problem.people)
        ),
    )


def present(problem: Problem, span: Span) -> list[int]:
    """People who are there at some time of a span."""
    found = []
    for index, who in enumerate(problem.people):
        cursor = span[0]
        for absence in sorted(who.absences, key=lambda one: (one.start, one.end)):
            if absence.starts_only or absence.start > cursor:
                continue
            cursor = max(cursor, absence.end)
        if cursor < span[1]:
            found.append(index)
    return found
