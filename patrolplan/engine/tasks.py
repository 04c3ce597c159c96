"""The tasks of a search as functions that any process can run, and the facts that they share.

A task is a function of this module's kind: ``function(token, *arguments)``, importable by name, its arguments small and
picklable. The token stands for the facts of one search, which each process holds once: the process of the search itself
has them as they are, so that threads copy nothing; another process is sent the problem with the first task that finds
no facts there, makes its rows again and keeps them.
"""

from __future__ import annotations

import hashlib
import pickle
import queue
import secrets
import threading
import weakref
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import patrolplan
from patrolplan.engine import work
from patrolplan.engine.alternatives import Choice, choice_bound
from patrolplan.engine.budgets import BudgetPricer
from patrolplan.engine.bundles import counted_bound
from patrolplan.engine.formulation import Formulation, Schedule
from patrolplan.engine.guide import Pool
from patrolplan.engine.hardening import Proved
from patrolplan.engine.incumbent import Incumbent
from patrolplan.engine.linking import Lead, Linking
from patrolplan.engine.mending import with_standby
from patrolplan.engine.neighbourhoods import SHIFTS, SWEPT, Region
from patrolplan.engine.pricing import GraphPricer, Order, Priced, price_each
from patrolplan.engine.relaxation import least_alone, link_bound
from patrolplan.engine.seating import Seating, ShiftExchange
from patrolplan.engine.subproblem import Answer, Effort, StopSignal, Subproblem, Ties, solver_version
from patrolplan.engine.sweeps import ascend, sweep_again
from patrolplan.engine.weaving import weave
from patrolplan.problem import Letterhead, Problem

MOST_LEARNED = 2
"""Searches whose facts a foreign process keeps."""

Held = tuple[tuple[int, ...], ...]
"""Everybody's schedule as plain numbers."""

Kept = TypeVar("Kept")


class Unsuited(Exception):
    """A process cannot take part: it has other versions, or makes other rows of the same problem."""


class Facts:
    """What all tasks of one search share within one process.

    Parameters
    ----------
    formulation
        The problem as rows.
    stop
        Ends the tasks of this process early. It does not reach another one: there a task ends by its own limit.
    token
        Name of the search.

    Attributes
    ----------
    enough
        Ends the neighbourhoods of the present level early: nothing better is to be found there. Only in this process,
        too.
    seating
        What is known of the posts of all turns.
    found
        Where the search hears of answers before the task that finds them is done; None in a foreign process.
    """

    def __init__(self, formulation: Formulation, stop: StopSignal, token: str) -> None:
        self.formulation = formulation
        self.stop = stop
        self.enough = StopSignal(stop)
        self.token = token
        self.found: queue.SimpleQueue[dict[int, Schedule]] | None = None
        self.seating = Seating(formulation)
        self._lock = threading.RLock()
        self._level: int | None = None
        self._shelf: dict[Hashable, Any] = {}
        self._last: Incumbent | None = None
        self._packed: bytes | None = None

    def kept(self, level: int, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """What was made once for a level in this process, made now if need be; another level's things are dropped.

        Parameters
        ----------
        key
            Says which thing, within the level.
        """
        with self._lock:
            if self._level != level:
                self._level, self._shelf = level, {}
            if key not in self._shelf:
                with work.aside():
                    self._shelf[key] = make()
            found: Kept = self._shelf[key]
            return found

    def linking(self, level: int) -> Linking:
        """The linking rows up to a level."""
        return self.kept(level, "linking", lambda: Linking(self.formulation, level))

    def stand(self, held: Held) -> Incumbent:
        """A roster in the making from everybody's schedule; only what differs from the last one is counted again."""
        with self._lock:
            if self._last is None:
                self._last = Incumbent(self.formulation)
            last = self._last
            schedules = (frozenset(keys) for keys in held)
            with work.aside():
                last.apply({person: mine for person, mine in enumerate(schedules) if mine != last.held[person]})
            return last.copy()

    def packed(self) -> bytes:
        """The facts for another process: versions, the problem without names and addresses, a mark of its rows."""
        with self._lock:
            if self._packed is None:
                problem = _nameless(self.formulation.problem)
                data = (versions(), problem, fingerprint(self.formulation))
                self._packed = zlib.compress(pickle.dumps(data, pickle.HIGHEST_PROTOCOL))
            return self._packed


_SHARED: weakref.WeakValueDictionary[str, Facts] = weakref.WeakValueDictionary()
_LEARNED: OrderedDict[str, Facts] = OrderedDict()
_LOCK = threading.Lock()


def share(formulation: Formulation, stop: StopSignal) -> Facts:
    """Make facts known to the tasks of this process, for as long as the caller holds what this returns."""
    with _LOCK:
        for facts in list(_SHARED.values()):
            if facts.formulation is formulation and facts.stop is stop:
                return facts
        facts = Facts(formulation, stop, secrets.token_hex(8))
        facts.found = queue.SimpleQueue()
        _SHARED[facts.token] = facts
        return facts


def facts_of(token: str) -> Facts:
    """The facts that a token stands for.

    Raises
    ------
    LookupError
        If this process does not have them.
    """
    facts = _SHARED.get(token) or _LEARNED.get(token)
    if facts is None:
        raise LookupError(f"no facts of the search {token} in this process")
    return facts


def learn(token: str, packed: bytes) -> None:
    """Take in facts from another process, unless they are known; long unused ones are dropped.

    Raises
    ------
    Unsuited
        If this process would not come to the same answers.
    """
    with _LOCK:
        if token in _SHARED or token in _LEARNED:
            return
        theirs, problem, mark = pickle.loads(zlib.decompress(packed))
        if theirs != versions():
            raise Unsuited(f"{words_of_versions(versions())} there, {words_of_versions(theirs)} here")
        formulation = Formulation(problem)
        if fingerprint(formulation) != mark:
            raise Unsuited("the rules come out otherwise there")
        _LEARNED[token] = Facts(formulation, StopSignal(), token)
        while len(_LEARNED) > MOST_LEARNED:
            _LEARNED.popitem(last=False)


def perform(
    function: Callable[..., Any], token: str, arguments: Sequence[Any], packed: bytes | None = None
) -> tuple[Any, int] | None:
    """Run a task; its answer and the work done, or None if this process has no facts for it and none came with it."""
    if packed is not None:
        learn(token, packed)
    if token not in _SHARED and token not in _LEARNED:
        return None
    return work.weighed(function)(token, *arguments)


def versions() -> dict[str, str]:
    """What must be the same wherever tasks of one search run."""
    return {"patrolplan": patrolplan.__version__, "ortools": solver_version()}


def words_of_versions(found: dict[str, str]) -> str:
    """Versions in words: ``patrolplan 1.2, ortools 9.15``."""
    return ", ".join(f"{name} {number}" for name, number in found.items())


def fingerprint(formulation: Formulation) -> str:
    """A mark that is the same exactly where variables and rows are numbered the same."""
    links, variables = formulation.links, formulation.variables
    mark = hashlib.sha256()
    parts: list[object] = [formulation.levels, formulation.class_of, variables.turns, variables.slots_of_turn]
    parts += [variables.any_of, [sorted(people) for people in links.masks], links.choices, links.rows]
    for one in formulation.classes:
        parts += [one.people, one.slots, sorted(one.standby), one.any_of, one.rows, one.chains]
    for part in parts:
        mark.update(repr(part).encode())
    return mark.hexdigest()


def _nameless(problem: Problem) -> Problem:
    """The problem without what no rule sees: names, homes and telephone numbers of people, and what papers print."""
    people = tuple(replace(who, name="", home="", phone="") for who in problem.people)
    return replace(problem, people=people, letterhead=Letterhead(), signatures=(), contacts=())


class Snapshot:
    """What everybody holds at one moment.

    Within one process it is the roster in the making itself, which nobody may change any more; to another process only
    the schedules travel.
    """

    def __init__(self, token: str, incumbent: Incumbent) -> None:
        self._token = token
        self._incumbent: Incumbent | None = incumbent
        self._held: Held = ()

    def __getstate__(self) -> tuple[str, Held]:
        held = self._held if self._incumbent is None else _plain(self._incumbent.held)
        return self._token, held

    def __setstate__(self, state: tuple[str, Held]) -> None:
        self._token, self._held = state
        self._incumbent = None

    def incumbent(self) -> Incumbent:
        """The roster in the making."""
        if self._incumbent is None:
            self._incumbent = facts_of(self._token).stand(self._held)
        return self._incumbent


def _plain(schedules: Iterable[Schedule]) -> Held:
    return tuple(tuple(sorted(schedule)) for schedule in schedules)


# -- tasks -----------------------------------------------------------------------------------------------------------


def explore(token: str, base: Snapshot, region: Region, level: int, ties: Ties, effort: Effort) -> Answer:
    """Free a region and solve it; to make the model takes effort, too."""
    facts, incumbent, watch = facts_of(token), base.incumbent(), work.Watch(effort.deterministic)
    if region.kind == SHIFTS:
        part: Subproblem = ShiftExchange(
            incumbent, region.people, region.turns, level, ties, region.offered, facts.seating, effort.seed
        )
    else:
        part = Subproblem(incumbent, region.people, region.turns, level, ties, region.offered)
    return replace(part.solve(effort, facts.enough), spent=watch.seconds)


def solve_whole(token: str, base: Snapshot, level: int, effort: Effort) -> Answer:
    """The whole problem as one model; its bound is the level's, without what nobody can change.

    Within the process of the search, `Facts.found` takes answers on the way.
    """
    facts, incumbent = facts_of(token), base.incumbent()
    formulation = facts.formulation
    people, turns = range(len(formulation.problem.people)), range(len(formulation.variables.turns))
    whole = Subproblem(incumbent, people, turns, level, Ties.NONE)
    answer = whole.solve(effort, facts.stop, None if facts.found is None else facts.found.put)
    untouched = incumbent.costs[formulation.levels.index(level)] - whole.now
    return answer if answer.changes is None else replace(answer, bound=answer.bound + untouched)


def bound_alone(token: str, kind: int, level: int, effort: Effort) -> int:
    """See `least_alone`."""
    facts = facts_of(token)
    return least_alone(facts.formulation, facts.formulation.classes[kind], level, effort, facts.enough)


def bound_turns(token: str, base: Snapshot, turns: Sequence[int], level: int, effort: Effort) -> int:
    """See `link_bound`."""
    return link_bound(base.incumbent(), turns, level, effort)


def bound_choices(
    token: str,
    base: Snapshot,
    turns: Sequence[int],
    units: Sequence[int],
    level: int,
    elsewhere: Mapping[int, int],
    effort: Effort,
) -> Choice:
    """See `choice_bound`."""
    return choice_bound(base.incumbent(), turns, units, level, elsewhere, effort)


def bound_counts(token: str, base: Snapshot, level: int, proved: Proved, effort: Effort) -> int:
    """See `counted_bound`."""
    facts = facts_of(token)
    return counted_bound(facts.linking(level), base.incumbent(), effort, facts.enough, proved)


def ascend_prices(token: str, level: int, effort: Effort) -> int:
    """See `ascend`."""
    facts = facts_of(token)
    return ascend(facts.linking(level), effort, facts.enough)


def price_class(token: str, kind: int, level: int, orders: Sequence[Order], effort: Effort) -> list[Priced]:
    """Pricing calls of one class of alike people, one after the other."""
    facts = facts_of(token)
    return price_each(facts.linking(level).pricer(kind), orders, effort, facts.stop)


def prepare_pricing(token: str, kind: int, level: int) -> bool:
    """Make the pricing problem of a class; whether its schedules fit into a graph."""
    facts = facts_of(token)
    pricer = facts.linking(level).prepared(kind) if not facts.stop.is_set else None
    return isinstance(pricer, GraphPricer | BudgetPricer)


def weave_region(token: str, base: Snapshot, region: Region, lead: Lead | None, level: int, effort: Effort) -> Answer:
    """See `weave` and `sweep_again`; schedules that help are kept in the process that found them."""
    facts = facts_of(token)
    linking, roster = facts.linking(level), base.incumbent()
    if region.kind == SWEPT:
        answer = sweep_again(linking, roster, region.people, effort, facts.enough)
    else:
        pool = facts.kept(level, "pool", lambda: Pool(linking))
        answer = weave(linking, roster, region, lead, pool, effort, facts.enough)
    changes = None if answer.changes is None else with_standby(roster, answer.changes, level)
    return replace(answer, changes=changes)
