"""Pay and premiums: what everybody earns, and what the duties at every site cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from patrolplan.audit import complete
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.cost.check import Earned, earnings
from patrolplan.rules.cost.spec import Cost


@dataclass(frozen=True, slots=True)
class Income:
    """What one person earns in the operation, in whole units of the currency; `minutes` without standby."""

    person: int
    minutes: int
    earned: Earned


def pay_rules(problem: Problem) -> list[Rule]:
    """The rules that say what is paid: those without a budget, or those with one if there are no others.

    Where the file has no rule of pay but people who have a pay of their own, a rule without premiums stands for them.
    """
    every = [rule for rule in problem.rules if rule.name == "cost"]
    priced = [rule for rule in every if cast(Cost, rule.spec).budget is None] or every
    paid = frozenset(index for index, who in enumerate(problem.people) if who.pay is not None)
    if priced or not paid:
        return priced
    return [Rule("cost", "cost", Cost.model_validate({"pay": 0, "per": 1}), paid)]


def budgets(problem: Problem) -> list[int]:
    """The most that all may be paid together, by every rule that says so."""
    found = (cast(Cost, rule.spec).budget for rule in problem.rules if rule.name == "cost")
    return [budget for budget in found if budget is not None]


def incomes(problem: Problem, roster: Roster, days: Sequence[int] | None = None) -> list[Income]:
    """What everybody earns who is paid, in the order of the people.

    Of several rules that bind a person the first counts, or all of them where each holds only during some time.

    Parameters
    ----------
    roster
        Duties of the plan; history and held duties of the problem are added where it lacks them.
    days
        Consecutive dates on which the duties start that are counted, without overtime, which belongs to whole periods;
        None for the whole operation.
    """
    whole = complete(problem, roster)
    found = []
    for person in range(len(problem.people)):
        rules = _rules_of(problem, person)
        if not rules:
            continue
        inside = [duty for duty in whole.of(person) if duty.start >= problem.start]
        if days is None:
            earned = _sum(earnings(problem, rule, person, whole.of(person)) for rule in rules)
        else:
            inside = [duty for duty in inside if days[0] <= duty.day <= days[-1]]
            earned = _sum(_plainly(problem, rule, person, duty) for rule in rules for duty in inside)
        minutes = sum(duty.end - duty.start for duty in inside if not duty.on_call)
        found.append(Income(person, minutes, earned))
    return found


def pay_at_sites(problem: Problem, roster: Roster, days: Sequence[int] | None = None) -> dict[int | None, int] | None:
    """Pay and premiums of duties by the site where they start, or None if the file has no pay.

    Standby without a site, and duties without a post, stand under None; overtime belongs to no site.

    Parameters
    ----------
    days
        Consecutive dates on which the duties start; None for the whole operation.
    """
    if not pay_rules(problem):
        return None
    found: dict[int | None, int] = defaultdict(int)
    for person in range(len(problem.people)):
        for rule in _rules_of(problem, person):
            for duty in roster.of(person):
                if duty.start >= problem.start and (days is None or days[0] <= duty.day <= days[-1]):
                    found[_site(problem, duty)] += _plainly(problem, rule, person, duty).total
    return found


def _plainly(problem: Problem, rule: Rule, person: int, duty: Duty) -> Earned:
    """What one duty earns by itself, without overtime."""
    plain = replace(rule, spec=cast(Cost, rule.spec).model_copy(update={"overtime": ()}))
    return earnings(problem, plain, person, [duty])


def _rules_of(problem: Problem, person: int) -> list[Rule]:
    found = [rule for rule in pay_rules(problem) if person in rule.people]
    return found if all(rule.during is not None for rule in found) else found[:1]


def _site(problem: Problem, duty: Duty) -> int | None:
    return None if duty.post is None else problem.posts[duty.post].site


def total(found: Iterable[Income]) -> Earned:
    """What all earn together."""
    return _sum(one.earned for one in found)


def _sum(found: Iterable[Earned]) -> Earned:
    parts = list(found)
    return Earned(
        sum(one.basic for one in parts),
        sum(one.premiums for one in parts),
        sum(one.standby for one in parts),
        sum(one.overtime for one in parts),
    )
