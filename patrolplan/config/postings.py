"""What the file says about postings: the longest time at a post, breaks, and the ways between the posts of a site."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from patrolplan.config.documents import BreakDoc, Document, NeedDoc, ReliefDoc
from patrolplan.config.needs import Scene, windows_of
from patrolplan.config.source import Mark
from patrolplan.errors import Complaint, nearest
from patrolplan.language import _
from patrolplan.problem import Break, Post, Relief, Site
from patrolplan.units import DAY_MINUTES, Span, clock_text

WALKING_METRES = 75
"""Metres on foot in a minute: 4.5 km/h."""
EARTH_METRES = 6_371_000
"""Mean radius of the earth."""

At = Callable[..., Mark]
"""Where a value stands in the file, by its path."""


def relief_of(document: Document, site: str, post: str, at: At) -> Relief | None:
    """The relief of a post: its own, else for static posts that of the site, else that of the operation."""
    doc = document.sites[site].posts[post]
    ways: list[tuple[ReliefDoc | str | None, tuple[str, ...]]] = [
        (doc.relief, ("sites", site, "posts", post, "relief"))
    ]
    if doc.kind == "static":
        ways += [(document.sites[site].relief, ("sites", site, "relief")), (document.relief, ("relief",))]
    for relief, path in ways:
        if isinstance(relief, ReliefDoc):
            return Relief(relief.max, relief.step, at(*path).place)
        if relief is not None:
            return None
    return None


def breaks_of(
    document: Document, scene: Scene, sites: Sequence[Site], posts: Sequence[Post], at: At
) -> tuple[Break, ...]:
    """Every break with its windows on the clock; those of a site stand for those of the operation there."""
    own = {site.name for site in sites if document.sites[site.name].breaks is not None}
    general = frozenset(index for index, post in enumerate(posts) if sites[post.site].name not in own)
    written = [(doc, general, at("breaks", index)) for index, doc in enumerate(document.breaks)]
    for site in sites:
        for index, doc in enumerate(document.sites[site.name].breaks or ()):
            written.append((doc, frozenset(site.posts), at("sites", site.name, "breaks", index)))
    found = []
    for doc, inside, mark in written:
        there = inside & _chosen(doc, document, sites, posts)
        found.append(Break(doc.name, doc.length, _windows(doc, scene), there, mark.place))
    return tuple(one for one in found if one.windows and one.posts)


def _windows(doc: BreakDoc, scene: Scene) -> tuple[Span, ...]:
    """When it is taken, on the clock; windows that a phase leaves too little of are dropped."""
    when = NeedDoc.model_construct(staff=0, between=doc.between, days=doc.days, dates=doc.dates, phase=doc.phase)
    spans = {(window.start, window.end) for window in windows_of(when, scene)}
    return tuple(sorted(span for span in spans if span[1] - span[0] >= doc.length))


def _chosen(doc: BreakDoc, document: Document, sites: Sequence[Site], posts: Sequence[Post]) -> frozenset[int]:
    """The posts that a break names by themselves, by site or by group; all but command posts if it names none."""
    names = set(doc.at)
    for name, group in document.groups.items():
        if name in doc.at:
            names.update(group if isinstance(group, tuple) else group.sites)
    return frozenset(
        index
        for index, post in enumerate(posts)
        if (post.kind != "command" if not names else post.key in names or sites[post.site].name in names)
    )


def walks_of(
    document: Document, sites: Sequence[Site], posts: Sequence[Post], at: At
) -> tuple[dict[tuple[int, int], int], list[Complaint]]:
    """Minutes between the posts of each site, as written or from their places; and what is wrong with them."""
    walks: dict[tuple[int, int], int] = {}
    complaints: list[Complaint] = []
    for site in sites:
        names = {posts[index].name: index for index in site.posts}
        walks |= _from_places(document, site, names)
        for number, walk in enumerate(document.sites[site.name].walks):
            mark = at("sites", site.name, "walks", number)
            unknown = [name for name in walk.between if name not in names]
            complaints += [
                Complaint(
                    _('{site} has no post "{name}".{nearest}').format(
                        site=site.name, name=name, nearest=nearest(name, names)
                    ),
                    mark.place,
                    mark.width,
                )
                for name in unknown
            ]
            if not unknown:
                first, second = sorted(names[name] for name in walk.between)
                walks[first, second] = walk.time
    return walks, complaints


def _from_places(document: Document, site: Site, names: Mapping[str, int]) -> dict[tuple[int, int], int]:
    docs = document.sites[site.name].posts
    placed = [(index, location) for name, index in names.items() if (location := docs[name].location) is not None]
    return {
        (one, other): math.ceil(_metres(here, there) / WALKING_METRES)
        for number, (one, here) in enumerate(placed)
        for other, there in placed[number + 1 :]
    }


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two places in degrees, by the haversine formula."""
    (north, east), (north2, east2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    half = math.sin((north2 - north) / 2) ** 2 + math.cos(north) * math.cos(north2) * math.sin((east2 - east) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(half)))


def idle_warnings(document: Document, posts: Sequence[Post], breaks: Sequence[Break], at: At) -> list[Complaint]:
    """Where something about postings is written that does nothing."""
    settled = {post.site for post in posts if post.relief is not None}
    settled |= {posts[index].site for one in breaks for index in one.posts}
    idle = [
        Complaint(
            _('"{post}" is unloved, but nobody is relieved at its site; write relief or breaks there.').format(
                post=post.key
            ),
            post.place,
        )
        for post in posts
        if post.unloved and post.site not in settled
    ]
    idle += _breaks_of_no_shift(document, at)
    asked = isinstance(document.relief, ReliefDoc)
    if asked and posts and not any(post.relief for post in posts):
        mark = at("relief")
        idle.append(Complaint(_("there is no static post that this relief could bind."), mark.place, mark.width))
    return idle


def _breaks_of_no_shift(document: Document, at: At) -> list[Complaint]:
    """Breaks that nobody has, since no shift lasts through their whole window."""
    written: list[tuple[BreakDoc, tuple[str | int, ...]]] = [
        (one, ("breaks", number)) for number, one in enumerate(document.breaks)
    ]
    for name, site in document.sites.items():
        written += [(one, ("sites", name, "breaks", number)) for number, one in enumerate(site.breaks or ())]
    idle = []
    for one, path in written:
        opens, closes = one.between
        long = (closes - opens) % DAY_MINUTES or DAY_MINUTES
        inside = [
            (opens - shift.start) % DAY_MINUTES + long <= ((shift.end - shift.start) % DAY_MINUTES or DAY_MINUTES)
            for shift in document.shifts.values()
        ]
        if inside and not any(inside):
            mark = at(*path)
            words = _(
                'nobody has the break "{name}": no shift lasts through its whole window {window}. '
                "Write a window for each shift, inside it."
            )
            window = f"{clock_text(opens)}-{clock_text(closes)}"
            idle.append(Complaint(words.format(name=one.name, window=window), mark.place, mark.width))
    return idle
