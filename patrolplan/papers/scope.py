"""What papers are about: a roster, the dates, sites and people that are chosen, and questions about who is where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from patrolplan.analysis.cover import Cover
from patrolplan.audit import complete
from patrolplan.formats.paper import OPEN, Line, Paper, Sheet
from patrolplan.formats.reliefs import Reliefs
from patrolplan.language import _, spoken
from patrolplan.papers.calendar import open_words
from patrolplan.papers.names import Names, shown
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.terminal.letters import by_start
from patrolplan.units import Span, overlap


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A shift on a date."""

    day: int
    shift: int


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody at a post for a stretch of time."""

    start: int
    end: int
    person: int


@dataclass(frozen=True)
class Scope:
    """A roster and the part of it for which papers are made.

    Attributes
    ----------
    days
        Date ordinals, in order.
    sites, people
        Indices.
    origin
        From which files and version of the roster the papers are made.
    narrowed
        Whether people were chosen by name.
    """

    problem: Problem
    given: Roster
    names: Names
    days: Sequence[int]
    sites: Sequence[int]
    people: Sequence[int]
    origin: str = ""
    narrowed: bool = False

    @cached_property
    def roster(self) -> Roster:
        """The roster with the duties given beforehand."""
        return complete(self.problem, self.given)

    @cached_property
    def cover(self) -> Cover:
        """Who is present and needed."""
        return Cover(self.problem, self.given)

    @cached_property
    def by_turn(self) -> dict[Turn, list[Duty]]:
        """Duties inside the operation that name a shift, standby among them, by shift and date."""
        found: dict[Turn, list[Duty]] = defaultdict(list)
        for duty in self.roster.duties:
            if duty.shift is not None and self.problem.start <= duty.start < self.problem.end:
                found[Turn(duty.day, duty.shift)].append(duty)
        return found

    @cached_property
    def places(self) -> dict[int, list[Place]]:
        """Who stands at each post when, in order of time; training and standby do not stand."""
        found: dict[int, list[Place]] = defaultdict(list)
        for duty in self.roster.duties:
            for part in duty.stretches if duty.kind == "duty" else ():
                if part.post is not None:
                    found[part.post].append(Place(part.start, part.end, part.person))
        by_id = [person.id for person in self.problem.people]
        return {
            post: sorted(places, key=lambda one: (one.start, one.end, by_id[one.person]))
            for post, places in found.items()
        }

    @cached_property
    def reliefs(self) -> Reliefs:
        """Who relieves whom at the posts."""
        return Reliefs(self.problem, self.roster)

    def duties(self, person: int) -> list[Duty]:
        """Duties of a person on the chosen dates that touch the chosen sites, standby among them."""
        days, problem = set(self.days), self.problem
        every_site = len(self.sites) == len(problem.sites)
        return [
            duty
            for duty in self.roster.of(person)
            if duty.day in days
            and problem.start <= duty.start < problem.end
            and (every_site or any(self._is_chosen(part.post) for part in duty.stretches))
        ]

    def _is_chosen(self, post: int | None) -> bool:
        return post is not None and self.problem.posts[post].site in self.sites

    def turns(self, site: int) -> Iterator[Turn]:
        """Shifts of the chosen dates in which somebody is at a site, or is needed there, in order of time."""
        posts = self.problem.sites[site].posts
        for day in self.days:
            for shift in by_start(self.problem, range(len(self.problem.shifts))):
                turn = Turn(day, shift)
                if any(self.standing(post, turn) or self.open_words(post, turn) for post in posts):
                    yield turn

    def span(self, turn: Turn) -> Span:
        """Start and end of a shift on a date."""
        return self.problem.shift_span(turn.shift, turn.day)

    def standing(self, post: int, turn: Turn) -> list[int]:
        """People on duty in a shift who stand at a post in it, by service number."""
        found = [
            duty.person
            for duty in self.by_turn.get(turn, ())
            if duty.kind == "duty" and any(part.post == post for part in duty.stretches)
        ]
        return self._by_number(set(found))

    def open_words(self, post: int, turn: Turn) -> str:
        """What is open at a post in a shift; empty for nothing, or if the shift does not serve it."""
        if turn.shift not in self.problem.posts[post].shifts:
            return ""
        return open_words(self.problem, self.cover.open_parts(post, turn.shift, turn.day))

    def lines(self, post: int, turn: Turn, text: Callable[[int], str] | None = None) -> tuple[Line, ...]:
        """Who stands at a post in a shift, one line each, and what is open."""
        name = text or self.names.ranked
        lines = [Line(name(person)) for person in self.standing(post, turn)]
        missing = self.open_words(post, turn)
        return (*lines, Line(missing, OPEN)) if missing else tuple(lines)

    def commanders(self, site: int, turn: Turn) -> list[int]:
        """Who leads a site in a shift: those at its posts of command, else the one there of the highest rank."""
        return commanders(self.problem, self.problem.sites[site].posts, lambda post: self.standing(post, turn))

    @cached_property
    def leading_sites(self) -> list[int]:
        """Sites that only command: all their posts are of that kind, and there are others to command."""
        found = [
            index
            for index, site in enumerate(self.problem.sites)
            if site.posts and all(self.problem.posts[post].kind == "command" for post in site.posts)
        ]
        return found if len(found) < len(self.problem.sites) else []

    def leaders(self, span: Span) -> list[int]:
        """Who commands the whole operation at some time in a stretch of time, the highest rank first."""
        found = [
            place.person
            for site in self.leading_sites
            for post in self.problem.sites[site].posts
            for place in self.places.get(post, ())
            if overlap((place.start, place.end), span)
        ]
        return sorted(dict.fromkeys(found), key=lambda person: -(self.problem.people[person].rank or 0))

    def _by_number(self, people: Collection[int]) -> list[int]:
        return sorted(people, key=lambda person: self.problem.people[person].id)

    def site_title(self, site: int) -> str:
        """A site as it is called on paper."""
        return shown(self.problem.sites[site].title)

    def post_title(self, post: int) -> str:
        """A post as it is called on paper."""
        return shown(self.problem.posts[post].title)

    def shift_name(self, turn: Turn) -> str:
        """The name of a shift."""
        return shown(self.problem.shifts[turn.shift].name)

    def paper(self, kind: str, title: str, sheets: Sequence[Sheet], *, landscape: bool = False) -> Paper:
        """A paper of this operation."""
        head = self.problem.letterhead
        return Paper(
            kind=kind,
            title=title,
            language=spoken(),
            operation=shown(self.problem.name),
            head=tuple(shown(line) for line in head.lines),
            address=shown(head.address),
            classification=shown(head.classification),
            foot=self.origin,
            page_words=_("page {page} of {pages}"),
            sheets=tuple(sheets),
            landscape=landscape,
        )


def commanders(problem: Problem, posts: Collection[int], standing: Callable[[int], list[int]]) -> list[int]:
    """Those at posts of command, else the one of the highest rank; nobody where no rank is known.

    Of several of that rank it is whoever has served longest, then whoever has the lowest service number.

    Parameters
    ----------
    standing
        Who stands at a post.
    """
    leading = [person for post in posts if problem.posts[post].kind == "command" for person in standing(post)]
    if leading:
        return list(dict.fromkeys(leading))
    present = {person: problem.people[person] for post in posts for person in standing(post)}
    ranked = [(-who.rank, -(who.years or 0), who.id, person) for person, who in present.items() if who.rank is not None]
    return [min(ranked)[-1]] if ranked else []
