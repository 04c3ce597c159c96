"""One person's own schedules, as linear rows over yes/no variables.

Personal rules fill a `PersonModel`. People who are alike in everything that personal rules see share one. The rows know
no solver: the same rows become a CP-SAT model, a linear program, or a plain evaluation of a given schedule.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from patrolplan.model.chains import BREAK, Chain, KnownLink
from patrolplan.model.variables import Variables
from patrolplan.problem import Problem, Rule
from patrolplan.units import COST_SCALE


@dataclass(frozen=True, slots=True)
class Stint:
    """A duty that a person may hold or, if `key` is None, is known to hold (history, or kept)."""

    day: int
    shift: int | None
    start: int
    end: int
    key: int | None
    post: int | None = None


@dataclass(slots=True)
class Linear:
    """A linear expression: whole coefficients by key, and a constant."""

    terms: dict[int, int] = field(default_factory=dict)
    constant: int = 0

    def add(self, key: int | None, coefficient: int = 1) -> None:
        """Add a variable, or a known yes if the key is None."""
        if key is None:
            self.constant += coefficient
        else:
            self.terms[key] = self.terms.get(key, 0) + coefficient

    def include(self, other: Linear, factor: int = 1) -> None:
        """Add another expression times a factor."""
        for key, coefficient in other.terms.items():
            self.add(key, coefficient * factor)
        self.constant += other.constant * factor


@dataclass(frozen=True, slots=True)
class Row:
    """``lower <= sum(coefficients * variables) <= upper``, hard or at a price.

    Attributes
    ----------
    keys, coefficients
        The terms.
    lower, upper
        Bounds, or None.
    price
        Cost in sixtieths per unit outside the bounds, or None if the row is hard.
    level
        Level of the cost.
    rule
        Id of the rule instance.
    """

    keys: tuple[int, ...]
    coefficients: tuple[int, ...]
    lower: int | None
    upper: int | None
    price: int | None
    level: int
    rule: str

    def violation(self, activity: int) -> int:
        """Units by which an activity lies outside the bounds."""
        if self.lower is not None and activity < self.lower:
            return self.lower - activity
        if self.upper is not None and activity > self.upper:
            return activity - self.upper
        return 0


class PersonModel:
    """The variables that one person (or class of alike people) may use, and the rows that bind them.

    Parameters
    ----------
    problem
        The facts.
    variables
        Numbering of the variables.
    person
        Index of the person, who stands for the whole class.

    Attributes
    ----------
    one_a_day
        Whether at most one duty starts on a date, so that a sum over a date is itself a yes or no.
    any_of
        Derived variables: key to the keys of which at least one must hold.
    chains
        What is counted in a row.
    """

    def __init__(self, problem: Problem, variables: Variables, person: int) -> None:
        self.problem = problem
        self.variables = variables
        self.person = person
        self.one_a_day = False
        self.rows: list[Row] = []
        self.any_of: dict[int, tuple[int, ...]] = {}
        self.chains: list[Chain] = []
        self._derived: dict[tuple[int, ...], int] = {}
        self._slots: list[Sequence[int]] = list(variables.slots_of_turn)
        for turn in variables.training_turns:
            self._slots[turn] = [
                key
                for key in variables.slots_of_turn[turn]
                if (learners := problem.slots[key].learners) is None or person in learners
            ]
        self._standby: set[int] = set()
        self._given = problem.given.get(person, ())
        self._stints: list[Stint] | None = None

    # -- what the person may hold -------------------------------------------------------------------------------

    @property
    def stints(self) -> Sequence[Stint]:
        """Known duties and possible turns (not standby), in order of start."""
        if self._stints is None:
            known = [
                Stint(duty.day, duty.shift, duty.start, duty.end, None, duty.post)
                for duty in self._given
                if duty.kind != "standby"
            ]
            possible = [
                Stint(turn.day, turn.shift, turn.start, turn.end, self.variables.turn_key(index))
                for index, turn in enumerate(self.variables.turns)
                if self._slots[index]
            ]
            self._stints = sorted(known + possible, key=lambda stint: (stint.start, stint.end))
        return self._stints

    @property
    def standbys(self) -> Sequence[Stint]:
        """Known and possible standby, in order of start."""
        known = [
            Stint(duty.day, duty.shift, duty.start, duty.end, None) for duty in self._given if duty.kind == "standby"
        ]
        possible = [
            Stint(turn.day, turn.shift, turn.start, turn.end, self.variables.standby_key(index))
            for index, turn in enumerate(self.variables.turns)
            if index in self._standby
        ]
        return sorted(known + possible, key=lambda stint: (stint.start, stint.end))

    def slots(self, turn: int) -> Sequence[int]:
        """Keys of the slots of a turn that the person may hold."""
        return self._slots[turn]

    def posts(self, stint: Stint) -> list[tuple[int, int | None]]:
        """Post and key of everything that a stint can mean; one known post for a known duty."""
        if stint.key is None:
            return [] if stint.post is None else [(stint.post, None)]
        slots = self.problem.slots
        return [(slots[key].post, key) for key in self._slots[self.variables.turn_of(stint.key)]]

    def has_standby(self, turn: int) -> bool:
        """Whether the person may be on call in a turn."""
        return turn in self._standby

    def open_standby(self, turn: int) -> None:
        """Let the person be on call in a turn."""
        self._standby.add(turn)

    def forbid_slot(self, key: int) -> None:
        """Take a slot away."""
        turn = self.variables.turn_of(key)
        self._slots[turn] = [offered for offered in self._slots[turn] if offered != key]
        self._stints = None

    def keep_slots(self, allowed: Sequence[Sequence[int]]) -> None:
        """Take all slots away but some, given by turn; lists may be shared by many people and are not changed."""
        for turn, kept in enumerate(allowed):
            offered = self._slots[turn]
            if offered is self.variables.slots_of_turn[turn]:
                self._slots[turn] = kept
            elif offered:
                wanted = set(kept)
                self._slots[turn] = [key for key in offered if key in wanted]
        self._stints = None

    def forbid_turn(self, turn: int) -> None:
        """Take every slot and the standby of a turn away."""
        self._slots[turn] = []
        self._standby.discard(turn)
        self._stints = None

    # -- expressions ---------------------------------------------------------------------------------------------

    def on_days(self, stints: Iterable[Stint]) -> dict[int, Linear]:
        """For each date one yes or no: whether any of the stints starts on it."""
        by_day: dict[int, list[Stint]] = {}
        for stint in stints:
            by_day.setdefault(stint.day, []).append(stint)
        return {day: self._any(found) for day, found in by_day.items()}

    def _any(self, stints: Sequence[Stint]) -> Linear:
        expression = Linear()
        if any(stint.key is None for stint in stints):
            expression.constant = 1
        elif self.one_a_day or len(stints) == 1:
            for stint in stints:
                expression.add(stint.key)
        else:
            expression.add(self.derive([stint.key for stint in stints if stint.key is not None]))
        return expression

    def derive(self, keys: Iterable[int]) -> int:
        """Key of a variable that is yes exactly if at least one of the keys is; keys may be derived themselves."""
        wanted = tuple(sorted({one for key in keys for one in self.any_of.get(key, (key,))}))
        if wanted not in self._derived:
            key = self.variables.first_own_key + len(self._derived)
            self._derived[wanted] = key
            self.any_of[key] = wanted
        return self._derived[wanted]

    # -- rows ----------------------------------------------------------------------------------------------------

    def bind(
        self,
        rule: Rule,
        expression: Linear,
        *,
        lower: int | None = None,
        upper: int | None = None,
        unit: int = COST_SCALE,
    ) -> None:
        """Bind an expression for a rule.

        What lies outside the bounds whatever the person does (because of known duties) is nobody's fault and costs
        nothing: the bound is moved to what can still be reached.

        Parameters
        ----------
        rule
            Decides whether the row is hard, or its weight and level.
        expression
            Left-hand side.
        lower, upper
            Bounds.
        unit
            Sixtieths of the weight that one unit outside the bounds costs; 1 for minutes under a weight per hour.
        """
        terms = {key: coefficient for key, coefficient in expression.terms.items() if coefficient}
        least = sum(min(0, coefficient) for coefficient in terms.values())
        most = sum(max(0, coefficient) for coefficient in terms.values())
        if upper is not None:
            upper = max(upper - expression.constant, least)
            upper = None if upper >= most else upper
        if lower is not None:
            lower -= expression.constant
            lower = None if lower <= least else lower
        if lower is None and upper is None:
            return
        price = None if rule.weight is None else rule.weight * unit
        self.rows.append(Row(tuple(terms), tuple(terms.values()), lower, upper, price, rule.level, rule.id))

    def bind_to(self, rule: Rule, expression: Linear, target: int, unit: int = 1) -> None:
        """Price the distance of an expression from a fixed number, on both sides; see `bind`."""
        price = None if rule.weight is None else rule.weight * unit
        terms = {key: coefficient for key, coefficient in expression.terms.items() if coefficient}
        bound = target - expression.constant
        self.rows.append(Row(tuple(terms), tuple(terms.values()), bound, bound, price, rule.level, rule.id))

    def at_most_one(self, rule: Rule, keys: Iterable[int]) -> bool:
        """At most one of the keys, whatever the weight of the rule; whether that takes a row."""
        chosen = tuple(dict.fromkeys(keys))
        if len(chosen) > 1:
            self.rows.append(Row(chosen, (1,) * len(chosen), None, 1, None, rule.level, rule.id))
        return len(chosen) > 1

    def exclude(
        self, rule: Rule, stints: Sequence[Stint], conflict: Callable[[Stint, Stint], bool], reach: int
    ) -> None:
        """Of any two stints that conflict at most one holds; written as few, large cliques, none part of the next.

        Parameters
        ----------
        stints
            In order of start.
        conflict
            Called with the earlier and the later stint; symmetric conflicts among more than two need not be transitive.
        reach
            Minutes after the end of a stint beyond which nothing conflicts with it.
        """
        longest = max((stint.end - stint.start for stint in stints), default=0)
        last: list[int] = []  # the clique of the last row
        for position, later in enumerate(stints):
            first = bisect_right(stints, later.start - longest - reach, hi=position, key=lambda stint: stint.start)
            against = [
                index
                for index in range(position - 1, first - 1, -1)
                if stints[index].end + reach > later.start and conflict(stints[index], later)
            ]
            if later.key is None or any(stints[index].key is None for index in against):
                refused = [later] if later.key is not None else [stints[index] for index in against]
                self._refuse(rule, refused)
                last = []
                continue
            held = set(last)
            if held and held.issubset(against):
                self.rows.pop()
                begun = [position, *last]
                against = [index for index in against if index not in held]
            else:
                begun = [position]
            while against or len(begun) > 1:
                rest: list[int] = []
                for index in against:
                    pairs = ((min(index, other), max(index, other)) for other in begun[1:])
                    fits = all(conflict(stints[one], stints[other]) for one, other in pairs)
                    (begun if fits else rest).append(index)
                is_row = self.at_most_one(rule, [key for index in begun if (key := stints[index].key) is not None])
                last, begun, against = begun if is_row else [], [position], rest

    def _refuse(self, rule: Rule, stints: Iterable[Stint]) -> None:
        for stint in stints:
            if stint.key is not None:
                self.rows.append(Row((stint.key,), (1,), None, 0, None, rule.level, rule.id))

    def chain(self, rule: Rule, links: Iterable[tuple[int, int, int | None, int]], most: int) -> None:
        """Let no more than so many duties of one label follow each other.

        A known duty that ends too long a run of known duties, between which nothing can be held, costs nothing.

        Parameters
        ----------
        links
            Start, end, key (None for a known duty) and label of everything that is seen.
        most
            Longest run.
        """
        places: dict[int, tuple[int, int]] = {}
        known: list[tuple[int, int, int]] = []
        order = [(turn.start, turn.end) for turn in self.variables.turns]
        for start, end, key, label in links:
            if key is None:
                known.append((bisect_left(order, (start, end)), start, label))
            else:
                places[key] = (self.variables.turn_of(key), label)
        open_turns = {turn for turn, _ in places.values()}
        found: list[KnownLink] = []
        tied = 0
        for position, (turn, start, label) in enumerate(known):
            before = known[position - 1] if position else None
            is_tied = (
                before is not None
                and label == before[2] != BREAK
                and not any(before[0] <= between < turn for between in open_turns)
            )
            tied = tied + 1 if is_tied else 0
            found.append(KnownLink(turn, label, start >= self.problem.start and tied < most))
        if all(label == BREAK for _, label in places.values()) and not any(one.is_charged for one in found):
            return
        price = None if rule.weight is None else rule.weight * COST_SCALE
        self.chains.append(Chain(places, tuple(found), most, price, rule.level, rule.id))

    def impossible(self, rule: Rule) -> None:
        """Record that a hard rule cannot be kept at all."""
        self.rows.append(Row((), (), 1, None, None, rule.level, rule.id))
