"""Postings of a whole roster: turn after turn, those of different sites at the same time.

Every turn is made secure before any of them is improved, so that no limit of time leaves one as it was.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import Literal

from patrolplan.postings.arrangement import STEPS, Arranged, Effort, Watch, arrange, secure
from patrolplan.postings.outcome import Lapse, Outcome, Unmet
from patrolplan.postings.patterns import Patterns
from patrolplan.postings.plans import RESTING, Plan, carried
from patrolplan.postings.remedies import remedies
from patrolplan.postings.turns import Standing, Turn, TurnKey, build_turn, is_asked, turns_by_key
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster, Stretch, duty_name, make_roster

EXPLAINED = 3

Stage = Literal["settled", "improved"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How postings are settled.

    Attributes
    ----------
    workers
        Turns at the same time.
    spent_out
        Told the deterministic seconds spent so far; whether that is enough, so that the rest is not improved.
    stopped
        Whether somebody wants an end at once.
    watch
        Stops a solver from outside.
    told
        Told how many turns of how many are settled, and then how many are improved.
    explained
        Turns for which it is tried what would help; each takes a while.
    """

    workers: int = 2
    seed: int = 0
    steps: int = STEPS
    spent_out: Callable[[float], bool] = lambda spent: False
    stopped: Callable[[], bool] = lambda: False
    watch: Watch | None = None
    told: Callable[[Stage, int, int], None] = lambda stage, done, total: None
    explained: int = EXPLAINED


def settle(
    problem: Problem,
    roster: Roster,
    others: Roster,
    settings: Settings,
    *,
    days: Collection[int] | None = None,
    sites: Collection[int] | None = None,
) -> Outcome:
    """Who stands where inside every shift of a roster, wherever relief or breaks are asked for.

    Turns are settled in order of time, and then improved in order of time, so that unloved posts are shared over the
    weeks; those that begin in the same order at different sites, at the same time. The result depends on the input, the
    seed and the number of steps alone, unless the time is over or somebody stops it.

    Parameters
    ----------
    roster
        What is settled.
    others
        The same duties and those given beforehand, which also stand at posts.
    days, sites
        Only these dates and sites; the others are left as they are.
    """
    work = _Work(problem, roster, others, settings)
    wanted = [
        key
        for key in work.turns
        if is_asked(problem, key[0]) and (days is None or key[2] in days) and (sites is None or key[0] in sites)
    ]
    work.run(frozenset(wanted))
    return work.outcome(len(wanted))


@dataclass
class _Work:
    """The duties as they are settled one turn after another."""

    problem: Problem
    roster: Roster
    others: Roster
    settings: Settings
    unloved: dict[int, tuple[int, int]] = field(default_factory=dict)
    done: dict[TurnKey, Arranged] = field(default_factory=dict)
    secured: dict[TurnKey, Turn] = field(default_factory=dict)
    improved: set[TurnKey] = field(default_factory=set)
    patterns: Patterns = field(default_factory=Patterns)
    spent: float = 0.0
    lapses: dict[TurnKey, tuple[Lapse, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.turns = turns_by_key(self.problem, self.roster)
        self.now = {id(duty): duty for duty in self.others.duties}
        self._ids = {(duty.person, duty.id) for duty in self.roster.duties if duty.id}

    def run(self, wanted: frozenset[TurnKey]) -> None:
        settings = self.settings
        batches = [(keys, [key for key in keys if key in wanted]) for keys in _batches(self.turns)]
        with ThreadPoolExecutor(settings.workers, thread_name_prefix="postings") as executor:
            for _, chosen in batches:
                if chosen and not settings.stopped():
                    self._secure(chosen, executor)
                    settings.told("settled", len(self.done), len(wanted))
            self.patterns = Patterns()
            for keys, chosen in batches:
                if chosen and not settings.stopped() and not settings.spent_out(self.spent):
                    self._improve([key for key in chosen if key in self.done], executor)
                    settings.told("improved", len(self.improved), len(wanted))
                for key in keys:
                    self._count_unloved(key)

    def _secure(self, keys: Sequence[TurnKey], executor: ThreadPoolExecutor) -> None:
        """Plans that miss as little as can be, for turns that are settled together."""
        standing, watch = Standing(self.now.values()), self.settings.watch
        turns = [build_turn(self.problem, standing, key, self._duties(key)) for key in keys]
        tasks = [
            executor.submit(secure, self.problem, turn, self._effort(turn.key), self.patterns.of(turn), watch)
            for turn in turns
        ]
        for turn, task in zip(turns, tasks, strict=True):
            arranged = task.result()
            self.spent += arranged.spent
            if not (arranged.worth.missed and self.settings.stopped()):
                self.secured[turn.key] = turn
                self._take(turn, arranged)

    def _improve(self, keys: Sequence[TurnKey], executor: ThreadPoolExecutor) -> None:
        """Plans that are better than those which are only secure."""
        standing, shares, watch = Standing(self.now.values()), self._shares(), self.settings.watch
        begun = [self._begun(standing, key) for key in keys]
        tasks = [
            executor.submit(
                arrange,
                self.problem,
                turn,
                self._effort(turn.key),
                shares,
                watch,
                sure=sure,
                patterns=self.patterns.of(turn),
            )
            for turn, sure in begun
        ]
        for (turn, _), task in zip(begun, tasks, strict=True):
            arranged = task.result()
            self.spent += arranged.spent
            self.improved.add(turn.key)
            self._take(turn, arranged)

    def _begun(self, standing: Standing, key: TurnKey) -> tuple[Turn, Arranged]:
        """A turn to improve and its secure plan: the same turn as before, unless what is around it has changed."""
        turn, sure = self.secured[key], self.done[key]
        now = build_turn(self.problem, standing, key, self._duties(key))
        if _surroundings(now) == _surroundings(turn):
            return turn, sure
        plan = carried(sure.plan, turn, now)
        proved = sure.proved and not sure.worth.missed
        return now, Arranged(plan, sure.worth, proved)

    def _effort(self, key: TurnKey) -> Effort:
        seed = (self.settings.seed * 7919 + key[2] * 31 + key[0] * 7 + (key[1] or 0)) % 2**31
        return Effort(self.settings.steps, seed=seed, stopped=self.settings.stopped)

    def _duties(self, key: TurnKey) -> list[Duty]:
        return [self.now[id(duty)] for duty in self.turns[key]]

    def _take(self, turn: Turn, arranged: Arranged) -> None:
        self.done[turn.key] = arranged
        if not arranged.worth.missed:
            self.patterns.learn(turn, arranged.plan)
        self.lapses[turn.key] = tuple(_lapses(self.problem, turn, arranged.plan))
        for number, original in enumerate(self.turns[turn.key]):
            name = original.id or self._name(original)
            stretches = tuple(_stretches(turn, arranged.plan, number, name))
            self.now[id(original)] = replace(self.now[id(original)], id=name, stretches=stretches)

    def _name(self, duty: Duty) -> str:
        """A name for a duty that has none, so that its stretches stay together across a break."""
        plain = name = duty_name(self.problem, duty.person, duty.day, duty.shift)
        number = 2
        while (duty.person, name) in self._ids:
            name, number = f"{plain}/{number}", number + 1
        self._ids.add((duty.person, name))
        return name

    # Unloved posts over the weeks

    def _count_unloved(self, key: TurnKey) -> None:
        posts = self.problem.posts
        most = max((posts[post].unloved for post in self.problem.sites[key[0]].posts), default=0)
        for duty in self._duties(key) if most else ():
            minutes = sum(
                (one.end - one.start) * posts[one.post].unloved for one in duty.stretches if one.post is not None
            )
            had, on_duty = self.unloved.get(duty.person, (0, 0))
            self.unloved[duty.person] = had + minutes // most, on_duty + duty.end - duty.start

    def _shares(self) -> dict[int, int]:
        """Half hours of unloved posts beyond the fair share of each person's time on duty, from the least."""
        had = sum(minutes for minutes, _ in self.unloved.values())
        served = sum(minutes for _, minutes in self.unloved.values())
        beyond = {
            person: (minutes * served - had * on_duty) // (30 * served)
            for person, (minutes, on_duty) in self.unloved.items()
            if served
        }
        least = min(beyond.values(), default=0)
        return defaultdict(lambda: max(0, -least), {person: share - least for person, share in beyond.items()})

    # The result

    def outcome(self, wanted: int) -> Outcome:
        stretches = [stretch for duty in self.roster.duties for stretch in self.now.get(id(duty), duty).stretches]
        changes = [pair for key in self.done for duty in self._duties(key) for pair in _changes(duty)]
        return Outcome(
            make_roster(self.problem, stretches),
            len(self.done),
            wanted - len(self.done),
            tuple(self._unmet()),
            len(changes),
            sum(self.problem.walks.get((min(pair), max(pair)), 0) for pair in changes),
            self.unloved,
            all(one.proved for one in self.done.values()),
            len(self.done) - len(self.improved),
        )

    def _unmet(self) -> Iterator[Unmet]:
        """Turns in which not all is kept; for the first of each site and shift it is tried what would help."""
        seen: Counter[tuple[int, int | None]] = Counter()
        standing = Standing(self.others.duties)
        for key, arranged in self.done.items():
            if not arranged.worth.missed:
                continue
            is_first = not seen[key[:2]] and len(seen) < self.settings.explained and not self.settings.stopped()
            seen[key[:2]] += 1
            kinds = [lapse.kind for lapse in self.lapses[key]]
            tried = remedies(self.problem, standing, key, self.turns[key], kinds) if is_first else None
            yield Unmet(key, self.lapses[key], arranged.worth.missed, arranged.proved, tried)


def _surroundings(turn: Turn) -> tuple[object, ...]:
    """What a turn depends on besides its members: times of change, and who is there from elsewhere."""
    floors = tuple((floor.posts, floor.able, floor.wanted) for floor in turn.floors)
    return turn.edges, floors, turn.limits, tuple(blend.others for blend in turn.blends)


def _batches(turns: Iterable[TurnKey]) -> list[list[TurnKey]]:
    """Turns in order of time; together those of different sites that are the first, the second ... of a date there."""
    order: Counter[tuple[int, int]] = Counter()
    found: dict[tuple[int, int], list[TurnKey]] = defaultdict(list)
    for key in turns:
        found[key[2], order[key[2], key[0]]].append(key)
        order[key[2], key[0]] += 1
    return [keys for _, keys in sorted(found.items())]


def _stretches(turn: Turn, plan: Plan, number: int, name: str) -> Iterator[Stretch]:
    """The unbroken stretches of a member at one post each."""
    duty = turn.members[number].duty
    assert duty is not None
    slots = zip(plan.places[number], turn.slots, strict=True)
    for place, group in groupby(slots, key=lambda one: one[0]):
        spans = [span for _, span in group]
        if place is not None and place != RESTING:
            rows = [one.row for one in duty.stretches if one.post == place] or [duty.row]
            yield Stretch(duty.person, place, duty.shift, spans[0][0], spans[-1][1], name, duty.kind, rows[0])


def _changes(duty: Duty) -> list[tuple[int, int]]:
    """From which post to which somebody goes without a break between."""
    return [
        (earlier.post, later.post)
        for earlier, later in pairwise(duty.stretches)
        if earlier.end == later.start and earlier.post is not None and later.post is not None
    ]


def _lapses(problem: Problem, turn: Turn, plan: Plan) -> Iterator[Lapse]:
    for number, member in enumerate(turn.members):
        if member.duty is None:
            continue
        person = member.duty.person
        for stay in _stretches(turn, plan, number, ""):
            relief = problem.posts[stay.post].relief if stay.post is not None else None
            if relief is not None and stay.post is not None and stay.end - stay.start > relief.most:
                key = problem.posts[stay.post].key
                yield Lapse("relief", key, person, stay.end - stay.start, relief.most, relief.place)
        for pause, start in zip(member.pauses, plan.rests[number], strict=True):
            if start is None:
                yield Lapse("break", pause.one.name, person, 0, pause.one.minutes, pause.one.place)
