"""A turn: the people on duty at one site in one shift, and all that holds between them, cut into slots of time.

Written without the audit, which judges the result; what both have in common are the facts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise
from typing import cast

from patrolplan.problem import AT_LEAST, Break, Demand, Problem, Rule
from patrolplan.roster import Duty, Roster, Stretch
from patrolplan.rules.command.spec import Command
from patrolplan.rules.mix.spec import Mix
from patrolplan.rules.teams.spec import Teams
from patrolplan.units import DAY_MINUTES, Span, count_steps, intersect_spans, merge_spans, overlap

DEFAULT_STEP = 30
"""Minutes between changes where no post says otherwise."""
LONGEST_DUTY = 3 * DAY_MINUTES
"""No duty that matters began longer before."""

TurnKey = tuple[int, int | None, int]
"""Site, shift, and date on which the duties start."""
Rota = tuple[Stretch, ...]
"""The stretches of one duty."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A break that somebody is to have, with the moments at which it may begin; none if there is no room for it."""

    one: Break
    window: Span
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on duty in a turn.

    Attributes
    ----------
    duty
        Where the roster has the person; None for somebody who is only imagined.
    first
        The post at which the duty begins, and goes on beginning; None for any.
    posts
        Where the person may stand.
    """

    duty: Duty | None
    first: int | None
    posts: frozenset[int]
    start: int
    end: int
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    """How many of some members must be, or had better be, at some posts in each slot.

    Attributes
    ----------
    able
        Indices of the members who count.
    least
        Never fewer, by slot: as many as the roster has there, up to the need.
    wanted
        Better so many, by slot: the need.
    quality
        Kind and name of what counts, such as ``("qualified", "armed")``.
    ideal
        Whether it is no need, and only would be nice.
    """

    posts: frozenset[int]
    able: frozenset[int]
    least: tuple[int, ...]
    wanted: tuple[int, ...]
    quality: tuple[str, str] = ("staff", "")
    ideal: bool = False


@dataclass(frozen=True, slots=True)
class Blend:
    """A share or a minimum of able people among those at some posts, by slot where it holds.

    Attributes
    ----------
    others
        People and able people who are there besides the members, by slot; None where nothing is asked.
    """

    posts: frozenset[int]
    able: frozenset[int]
    share: int
    least: int
    others: tuple[tuple[int, int] | None, ...]
    weight: int | None
    quality: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many members at some posts, by slot (None: any number)."""

    posts: frozenset[int]
    most: tuple[int | None, ...]


@dataclass(frozen=True)
class Turn:
    """Everything that settles who stands where in one shift at one site.

    Attributes
    ----------
    posts
        Posts of the site.
    edges
        Instants between which nobody changes: slot ``k`` runs from ``edges[k]`` to ``edges[k + 1]``.
    apart
        Pairs of members who are never at one post together, with the weight of their rule (None: hard).
    single
        Static posts that must not be empty, of which the need is one person.
    before
        Where each member stands in the roster now, by slot; None for at no post.
    """

    key: TurnKey
    posts: tuple[int, ...]
    members: tuple[Member, ...]
    edges: tuple[int, ...]
    floors: tuple[Floor, ...]
    blends: tuple[Blend, ...]
    limits: tuple[Limit, ...]
    apart: tuple[tuple[int, int, int | None], ...]
    single: frozenset[int]
    before: tuple[tuple[int | None, ...], ...]

    @cached_property
    def slots(self) -> tuple[Span, ...]:
        """The stretches of time between the edges."""
        return tuple(pairwise(self.edges))

    @cached_property
    def minutes(self) -> tuple[int, ...]:
        """How long each slot is."""
        return tuple(end - start for start, end in self.slots)

    @cached_property
    def own(self) -> tuple[range, ...]:
        """The slots of each member's duty."""
        return tuple(range(self.edges.index(member.start), self.edges.index(member.end)) for member in self.members)

    def with_helper(self, qualities: frozenset[str], problem: Problem) -> Turn:
        """The turn with one more person, at hand for all posts whose qualifications are among the given ones.

        A helper without any quality counts as staff alone.
        """
        allowed = frozenset(
            post
            for post in self.posts
            if problem.posts[post].kind != "command" and set(problem.posts[post].requires) <= qualities
        )
        number = len(self.members)
        helper = Member(None, None, allowed, self.edges[0], self.edges[-1])
        return replace(
            self,
            members=(*self.members, helper),
            before=(*self.before, tuple(None for _ in self.slots)),
            floors=tuple(
                replace(floor, able=floor.able | {number})
                if floor.quality[0] == "staff" or floor.quality[1] in qualities
                else floor
                for floor in self.floors
            ),
            blends=tuple(
                replace(blend, able=blend.able | {number}) if qualities & set(blend.quality) else blend
                for blend in self.blends
            ),
        )


class Standing:
    """Who stands where in a roster, by post and time."""

    def __init__(self, duties: Iterable[Duty]) -> None:
        found: dict[int, list[tuple[int, int, Duty, Stretch]]] = defaultdict(list)
        for number, duty in enumerate(duties):
            if duty.kind == "duty":
                for stretch in duty.stretches:
                    if stretch.post is not None:
                        found[stretch.post].append((stretch.start, number, duty, stretch))
        self._by_post = {post: sorted(rows, key=lambda row: row[:2]) for post, rows in found.items()}

    def at(self, posts: Iterable[int], span: Span) -> Iterator[tuple[Duty, Stretch]]:
        """Stretches at some posts that touch a span of time."""
        for post in sorted(posts):
            rows = self._by_post.get(post, [])
            for start, _, duty, stretch in rows[bisect_left(rows, (span[0] - LONGEST_DUTY,)) :]:
                if start >= span[1]:
                    break
                if stretch.end > span[0]:
                    yield duty, stretch


def turns_by_key(problem: Problem, roster: Roster) -> dict[TurnKey, list[Duty]]:
    """Duties of the operation that postings may change, by site, shift and date.

    Standby and training stay as they are, and so do duties that lead to two sites, or name no post or no shift.
    """
    turns: dict[TurnKey, list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        sites = {None if one.post is None else problem.posts[one.post].site for one in duty.stretches}
        is_known = duty.kind == "duty" and duty.shift is not None and len(sites) == 1 and None not in sites
        if is_known and problem.start <= duty.start < problem.end:
            turns[cast(int, sites.pop()), duty.shift, duty.day].append(duty)
    return dict(sorted(turns.items(), key=lambda item: (item[0][2], min(duty.start for duty in item[1]), item[0][0])))


def is_asked(problem: Problem, site: int) -> bool:
    """Whether there is anything to settle at a site: relief or breaks."""
    posts = problem.sites[site].posts
    return any(problem.posts[post].relief for post in posts) or any(one.posts & set(posts) for one in problem.breaks)


def build_turn(problem: Problem, standing: Standing, key: TurnKey, duties: Sequence[Duty]) -> Turn:
    """The turn of some duties, given where everybody else stands."""
    site = problem.sites[key[0]]
    step = min((relief.step for post in site.posts if (relief := problem.posts[post].relief)), default=DEFAULT_STEP)
    members = tuple(_member(problem, key, duty, step) for duty in duties)
    scene = _Scene(problem, standing, key, members)
    edges = _edges(scene, step)
    scene = replace(scene, edges=edges)
    demands = [one for one in problem.demands if one.posts & set(site.posts)]
    floors = [floor for demand in demands for floor in _floors(scene, demand)]
    floors += [floor for rule in problem.rules if rule.name == "command" for floor in _in_charge(scene, rule)]
    return Turn(
        key,
        site.posts,
        members,
        edges,
        tuple(floors),
        tuple(blend for rule in problem.rules if rule.name == "mix" for blend in _blends(scene, rule)),
        tuple(limit for demand in demands for limit in _limits(scene, demand)),
        tuple(pair for rule in problem.rules if rule.name == "teams" for pair in _apart(scene, rule)),
        _single(problem, site.posts, floors),
        tuple(tuple(_post_at(member, slot) for slot in pairwise(edges)) for member in members),
    )


@dataclass(frozen=True)
class _Scene:
    """What the parts of a turn are made from."""

    problem: Problem
    standing: Standing
    key: TurnKey
    members: tuple[Member, ...]
    edges: tuple[int, ...] = ()

    @property
    def span(self) -> Span:
        return min(one.start for one in self.members), max(one.end for one in self.members)

    @property
    def own_duties(self) -> frozenset[int]:
        return frozenset(id(one.duty) for one in self.members)

    def others(self, posts: Iterable[int], counts: Callable[[Duty], bool] = lambda duty: True) -> list[Span]:
        """When people who are no members stand at some posts, each person once."""
        spans: dict[int, list[Span]] = defaultdict(list)
        own = self.own_duties
        for duty, stretch in self.standing.at(posts, self.span):
            if id(duty) not in own and counts(duty):
                spans[duty.person].append((stretch.start, stretch.end))
        return [span for found in spans.values() for span in merge_spans(found)]

    def least(self, spans: Sequence[Span]) -> tuple[int, ...]:
        """Fewest of some spans that run at any minute of each slot."""
        if not spans:
            return tuple(0 for _ in pairwise(self.edges))
        steps = count_steps(spans, self.edges[0], self.edges[-1])
        return tuple(
            min(count for start, end, count in steps if start < slot[1] and end > slot[0])
            for slot in pairwise(self.edges)
        )

    def members_who(self, counts: Callable[[Duty], bool]) -> frozenset[int]:
        return frozenset(number for number, one in enumerate(self.members) if one.duty is not None and counts(one.duty))


def _member(problem: Problem, key: TurnKey, duty: Duty, step: int) -> Member:
    ordered = sorted(duty.stretches, key=lambda stretch: (stretch.start, stretch.end))
    first = cast(int, ordered[0].post)
    pauses = tuple(
        _pause(one, window, duty, step)
        for one in problem.breaks
        if first in one.posts
        for window in one.windows
        if duty.start <= window[0] and window[1] <= duty.end
    )
    own = {cast(int, stretch.post) for stretch in ordered}
    return Member(duty, first, frozenset(_may_hold(problem, duty, first) | own), duty.start, duty.end, pauses)


def _may_hold(problem: Problem, duty: Duty, first: int) -> set[int]:
    """Posts of the site that the person may hold in this shift; who leads goes on leading.

    Others take a command post only where those who lead have breaks.
    """
    found = set()
    leads = problem.posts[first].kind == "command"
    for post in problem.sites[problem.posts[first].site].posts:
        where = problem.posts[post]
        command = where.kind == "command"
        closed = (leads and not command) or (
            command and not leads and not any(post in one.posts for one in problem.breaks)
        )
        served = duty.shift is None or duty.shift in where.shifts
        if served and not closed and problem.may_stand(duty.person, post, duty.day, duty.end):
            found.add(post)
    return found


def _pause(one: Break, window: Span, duty: Duty, step: int) -> Pause:
    """The break with its possible beginnings; it touches neither the beginning nor the end of the duty."""
    starts = range(window[0], window[1] - one.minutes + 1, min(step, one.minutes))
    return Pause(one, window, tuple(at for at in starts if at > duty.start and at + one.minutes < duty.end))


def _edges(scene: _Scene, step: int) -> tuple[int, ...]:
    problem, (start, end) = scene.problem, scene.span
    posts = problem.sites[scene.key[0]].posts
    edges = {start, end, *range(start, end, step)}
    for member in scene.members:
        edges |= {member.start, member.end}
        edges |= {at + extra for pause in member.pauses for at in pause.starts for extra in (0, pause.one.minutes)}
    edges |= {edge for _, stretch in scene.standing.at(posts, scene.span) for edge in (stretch.start, stretch.end)}
    for demand in problem.demands:
        if demand.posts & set(posts) and demand.kind != "surplus":
            edges |= {edge for window in demand.windows for edge in (window.start, window.end)}
    for rule in problem.rules:
        if rule.name in ("mix", "command"):
            edges |= {edge for span in _bound(problem, rule, scene.span) for edge in span}
    return tuple(sorted(edge for edge in edges if start <= edge <= end))


def _post_at(member: Member, slot: Span) -> int | None:
    stretches = member.duty.stretches if member.duty is not None else ()
    return next((one.post for one in stretches if one.start <= slot[0] and slot[1] <= one.end), None)


def _present(scene: _Scene, posts: frozenset[int], able: frozenset[int]) -> tuple[int, ...]:
    """How many able members the roster has at some posts, by slot."""
    return tuple(
        sum(_post_at(scene.members[number], slot) in posts for number in able) for slot in pairwise(scene.edges)
    )


def _floors(scene: _Scene, demand: Demand) -> Iterator[Floor]:
    if demand.kind not in (*AT_LEAST, "ideal"):
        return
    needed = _needed(scene, demand)
    if not any(needed):
        return
    turned = any(window.turn is not None for window in demand.windows)

    def counts(duty: Duty) -> bool:
        return _is_of_kind(scene.problem, demand, duty) and (
            not turned or (duty.day, duty.shift) == (scene.key[2], scene.key[1])
        )

    able = scene.members_who(counts)
    least, wanted = _shared(scene, demand.posts, counts, needed)
    is_ideal = demand.kind == "ideal"
    if is_ideal:
        least = tuple(0 for _ in least)
    here = demand.posts & set(scene.problem.sites[scene.key[0]].posts)
    yield Floor(here, able, least, wanted, ("staff" if is_ideal else demand.kind, demand.label), is_ideal)


def _shared(
    scene: _Scene, posts: frozenset[int], counts: Callable[[Duty], bool], needed: Sequence[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How many of the needed must come, and had better come, from here.

    Where several sites cover a need together, what they have beyond it is split between them, so that all of them may
    be settled at the same time; people who are there in any case need no share of it.
    """
    problem = scene.problem
    sites = sorted({problem.posts[post].site for post in posts})
    rank = sites.index(scene.key[0])
    own = _present(scene, posts, scene.members_who(counts))
    others = scene.least(scene.others(posts, counts))
    firm = scene.least(scene.others(posts, lambda duty: counts(duty) and _stays(problem, duty)))
    least, wanted = [], []
    for need, other, staying, here in zip(needed, others, firm, own, strict=True):
        wanted.append(max(0, need - other))
        if len(sites) == 1 or need <= staying:
            least.append(max(0, min(need - other, here)) if need > staying else 0)
            continue
        beyond = max(0, here + other - need)
        share = beyond // len(sites) + (rank < beyond % len(sites))
        least.append(max(0, here - share))
    return tuple(least), tuple(wanted)


def _stays(problem: Problem, duty: Duty) -> bool:
    """Whether the person on a duty is at a post all the time, whatever is settled."""
    post = duty.post
    if post is None:
        return False
    return problem.posts[post].kind == "command" or not is_asked(problem, problem.posts[post].site)


def _needed(scene: _Scene, demand: Demand) -> tuple[int, ...]:
    """The count of a demand in each slot: the largest of its windows there."""
    _site, shift, day = scene.key
    windows = [one for one in demand.windows if one.start < scene.span[1] and one.end > scene.span[0]]
    windows = [one for one in windows if one.turn is None or one.turn == (day, shift)]
    return tuple(
        max((one.count for one in windows if overlap((one.start, one.end), slot)), default=0)
        for slot in pairwise(scene.edges)
    )


def _is_of_kind(problem: Problem, demand: Demand, duty: Duty) -> bool:
    who = problem.people[duty.person]
    if demand.kind == "qualified":
        return who.holds(demand.label, problem.last_date(duty.end))
    if demand.kind == "rank":
        return who.rank is not None and who.rank >= problem.ranks.index(demand.label)
    return True


def _limits(scene: _Scene, demand: Demand) -> Iterator[Limit]:
    if demand.kind != "at_most":
        return
    posts = demand.posts & set(scene.problem.sites[scene.key[0]].posts)
    others = scene.least(scene.others(demand.posts))
    holds = [
        any(
            overlap((one.start, one.end), slot) and one.turn in (None, (scene.key[2], scene.key[1]))
            for one in demand.windows
        )
        for slot in pairwise(scene.edges)
    ]
    if any(holds):
        needed = _needed(scene, demand)
        most = tuple(
            max(0, need - other) if here else None for need, other, here in zip(needed, others, holds, strict=True)
        )
        yield Limit(posts, most)


def _bound(problem: Problem, rule: Rule, span: Span) -> list[Span]:
    """When a rule holds inside a span of time."""
    spans: list[Span] = [span] if rule.during is None else intersect_spans([span], rule.during)
    between = rule.spec.between if isinstance(rule.spec, Command) else None
    if between is None:
        return spans
    opens, closes = between
    closes += DAY_MINUTES if closes <= opens else 0
    first, last = (problem.zone.local(edge)[0] for edge in span)
    days = range(first - 1, last + 1)
    return intersect_spans(
        spans, [(problem.zone.instant(day, opens), problem.zone.instant(day, closes)) for day in days]
    )


def _holding(scene: _Scene, rule: Rule) -> tuple[bool, ...]:
    spans = _bound(scene.problem, rule, scene.span)
    return tuple(any(overlap(span, slot) for span in spans) for slot in pairwise(scene.edges))


def _named(problem: Problem, names: Iterable[str]) -> frozenset[int]:
    wanted = set(names)
    sites = {site for name in wanted for site in problem.groups.get(name, ())}
    sites |= {number for number, site in enumerate(problem.sites) if site.name in wanted}
    return frozenset(
        number
        for number, post in enumerate(problem.posts)
        if post.site in sites or post.key in wanted or post.name in wanted
    )


def _in_charge(scene: _Scene, rule: Rule) -> Iterator[Floor]:
    """Who leads a group of sites, as a need of so many people."""
    spec, problem = cast(Command, rule.spec), scene.problem
    posts = _named(problem, spec.at) if spec.at else frozenset(range(len(problem.posts)))
    own = posts & set(problem.sites[scene.key[0]].posts)
    needed = [spec.count if holds else 0 for holds in _holding(scene, rule)]
    if not own or not any(needed):
        return

    def counts(duty: Duty) -> bool:
        who = problem.people[duty.person]
        by_rank = spec.rank and who.rank is not None and who.rank >= problem.ranks.index(spec.rank)
        by_name = spec.qualification and who.holds(str(spec.qualification), problem.last_date(duty.end))
        return duty.person in rule.people and bool(by_rank or by_name)

    able = scene.members_who(counts)
    if not able:
        return
    least, wanted = _shared(scene, posts, counts, needed)
    yield Floor(own, able, least, wanted, ("command", str(spec.qualification or "")))


def _blends(scene: _Scene, rule: Rule) -> Iterator[Blend]:
    spec, problem = cast(Mix, rule.spec), scene.problem
    holding = _holding(scene, rule)
    mine = set(problem.sites[scene.key[0]].posts)
    if not any(holding):
        return

    def counts(duty: Duty) -> bool:
        who = problem.people[duty.person]
        if spec.of:
            return any(who.holds(name, problem.last_date(duty.end)) for name in spec.of)
        if spec.rank_from:
            return who.rank is not None and who.rank >= problem.ranks.index(spec.rank_from)
        return who.sex == spec.sex

    for name in spec.at or [problem.posts[post].key for post in sorted(mine)]:
        posts = _named(problem, [name])
        if posts & mine:
            others = scene.least(scene.others(posts)), scene.least(scene.others(posts, counts))
            there = zip(holding, *others, strict=True)
            yield Blend(
                posts & mine,
                scene.members_who(counts),
                spec.share,
                spec.min,
                tuple((people, able) if holds else None for holds, people, able in there),
                rule.weight,
                tuple(spec.of),
            )


def _apart(scene: _Scene, rule: Rule) -> Iterator[tuple[int, int, int | None]]:
    spec, problem = cast(Teams, rule.spec), scene.problem
    if not spec.apart or spec.within != "post":
        return
    for people in spec.apart:
        here = [
            number
            for number, one in enumerate(scene.members)
            if one.duty is not None and problem.people[one.duty.person].id in people and rule.binds(one.duty.start)
        ]
        for one, other in combinations(here, 2):
            yield one, other, rule.weight


def _single(problem: Problem, posts: Iterable[int], floors: Sequence[Floor]) -> frozenset[int]:
    """Posts of relief that one person may hold alone, so that handing them over needs somebody who comes first."""
    most: Mapping[int, int] = {
        post: max(
            (max(floor.wanted) for floor in floors if floor.posts == {post} and floor.quality[0] == "staff"), default=0
        )
        for post in posts
    }
    return frozenset(post for post, count in most.items() if count and problem.posts[post].relief is not None)


def weight_of(rule_weight: int | None) -> int:
    """What an hour of a bent rule counts; a hard one more than anything that bends."""
    return 1000 if rule_weight is None else max(1, rule_weight)
