"""Bounds where linking rows choose: one alternative after the other is tried, with as few other rows as it takes.

In fractions everybody takes a little of each alternative, which costs nothing, so that only a branch and bound over
them says anything (Land and Doig 1960). Most rows have no say in it. Those that have a price in the linear program of
the whole are enough to begin with; where the cheapest case of a branch and bound over them costs more with all rows,
those that have a price there are added. With few rows more people are alike, and a program is solved in a twentieth of
the time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count

from patrolplan.engine import work
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.relaxation import Alternative, Relaxation, inner_units
from patrolplan.engine.subproblem import Effort


@dataclass(frozen=True, slots=True)
class Choice:
    """What has to be paid where linking rows choose, and what to choose.

    Attributes
    ----------
    bound
        Least that it costs, in sixtieths.
    chosen
        The alternative of each unit where it may cost no more than that, for all that is known; nothing if unknown.
    """

    bound: int
    chosen: Mapping[int, int]


def choice_bound(
    incumbent: Incumbent,
    turns: Iterable[int],
    units: Iterable[int],
    level: int,
    elsewhere: Mapping[int, int],
    effort: Effort,
) -> Choice:
    """Least that linking rows which choose an alternative cost on a level.

    Parameters
    ----------
    incumbent
        Earlier levels cost no more than here.
    turns
        All linking rows of earlier levels within them take part.
    units
        Such linking rows, within the turns. Bounds of disjoint sets of them may be added up, whatever the turns.
    elsewhere
        What earlier levels cost at least outside the turns, by level.
    """
    here, costs = frozenset(turns), incumbent.unit_costs
    choosing = set(units)
    cases = _Cases(incumbent, here, level, choosing, elsewhere)
    if cases.whole.is_too_large or not cases.whole.is_priced:
        return Choice(0, {})
    bound = cases.least(sum(costs[unit] for unit in choosing), effort)
    return Choice(max(0, bound), cases.chosen())


def most_worth(
    incumbent: Incumbent,
    turns: Iterable[int],
    level: int,
    worth: Mapping[int, int],
    elsewhere: Mapping[int, int],
    effort: Effort,
) -> int:
    """Most that all duties in some turns can be worth together.

    Parameters
    ----------
    incumbent
        Levels before this one cost no more than here.
    worth
        What one duty of anybody in each of the turns is worth; any whole numbers.
    elsewhere
        What earlier levels cost at least outside the turns, by level.
    """
    formulation = incumbent.formulation
    cases = _Cases(incumbent, frozenset(turns), level, (), elsewhere, worth)
    whole = cases.whole
    apart = range(len(formulation.problem.people)) if whole.is_too_large else whole.left_out
    slots = [formulation.model_of(person).slots for person in apart]
    beside = sum(max(0, one) for mine in slots for turn, one in worth.items() if turn in mine)
    if whole.is_too_large:
        return beside
    duties = incumbent.duties_by_turn()
    return beside - cases.least(-sum(one * duties[turn] for turn, one in worth.items()), effort)


@dataclass(frozen=True, order=True, slots=True)
class _Case:
    """A case of a branch and bound: its bound, and the alternatives that are shut out.

    Cases are ordered by bound, alike ones in the order in which they were made.

    Attributes
    ----------
    undecided
        Alternatives of a choice of which one may come next.
    others
        All that are not chosen, if nothing is undecided.
    """

    bound: int
    number: int
    shut: frozenset[Alternative] = field(compare=False)
    undecided: tuple[Alternative, ...] = field(compare=False)
    others: frozenset[Alternative] = field(compare=False)


class _Cases:
    """All ways to choose within some turns.

    Parameters
    ----------
    incumbent, turns, level, elsewhere, worth
        See `Relaxation`.
    units
        Linking rows of the level that take part, beside all of earlier levels.

    Attributes
    ----------
    whole
        The program with all rows.
    cheapest
        The case that was the cheapest one at last; None before anything was asked.
    """

    def __init__(
        self,
        incumbent: Incumbent,
        turns: frozenset[int],
        level: int,
        units: Iterable[int],
        elsewhere: Mapping[int, int],
        worth: Mapping[int, int] | None = None,
    ) -> None:
        self._units = sorted({*inner_units(incumbent.formulation, turns, level - 1), *units})
        self._with = partial(Relaxation, incumbent, turns, level, elsewhere=elsewhere, worth=worth, counted=self._units)
        self._numbers = count()
        self.whole = self._with(units=self._units)
        self.cheapest: _Case | None = None

    def chosen(self) -> dict[int, int]:
        """What the units choose in the cheapest case, as far as it says."""
        if self.cheapest is None:
            return {}
        barred = self.cheapest.shut | self.cheapest.others
        left = {
            unit: [one for one in range(len(columns)) if (unit, one) not in barred]
            for unit, columns in self.whole.choices.items()
        }
        return {unit: one[0] for unit, one in left.items() if len(one) == 1}

    def least(self, aim: int, effort: Effort) -> int:
        """Least cost, as far as there is time; to reach the aim is enough."""
        watch, whole = work.Watch(effort.deterministic), self.whole
        self.cheapest = here = root = self._case(whole, whole.lowest, frozenset(), effort, watch)
        best, kept, more = root.bound, set(whole.choices), whole.binding()
        if not root.undecided:
            return best
        while best < aim and watch.seconds < effort.seconds:
            part = self._part(kept, more, here, effort, watch)
            self.cheapest = cheapest = self._cheapest(part, best, aim, effort, watch)
            best = max(best, cheapest.bound)
            if cheapest.undecided or part is whole:
                break
            here = self._case(whole, best, cheapest.shut, effort, watch) if cheapest.shut else root
            if here.bound <= best:
                here = self._case(whole, best, cheapest.others, effort, watch)
            more = whole.binding() - kept
            if here.bound <= best:
                self.cheapest = here
            if here.bound <= best or not more:
                break
        return best

    def _part(self, kept: set[int], more: set[int], case: _Case, effort: Effort, watch: work.Watch) -> Relaxation:
        """The program with some rows and more: only those that tell nobody apart if a case costs as much then."""
        known = set[int]().union(*map(self._masks, kept))
        blind = {unit for unit in more if known.issuperset(self._masks(unit))}
        if 0 < len(blind) < len(more):
            part = self._with(units=sorted(kept | blind))
            if self._case(part, part.lowest, case.shut, effort, watch).bound >= case.bound:
                kept |= blind
                return part
        kept |= more
        return self._with(units=sorted(kept)) if len(kept) < len(self._units) else self.whole

    def _masks(self, unit: int) -> set[int]:
        """Which people the rows of a unit count, as numbers of masks."""
        formulation = self.whole.formulation
        return {term.mask for number in formulation.units[unit] for term in formulation.row(number).terms}

    def _cheapest(self, part: Relaxation, bound: int, aim: int, effort: Effort, watch: work.Watch) -> _Case:
        """The cheapest case, found by what is open yet, the cheapest first."""
        open_yet = [self._case(part, bound, frozenset(), effort, watch)]
        while open_yet[0].bound < aim and open_yet[0].undecided and watch.seconds < effort.seconds:
            case = heapq.heappop(open_yet)
            for only in case.undecided:
                shut = case.shut.union(case.undecided).difference([only])
                heapq.heappush(open_yet, self._case(part, case.bound, shut, effort, watch))
        return open_yet[0]

    def _case(
        self, part: Relaxation, bound: int, shut: frozenset[Alternative], effort: Effort, watch: work.Watch
    ) -> _Case:
        """What it costs at least with some alternatives shut out, and those of a choice that may come next."""
        found = part.least(shut, replace(effort, seconds=effort.seconds - watch.seconds))
        bound = bound if found is None else max(bound, found)
        undecided = part.undecided()
        return _Case(bound, next(self._numbers), shut, undecided, frozenset() if undecided else part.others())
