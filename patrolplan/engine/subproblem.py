"""Part of a plan as a CP-SAT model: some people and turns are free, everything else is a constant.

With everybody and everything free this is the whole problem; with a part free it is a neighbourhood. Both come
from the same rows.
"""

from __future__ import annotations

import enum
import math
import threading
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

from ortools.sat.python import cp_model

from patrolplan.engine import work
from patrolplan.engine.counting import add_chain
from patrolplan.engine.formulation import Formulation, PersonClass, Schedule
from patrolplan.engine.incumbent import Incumbent, row_activities
from patrolplan.model.chains import Chain
from patrolplan.model.link_rows import LinkRow

LARGEST_SCALE = 10**6
"""At most how much more a sixtieth of the level counts than one of what breaks ties."""

BOUND_TOLERANCE = 1e-4
"""The solver gives bounds, whole numbers here, as floats that may lie a hair above."""

Term = tuple[cp_model.IntVar, int]


class Ties(enum.Enum):
    """What decides between answers that cost the same on the level that is aimed at.

    `LATER`: the later levels. `STAY`: as few changes as possible, which is quicker. `NONE`: nothing, so that the
    solver's bound is the level's own.
    """

    LATER = "later"
    STAY = "stay"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try.

    Attributes
    ----------
    seconds
        Limit in seconds, or in seconds of counted work if `deterministic`; see `work`.
    workers, seed
        Passed to the solver.
    light
        Little presolve: right for a neighbourhood with a good hint, wrong for a whole problem.
    """

    seconds: float
    workers: int = 1
    seed: int = 0
    deterministic: bool = False
    light: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a subproblem came back with.

    Attributes
    ----------
    changes
        New schedules of the free people, or None if none was found.
    solved
        Whether the answer is proved best (or that there is none).
    bound
        Lower bound of the aimed level's cost inside the free part, in sixtieths.
    spent
        Effort used, in the unit of the limit.
    """

    changes: dict[int, Schedule] | None
    solved: bool
    bound: int
    spent: float


class Subproblem:
    """A CP-SAT model of some people over some turns.

    Parameters
    ----------
    incumbent
        What holds where nothing is free; also the hint.
    people
        Who is free.
    turns
        When they are free.
    level
        Level to improve. Levels before it may not get worse.
    ties
        What decides between answers that cost the same on the level.
    offered
        The only slots and standby that each person may hold in the free turns; everything for people left out.
    most
        Cost that a later level may have at most in the whole plan, in sixtieths, by level.
    last
        The last of the later levels that decide between answers.
    """

    def __init__(
        self,
        incumbent: Incumbent,
        people: Iterable[int],
        turns: Iterable[int],
        level: int,
        ties: Ties = Ties.LATER,
        offered: Mapping[int, frozenset[int]] | None = None,
        most: Mapping[int, int] | None = None,
        last: int = 10**9,
    ) -> None:
        self.incumbent = incumbent
        self.formulation: Formulation = incumbent.formulation
        self.people = sorted(people)
        self.turns = sorted(turns)
        self.level = level
        self.model = cp_model.CpModel()
        self.size = 0
        self._open_turns = frozenset(self.turns)
        self._offered = offered or {}
        self._variables: list[dict[int, cp_model.IntVar]] = []
        self._costs: dict[int, list[Term]] = {}
        self._now: dict[int, int] = {}
        self._free_of: dict[int, int] = {}
        self._hints: list[tuple[int, bool]] = []
        self._most = most or {}
        self._last_level = last if ties is Ties.LATER else max((level, *self._most))
        for person in self.people:
            self._add_person(person)
        self._add_hints()
        self._add_links()
        self._aim(ties)
        work.charge(work.BUILDING, size_of(self.model))

    # -- people --------------------------------------------------------------------------------------------------

    def _add_person(self, person: int) -> None:
        one = self.formulation.model_of(person)
        here = self._offer(one, person)
        self._free_of[person] = len(self._variables)
        self._variables.append(here)
        self.size += len(here)
        known = self._known(person)
        self._derive(one.any_of, here, known)
        if self.formulation.variables.any_of:
            shared = {key: self.formulation.variables.any_of[key] for key in self.formulation.derived_keys(person)}
            self._derive(shared, here, known)
        touched: dict[int, list[Term]] = {}
        for key, variable in here.items():
            for number, coefficient in one.rows_of.get(key, ()):
                touched.setdefault(number, []).append((variable, coefficient))
        fixed: dict[int, int] = {}
        for key in known:
            for number, coefficient in one.rows_of.get(key, ()):
                if number in touched:
                    fixed[number] = fixed.get(number, 0) + coefficient
        activities = row_activities(self.formulation, one, self.incumbent.held[person])
        for number, terms in touched.items():
            row = one.rows[number]
            done = fixed.get(number, 0)
            lower = None if row.lower is None else row.lower - done
            upper = None if row.upper is None else row.upper - done
            if row.price is None:
                self._restrict(terms, lower, upper)
            elif row.price and row.level <= self._last_level:
                self._price(terms, lower, upper, row.price, row.price, 1, row.level)
                self._count(row.level, row.violation(activities.get(number, 0)) * row.price)
        for chain in self._chains_of(person):
            self._add_chain(chain, here, known, person)

    def _chains_of(self, person: int) -> Iterable[Chain]:
        """The rules of somebody about what comes after what, as far as they are to be written down."""
        return self.formulation.model_of(person).chains

    def _add_chain(self, chain: Chain, here: Mapping[int, cp_model.IntVar], known: set[int], person: int) -> None:
        if chain.price is None or (chain.price and chain.level <= self._last_level):
            charged, inevitable = add_chain(self.model, chain, here, known)
            if chain.price:
                self._costs.setdefault(chain.level, []).extend((one, chain.price) for one in charged)
                held = chain.excess(self.incumbent.held[person])
                self._count(chain.level, (held - inevitable) * chain.price)

    def _count(self, level: int, cost: int) -> None:
        self._now[level] = self._now.get(level, 0) + cost

    def _offer(self, one: PersonClass, person: int) -> dict[int, cp_model.IntVar]:
        """Variables of the free turns; a turn with a single slot shares its variable."""
        variables, model = self.formulation.variables, self.model
        here: dict[int, cp_model.IntVar] = {}
        held, offered = self.incumbent.held[person], self._offered.get(person)
        possible = None if offered is None else offered | held
        for turn in self.turns:
            slots, standby = self._openings(one, person, turn, possible)
            chosen = [self._choosable(key, held, offered) for key in slots]
            here.update(zip(slots, chosen, strict=True))
            if len(chosen) == 1:
                here[variables.turn_key(turn)] = chosen[0]
            elif chosen:
                works = model.new_bool_var("")
                here[variables.turn_key(turn)] = works
                self._hint(works, any(key in held for key in slots))
                model.add_exactly_one([*chosen, works.negated()])
            here.update((key, self._choosable(key, held, offered)) for key in standby)
        return here

    def _openings(
        self, one: PersonClass, person: int, turn: int, possible: Collection[int] | None
    ) -> tuple[list[int], list[int]]:
        """Slots of a turn that somebody may hold, and the standby; only possible ones if these are given."""
        slots, standby = one.slots.get(turn, ()), [self.formulation.variables.standby_key(turn)]
        return (
            [key for key in slots if possible is None or key in possible],
            [key for key in standby if turn in one.standby and (possible is None or key in possible)],
        )

    def _choosable(self, key: int, held: Schedule, offered: Collection[int] | None) -> cp_model.IntVar:
        """Whether somebody holds a key: open if it is offered, or else no."""
        if offered is not None and key not in offered:
            return self.model.new_constant(0)
        variable = self.model.new_bool_var("")
        self._hint(variable, key in held)
        return variable

    def _hint(self, variable: cp_model.IntVar, value: bool) -> None:
        self._hints.append((variable.index, value))

    def _add_hints(self) -> None:
        """All hints at once, which takes a tenth of the time."""
        hint = self.model.proto.solution_hint
        hint.vars.extend([index for index, _ in self._hints])
        hint.values.extend([int(value) for _, value in self._hints])

    def _known(self, person: int) -> set[int]:
        """What the person holds outside the free turns."""
        variables = self.formulation.variables
        kept = [key for key in self.incumbent.held[person] if variables.turn_of(key) not in self._open_turns]
        return self.formulation.expand(kept)

    def _derive(self, any_of: Mapping[int, Sequence[int]], here: dict[int, cp_model.IntVar], known: set[int]) -> None:
        for key, parts in any_of.items():
            if any(part in known for part in parts):
                known.add(key)
                continue
            free = [here[part] for part in parts if part in here]
            if free:
                here[key] = self.model.new_bool_var("")
                self.model.add_max_equality(here[key], free)

    # -- linking rows --------------------------------------------------------------------------------------------

    def _add_links(self) -> None:
        formulation = self.formulation
        terms: dict[int, list[Term]] = {}
        loose: dict[int, int] = {}
        for person, position in self._free_of.items():
            here = self._variables[position]
            held = formulation.expand(self.incumbent.held[person])
            for key, variable in here.items():
                is_held = key in held
                for number, people, coefficient in self._rows_of(key):
                    if person in people:
                        terms.setdefault(number, []).append((variable, coefficient))
                        if is_held:
                            loose[number] = loose.get(number, 0) + coefficient
        done: set[int] = set()
        for number in terms:
            unit = formulation.unit_of[number]
            if unit not in done:
                done.add(unit)
                self._add_unit(unit, terms, loose)

    def _rows_of(self, key: int) -> Sequence[tuple[int, frozenset[int], int]]:
        """The linking rows in which a key stands, as far as they are to be written down."""
        return self.formulation.rows_of.get(key, ())

    def _add_unit(self, unit: int, terms: Mapping[int, list[Term]], loose: Mapping[int, int]) -> None:
        formulation, activity = self.formulation, self.incumbent.activity
        rows = formulation.units[unit]
        first = formulation.row(rows[0])
        if first.level > self._last_level:
            return
        self._count(first.level, self.incumbent.unit_costs[unit])
        alternatives: list[cp_model.IntVar] = []
        if first.choice is not None:
            alternatives = [self.model.new_bool_var("") for _ in range(formulation.links.choices[first.choice[0]])]
            self.model.add_exactly_one(alternatives)
        costs: list[cp_model.IntVar] = []
        for number in rows:
            row = formulation.row(number)
            done = activity[number] - loose.get(number, 0)
            mine = list(terms.get(number, ()))
            if row.choice is not None:
                mine += [(alternatives[one], coefficient) for one, coefficient in row.choice[1].items()]
            lower = None if row.lower is None else row.lower - done
            upper = None if row.upper is None else row.upper - done
            if first.pool is None:
                self._price(mine, lower, upper, row.cost_below, row.cost_above, row.unit, row.level)
            else:
                costs += self._cost_of(mine, lower, upper, row)
        if first.pool is not None and costs:
            self._pool(costs, first.level)

    def _cost_of(self, terms: list[Term], lower: int | None, upper: int | None, row: LinkRow) -> list[cp_model.IntVar]:
        """The cost of one row of a pool as a variable; none if it cannot cost."""
        outer, self._costs = self._costs, {}
        self._price(terms, lower, upper, row.cost_below, row.cost_above, row.unit, row.level)
        priced = self._costs.get(row.level, [])
        self._costs = outer
        if not priced:
            return []
        cost = self.model.new_int_var(0, sum(price * _most(variable) for variable, price in priced), "")
        self.model.add(cost == _sum(priced))
        return [cost]

    def _pool(self, costs: Sequence[cp_model.IntVar], level: int) -> None:
        dearest = self.model.new_int_var(0, max(_most(cost) for cost in costs), "")
        self.model.add_max_equality(dearest, costs)
        self._costs.setdefault(level, []).append((dearest, 1))

    # -- rows ----------------------------------------------------------------------------------------------------

    def _restrict(self, terms: Sequence[Term], lower: int | None, upper: int | None) -> None:
        least, most = _range(terms)
        if lower is not None and lower <= least:
            lower = None
        if upper is not None and upper >= most:
            upper = None
        if lower is None and upper is None:
            return
        if lower is None and upper == 1 and all(coefficient == 1 for _, coefficient in terms):
            self.model.add_at_most_one([variable for variable, _ in terms])
            return
        low = lower if lower is not None else least
        high = upper if upper is not None else most
        self.model.add_linear_constraint(_sum(terms), low, high)

    def _price(
        self,
        terms: Sequence[Term],
        lower: int | None,
        upper: int | None,
        below: int,
        above: int,
        unit: int,
        level: int,
    ) -> None:
        """Add slack for what lies outside the bounds, and its price."""
        least, most = _range(terms)
        if lower is not None and below and lower > least:
            short = self.model.new_int_var(0, -(-(lower - least) // unit), "")
            self.model.add(_sum([*terms, (short, unit)]) >= lower)
            self._costs.setdefault(level, []).append((short, below))
        if upper is not None and above and upper < most:
            extra = self.model.new_int_var(0, -(-(most - upper) // unit), "")
            self.model.add(_sum([*terms, (extra, -unit)]) <= upper)
            self._costs.setdefault(level, []).append((extra, above))

    # -- objective -----------------------------------------------------------------------------------------------

    def _aim(self, ties: Ties) -> None:
        """Minimise the level; earlier levels keep what they cost now."""
        for level, priced in self._costs.items():
            if level < self.level:
                self.model.add(_sum(priced) <= self._now.get(level, 0))
        for level, cost in self._most.items():
            if level > self.level and self._costs.get(level):
                outside = self.incumbent.costs[self.formulation.levels.index(level)] - self._now.get(level, 0)
                self.model.add(_sum(self._costs[level]) <= max(0, cost - outside))
        main = self._costs.get(self.level, [])
        breakers = self._breakers(ties) if main else []
        scale = 1
        self._breaks_ties = bool(breakers)
        if breakers:
            span = sum(abs(price) * _most(variable) for variable, price in breakers)
            scale = min(LARGEST_SCALE, span // math.gcd(*(price for _, price in main)) + 1)
        goal = [(variable, price * scale) for variable, price in main] + breakers
        if goal:
            self.model.minimize(_sum(goal))

    def _breakers(self, ties: Ties) -> list[Term]:
        """What decides between answers that cost the same on the level."""
        if ties is Ties.LATER:
            return [
                (variable, price)
                for level, priced in self._costs.items()
                if level > self.level
                for variable, price in priced
            ]
        if ties is Ties.STAY:
            variables = self.formulation.variables
            return [
                (variable, -1 if key in self.incumbent.held[person] else 1)
                for person, position in self._free_of.items()
                for key, variable in self._variables[position].items()
                if variables.is_slot(key) or variables.is_standby(key)
            ]
        return []

    @property
    def now(self) -> int:
        """What the incumbent costs inside this subproblem on its level, in sixtieths."""
        return self._now.get(self.level, 0)

    def solve(
        self, effort: Effort, stop: StopSignal, found: Callable[[dict[int, Schedule]], None] | None = None
    ) -> Answer:
        """Solve, at most as long as the effort allows.

        Parameters
        ----------
        effort
            Limits.
        stop
            Ends the search early.
        found
            Called with each better set of schedules while the search goes on.
        """
        solver, watch = cp_model.CpSolver(), work.Watch(effort.deterministic)
        configure(solver, effort)
        reporter = _Reporter(self, found) if found is not None else None
        status = run(solver, self.model, stop, reporter)
        spent = watch.seconds
        solved = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, solved, 0, spent)
        bound = 0 if self._breaks_ties else whole_bound(solver.best_objective_bound)
        return Answer(self.schedules(solver.boolean_value), solved, bound, spent)

    def schedules(self, value: Callable[[cp_model.IntVar], bool]) -> dict[int, Schedule]:
        """New schedules of the free people, read off an assignment."""
        variables = self.formulation.variables
        changes = {}
        for person, position in self._free_of.items():
            kept = {key for key in self.incumbent.held[person] if variables.turn_of(key) not in self._open_turns}
            for key, variable in self._variables[position].items():
                if (variables.is_slot(key) or variables.is_standby(key)) and value(variable):
                    kept.add(key)
            changes[person] = frozenset(kept)
        return changes


class _Reporter(cp_model.CpSolverSolutionCallback):
    """Hands on each better solution."""

    def __init__(self, subproblem: Subproblem, found: Callable[[dict[int, Schedule]], None]) -> None:
        super().__init__()
        self._subproblem = subproblem
        self._found = found

    def on_solution_callback(self) -> None:
        """Called by the solver."""
        self._found(self._subproblem.schedules(self.boolean_value))


class StopSignal:
    """Ends all searches that are under way, from another thread.

    Parameters
    ----------
    whole
        The signal that ends more, and this with it.
    """

    def __init__(self, whole: StopSignal | None = None) -> None:
        self._lock = threading.RLock()
        self._solvers: set[cp_model.CpSolver] = set()
        self._parts: weakref.WeakSet[StopSignal] = weakref.WeakSet()
        self.is_set = False
        if whole is not None:
            whole._include(self)

    def _include(self, part: StopSignal) -> None:
        with self._lock:
            self._parts.add(part)
            if self.is_set:
                part.set()

    def set(self) -> None:
        """Stop what runs and let nothing start."""
        with self._lock:
            self.is_set = True
            for solver in self._solvers:
                solver.stop_search()
            for part in list(self._parts):
                part.set()

    @contextmanager
    def watching(self, solver: cp_model.CpSolver) -> Iterator[None]:
        """While inside, the solver ends when the signal is set."""
        with self._lock:
            self._solvers.add(solver)
            if self.is_set:
                solver.parameters.max_time_in_seconds = 0
        try:
            yield
        finally:
            with self._lock:
                self._solvers.discard(solver)


def solver_version() -> str:
    """Version of OR-Tools."""
    return version("ortools")


def configure(solver: cp_model.CpSolver, effort: Effort) -> None:
    """Set the limits and seed of a solver."""
    parameters = solver.parameters
    parameters.num_workers = effort.workers
    parameters.random_seed = effort.seed % 2**31
    parameters.linearization_level = 2 if effort.workers == 1 else 1
    parameters.catch_sigint_signal = False
    if effort.light:
        parameters.cp_model_probing_level = 0
        parameters.symmetry_level = 0
        parameters.max_presolve_iterations = 1
        parameters.merge_at_most_one_work_limit = 0
        parameters.merge_no_overlap_work_limit = 0
        parameters.presolve_inclusion_work_limit = 0
    if effort.deterministic:
        parameters.max_deterministic_time = max(0.0, effort.seconds) * 1e9 / work.SOLVER_SECOND
    else:
        parameters.max_time_in_seconds = max(0.0, effort.seconds)


def run(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    stop: StopSignal,
    callback: cp_model.CpSolverSolutionCallback | None = None,
) -> cp_model.CpSolverStatus:
    """Solve a model with a solver that is configured, until the signal at the latest; counted as work."""
    with stop.watching(solver):
        status = solver.solve(model, callback)
    is_light = solver.parameters.max_presolve_iterations == 1
    work.charge(work.LIGHT_PRESOLVE if is_light else work.PRESOLVE, size_of(model))
    work.charge(work.SOLVER_SECOND, solver.deterministic_time)
    return status


def size_of(model: cp_model.CpModel) -> int:
    """Variables and constraints of a model."""
    return len(model.proto.variables) + len(model.proto.constraints)


def whole_bound(value: float) -> int:
    """The bound of a solver on a cost in whole numbers, never above what it proved."""
    return max(0, math.ceil(value - BOUND_TOLERANCE))


def _most(variable: cp_model.IntVar) -> int:
    return int(variable.proto.domain[1])


def _range(terms: Sequence[Term]) -> tuple[int, int]:
    """Least and most that a sum of yes/no variables can be."""
    coefficients = [coefficient for _, coefficient in terms]
    return sum(one for one in coefficients if one < 0), sum(one for one in coefficients if one > 0)


def _sum(terms: Sequence[Term]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.weighted_sum([term[0] for term in terms], [term[1] for term in terms])
