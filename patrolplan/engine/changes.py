"""What a roster changes against an older one, as linking rows between cover and everything else.

A slot that hands over from one person to another is one change: its changes are the old holders who are gone, and the
people by whom it has more than before. So are they counted on a level of their own, which follows all levels on which
cover can fall short and goes before all others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from patrolplan.engine.formulation import Formulation
from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm
from patrolplan.model.variables import Variables
from patrolplan.problem import AT_LEAST, Demand, Problem, Rule
from patrolplan.units import COST_SCALE

CHANGES = "changes"
"""Stands for the id of a rule in the rows about changes."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Levels of a repair.

    Attributes
    ----------
    cover
        Levels on which gaps cost, hard linking rules (0) first.
    changes
        Level of changed duties, `COST_SCALE` each.
    notice
        Level of those that somebody hears of too late.
    calls
        Level of changed standby.
    """

    cover: tuple[int, ...]
    changes: int
    notice: int
    calls: int


def climb(problem: Problem) -> tuple[Problem, Ladder]:
    """A problem whose gaps come first, then room for what is changed, then the rest in its old order."""
    asking = [one.level for one in problem.demands if one.kind in AT_LEAST]
    asking += [rule.level for rule in problem.rules if _leaves_gaps(rule)]
    step = {level: number for number, level in enumerate(sorted(set(asking)), 1)}
    ladder = Ladder((0, *step.values()), len(step) + 1, len(step) + 2, len(step) + 3)

    def later(level: int) -> int:
        return level + ladder.calls

    def demand(one: Demand) -> Demand:
        return replace(one, level=step[one.level] if one.kind in AT_LEAST else later(one.level))

    def rule(one: Rule) -> Rule:
        return replace(one, level=step[one.level] if _leaves_gaps(one) else later(one.level))

    demands, asked = tuple(map(demand, problem.demands)), tuple(map(demand, problem.asked))
    return replace(problem, demands=demands, asked=asked, rules=tuple(map(rule, problem.rules))), ladder


def _leaves_gaps(rule: Rule) -> bool:
    return rule.name == "command" and rule.weight is not None


class ChangeRows:
    """Adds the rows about changes to a formulation that is made.

    Parameters
    ----------
    held
        What everybody held: slots and standby of the planned window.
    heard
        Instant at which people hear of the change; their contracts' notice counts from then.
    """

    def __init__(self, problem: Problem, ladder: Ladder, held: Sequence[Iterable[int]], heard: int) -> None:
        self._problem = problem
        self._ladder = ladder
        self._heard = heard
        self._holders: dict[int, set[int]] = defaultdict(set)
        for person, keys in enumerate(held):
            for key in keys:
                self._holders[key].add(person)

    def add(self, links: LinkRows) -> None:
        """Add all rows."""
        everyone = links.mask(frozenset(range(len(self._problem.people))))
        for key in range(len(self._problem.slots)):
            self._add(links, key, everyone, self._ladder.changes)
            self._add_notice(links, key)
        if any(rule.name == "reserve" for rule in self._problem.rules):
            for turn in range(len(links.variables.turns)):
                self._add(links, links.variables.standby_key(turn), everyone, self._ladder.calls)

    def _add(self, links: LinkRows, key: int, everyone: int, level: int) -> None:
        """Old holders who are gone, and how many more there are than before."""
        old = frozenset(self._holders.get(key, ()))
        if old:
            gone = LinkTerm(links.mask(old), (key,))
            links.rows.append(LinkRow((gone,), len(old), None, COST_SCALE, 0, level, CHANGES))
        links.rows.append(LinkRow((LinkTerm(everyone, (key,)),), None, len(old), 0, COST_SCALE, level, CHANGES))

    def _add_notice(self, links: LinkRows, key: int) -> None:
        """People who lose or get the slot within the notice of their contract."""
        slot, people = self._problem.slots[key], self._problem.people
        late = {person for person, who in enumerate(people) if slot.start - self._heard < who.notice}
        if not late:
            return
        old = self._holders.get(key, set())
        gone, new = frozenset(one for one in late & old if self._might_stay(one, key)), frozenset(late - old)
        level = self._ladder.notice
        if gone:
            term = LinkTerm(links.mask(gone), (key,))
            links.rows.append(LinkRow((term,), len(gone), None, COST_SCALE, 0, level, CHANGES))
        if new:
            term = LinkTerm(links.mask(new), (key,))
            links.rows.append(LinkRow((term,), None, 0, 0, COST_SCALE, level, CHANGES))

    def _might_stay(self, person: int, key: int) -> bool:
        """Whether no absence takes a slot from its holder anyway."""
        slot = self._problem.slots[key]
        return not any(
            gap.start < (slot.start + 1 if gap.starts_only else slot.end) and slot.start < gap.end
            for gap in self._problem.people[person].absences
        )


def slots_of_unit(formulation: Formulation, unit: int) -> set[int]:
    """Slots that count in the rows of a unit, by themselves or through what is derived from them."""
    variables: Variables = formulation.variables
    found = set()
    for number in formulation.units[unit]:
        for term in formulation.row(number).terms:
            for name in term.keys:
                parts = variables.any_of.get(name, (name,))
                for part in parts:
                    if variables.is_slot(part):
                        found.add(part)
                    elif not variables.is_standby(part):
                        found.update(variables.slots_of_turn[variables.turn_of(part)])
    return found
