"""Documents to a frozen problem: every name checked, every date an instant, every need a demand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from patrolplan import FILE_FORMAT
from patrolplan.config.calendar import Calendar, Moment
from patrolplan.config.documents import Document, GroupDoc, PhaseDoc, SiteDoc
from patrolplan.config.folder import Folder
from patrolplan.config.merging import Merged, Variant, read_merged
from patrolplan.config.needs import Scene, Target, demands_of
from patrolplan.config.people import FULL_SHARE, Staff, build_people, far_absences, read_staff
from patrolplan.config.postings import breaks_of, idle_warnings, relief_of, walks_of
from patrolplan.config.public_holidays import public_holidays
from patrolplan.config.rotations import settle_rotations
from patrolplan.config.rounds import grounds
from patrolplan.config.rulebook import Rulebook, bind_rules, read_rules
from patrolplan.config.shape import Named, walk
from patrolplan.config.source import Mark, Node
from patrolplan.config.wording import Path as NodePath
from patrolplan.config.wording import mark_of, shown, validated
from patrolplan.errors import Complaint, InputError, Place, nearest
from patrolplan.language import _, figures, spoken, suggest
from patrolplan.problem import (
    Acceptance,
    Contact,
    Demand,
    Letterhead,
    Person,
    Phase,
    Post,
    Problem,
    Rule,
    Shift,
    Signature,
    Site,
    Slot,
)
from patrolplan.rules.cost.spec import Cost
from patrolplan.rules.cover.spec import Cover
from patrolplan.rules.fairness.spec import Fairness
from patrolplan.rules.fields import HOLIDAY
from patrolplan.rules.induction.spec import training_slots
from patrolplan.rules.one_duty.spec import OneDuty
from patrolplan.rules.pins.spec import Pins
from patrolplan.rules.stability.spec import Stability
from patrolplan.units import DAY_MINUTES, Span, Zone, merge_spans, overlap

LONGEST_DAYS = 2000
"""Most days of one operation."""
_READ_APART = ("personnel", "absences", "counters", "rules", "extends")
MISSPELT = 0.8
"""How alike a name must be to a defined one to be taken for a misspelling of it, where undefined names are allowed."""
_AFTER_PEOPLE = ("person", "team", "unit")


@dataclass(frozen=True)
class Loaded:
    """An operation, ready to be planned or audited.

    Attributes
    ----------
    problem
        The frozen facts.
    history, busy, published
        Paths of earlier rosters, of rosters of other operations, and of the published one; they are not read yet.
    pinned
        Paths of the rosters that pins name, by the name in the rule; they are not read yet.
    warnings
        What deserves a look, with its place.
    """

    problem: Problem
    history: tuple[Path, ...] = ()
    busy: tuple[Path, ...] = ()
    published: tuple[Path, ...] = ()
    pinned: Mapping[str, Path] = field(default_factory=dict)
    warnings: tuple[Complaint, ...] = ()


@dataclass
class _Reading:
    """One operation on its way from text to facts."""

    folder: Folder
    merged: Merged
    complaints: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)

    def complain(self, message: str, mark: Mark) -> None:
        self.complaints.append(Complaint(message, mark.place, mark.width))

    def warn(self, message: str, mark: Mark) -> None:
        self.warnings.append(Complaint(message, mark.place, mark.width))

    def at(self, *path: str | int) -> Mark:
        """Where a value stands, or the nearest thing above it that is written down."""
        known: list[str | int] = []
        node = self.merged.root
        for step in path:
            child = node.children.get(step) if isinstance(step, str) else node.entries[step]
            if child is None:
                break
            known.append(step)
            node = child
        return mark_of(self.merged.root, tuple(known))

    def refuse(self) -> None:
        """Raise everything that is wrong so far, in the order of the files."""
        if self.complaints:
            main = str(self.folder.operation)
            ordered = sorted(set(self.complaints), key=lambda one: (one.place.file != main, one.place, one.message))
            raise InputError(ordered, main)


def resolve(
    path: Path, window: tuple[Moment | None, Moment | None] = (None, None), variant: Variant | None = None
) -> Loaded:
    """Read an operation file and everything that it names.

    Parameters
    ----------
    window
        First and last moment of the part that is planned; None for the operation's own.
    variant
        What is changed of the operation; None for nothing.

    Raises
    ------
    InputError
        With everything that is wrong, not only the first.
    """
    folder = Folder(path)
    merged = read_merged(folder, variant)
    reading = _Reading(folder, merged, list(merged.complaints), list(merged.warnings))
    suggest(_language(merged.root))
    _check_version(reading)
    document = _document(reading)
    staff = read_staff(merged.root, folder)
    book = read_rules(merged)
    reading.complaints += [*staff.complaints, *book.complaints]
    reading.warnings += [*staff.warnings, *book.warnings]
    _check_names(reading, staff, book)
    calendar = _calendar(reading, document) if document is not None else None
    history = _paths(reading, "history", document.history if document else ())
    busy = _paths(reading, "busy", document.busy if document else ())
    published = _paths(reading, "published", document.published if document else ())
    pinned = _pinned(reading, book)
    reading.refuse()
    if document is None or calendar is None:
        raise InputError(_("the operation is not understood."), str(path))
    problem = _problem(reading, document, calendar, staff, book, window)
    return Loaded(problem, history, busy, published, pinned, tuple(reading.warnings))


def _language(root: Node) -> str | None:
    """The language that the file asks for, even if much else in it is wrong."""
    operation = root.children.get("operation")
    asked = operation.children.get("language") if operation is not None else None
    return asked.value if asked is not None and isinstance(asked.value, str) else None


def _check_version(reading: _Reading) -> None:
    root = reading.merged.root
    given = root.children.get("patrolplan")
    if given is None:
        reading.complain(
            _('the line "patrolplan: {version}" is missing; it says which format this is.').format(version=FILE_FORMAT),
            root.mark,
        )
    elif given.value != FILE_FORMAT or isinstance(given.value, bool):
        reading.complain(
            _("patrolplan: {given} is not a format that this version reads; it reads {version}.").format(
                given=shown(given.plain()), version=FILE_FORMAT
            ),
            given.mark,
        )


def _document(reading: _Reading) -> Document | None:
    """The sections as a document; those with mistakes are left out, so that the others are judged, too."""
    root = _read_here(reading.merged.root)
    document, found = validated(root, Document)
    version_is_wrong = ("patrolplan",)
    reading.complaints += [complaint for path, complaint in found if path != version_is_wrong]
    if document is not None:
        return document
    broken = {path[0] for path, _ in found if path}
    sound = {key: child for key, child in root.children.items() if key not in broken}
    sound["patrolplan"] = Node(FILE_FORMAT, root.mark)
    return validated(root.with_children(sound, root.keys), Document)[0]


def _read_here(root: Node) -> Node:
    kept = {key: child for key, child in root.children.items() if key not in _READ_APART and child.value is not None}
    return root.with_children(kept, root.keys)


def _check_names(reading: _Reading, staff: Staff, book: Rulebook) -> None:
    """Every reference of the file, its rules and its tables against what is defined."""
    root = reading.merged.root
    here = [one for one in walk(_read_here(root), Document) if isinstance(one, Named)]
    known = _known_names(root, staff)
    declared = {**known, "qualification": list(root.children.get("qualifications", Node({})).children)}
    of_people = [(one, declared) for one in staff.named if not _is_defined_by_people(one, root)]
    for one, names in (*((one, known) for one in here), *of_people, *((one, known) for one in book.named)):
        if one.kind in _AFTER_PEOPLE and staff.complaints:
            continue
        if one.kind in names and one.name not in names[one.kind]:
            reading.complain(one.complaint(names[one.kind]).message, one.mark)


def _is_defined_by_people(one: Named, root: Node) -> bool:
    """Whether a name in a table needs no definition: qualifications that are held, and ranks where nothing ranks them.

    Beside a list of qualifications, one that looks like a misspelt entry of it is taken for that.
    """
    if one.kind == "qualification":
        return not nearest(one.name, root.children.get("qualifications", Node({})).children, MISSPELT)
    return one.kind == "rank" and not root.children.get("ranks", Node([])).entries


def _known_names(root: Node, staff: Staff) -> Mapping[str, Collection[str]]:
    def keys(section: str) -> list[str]:
        return list(root.children.get(section, Node({})).children)

    ranks = root.children.get("ranks", Node([])).entries
    sites = root.children.get("sites", Node({})).children
    posts = [f"{site}/{post}" for site, node in sites.items() for post in node.children.get("posts", Node({})).children]
    people = [entry.doc for entry in staff.entries]
    teams = {team for doc in people for team in (doc.team, *doc.team_by_phase.values()) if team}
    return {
        "shift": keys("shifts"),
        "site": keys("sites"),
        "post": posts,
        "place": [*posts, *keys("sites"), *keys("groups")],
        "group": keys("groups"),
        "phase": keys("phases"),
        "rank": [str(one.value) for one in ranks if isinstance(one.value, (str, int, float))],
        "qualification": {*keys("qualifications"), *(name for doc in people for name in doc.qualifications)},
        "rounds": keys("rounds"),
        "contract": {*FULL_SHARE, *keys("contracts")},
        "person": {doc.id for doc in people},
        "team": teams,
        "unit": {doc.unit for doc in people if doc.unit},
    }


def _zone(reading: _Reading, name: str) -> Zone | None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from zoneinfo import available_timezones

        names = available_timezones()
        places = {one.rpartition("/")[2]: one for one in names}
        hint = nearest(name, names)
        last = name.rpartition("/")[2]
        if not hint and last in places:
            hint = " " + _('Did you mean "{place}"?').format(place=places[last])
        reading.complain(
            _('there is no time zone "{name}".{hint}').format(name=name, hint=hint), reading.at("operation", "timezone")
        )
        return None
    return Zone(name)


def _calendar(reading: _Reading, document: Document) -> Calendar | None:
    operation = document.operation
    zone = _zone(reading, operation.timezone)
    if zone is None:
        return None
    first_clock = operation.from_[1]
    day_starts = operation.day_starts if operation.day_starts is not None else first_clock or 0
    if day_starts >= DAY_MINUTES:
        reading.complain(_("day_starts must be before 24:00."), reading.at("operation", "day_starts"))
        return None
    bare = Calendar(zone, 0, 0, day_starts)
    start, end = bare.instant(operation.from_), bare.instant(operation.until)
    if end <= start:
        reading.complain(_("the operation ends (until) before it starts (from)."), reading.at("operation", "until"))
        return None
    if end - start > LONGEST_DAYS * DAY_MINUTES:
        reading.complain(
            _("the operation lasts more than {most} days; plan it in parts.").format(most=figures(f"{LONGEST_DAYS:,}")),
            reading.at("operation", "until"),
        )
        return None
    phases = {
        name: _phase_span(reading, name, doc or PhaseDoc.model_validate({}), Calendar(zone, start, end, day_starts))
        for name, doc in document.phases.items()
    }
    calendar = Calendar(zone, start, end, day_starts, phases)
    return replace(calendar, holidays=_holidays(reading, document, calendar))


def _holidays(reading: _Reading, document: Document, calendar: Calendar) -> Mapping[int, str]:
    if document.holidays is None:
        return {}
    language = document.operation.language or spoken()
    found = public_holidays(document.holidays, calendar.first_day, calendar.last_day, language)
    for key, message in found.wrong:
        reading.complain(message, reading.at("holidays", key))
    for key, message in found.doubtful:
        reading.warn(message, reading.at("holidays", key))
    return found.days


def _phase_span(reading: _Reading, name: str, doc: PhaseDoc, calendar: Calendar) -> Span:
    start = calendar.instant(doc.from_) if doc.from_ else calendar.start
    end = calendar.instant(doc.until) if doc.until else calendar.end
    mark = reading.at("phases", name, "until" if doc.until else "from")
    clipped = calendar.clipped((start, end))
    if end <= start and doc.from_ and doc.until:
        reading.complain(_('the phase "{name}" ends before it starts.').format(name=name), mark)
    elif clipped[1] <= clipped[0]:
        reading.warn(_('the phase "{name}" lies outside the operation.').format(name=name), mark)
        return calendar.start, calendar.start
    return clipped


def _paths(reading: _Reading, section: str, names: tuple[str, ...]) -> tuple[Path, ...]:
    """Paths of files that are read later; they must exist in the folder."""
    found = []
    node = reading.merged.root.children.get(section)
    for index, name in enumerate(names):
        mark = node.entries[index].mark if node is not None and node.entries else reading.at(section)
        found += _path(reading, name, mark)
    return tuple(found)


def _path(reading: _Reading, name: str, mark: Mark) -> list[Path]:
    """The path of a file that is read later; nothing where it lies outside of the folder."""
    try:
        path = reading.folder.locate(name, mark)
    except InputError as error:
        reading.complaints += error.complaints
        return []
    if not path.is_file():
        reading.complain(_('there is no file "{name}".').format(name=name), mark)
    return [Path(reading.folder.label(path))]


def _pinned(reading: _Reading, book: Rulebook) -> dict[str, Path]:
    """The rosters from which duties are pinned."""
    named = [(rule.spec.from_, rule.mark) for rule in book.rules if isinstance(rule.spec, Pins) and rule.spec.from_]
    return {name: path for name, mark in named for path in _path(reading, name, mark)}


def _problem(
    reading: _Reading,
    document: Document,
    calendar: Calendar,
    staff: Staff,
    book: Rulebook,
    window: tuple[Moment | None, Moment | None],
) -> Problem:
    shifts = _shifts(reading, document)
    sites, posts = _places(reading, document)
    walked = grounds(
        document.rounds,
        lambda message, path: reading.complain(message, reading.at(*path)),
        lambda path: reading.at(*path).place,
    )
    people, complaints = build_people(staff, document, calendar, [site.name for site in sites], _double(book))
    reading.complaints += complaints
    reading.warnings += far_absences(staff, calendar)
    planned = _window(reading, calendar, window)
    reading.refuse()
    own = reading.merged.listed or reading.merged.root.key_mark("operation")
    rules, warnings = bind_rules(book, people, document.ranks, calendar, own)
    reading.warnings += warnings
    first_day, last_day = _duty_dates(calendar, shifts)
    settled = settle_rotations(rules, reading.merged.rules, document.rotations, shifts, people, first_day)
    reading.complaints += settled.complaints
    reading.warnings += settled.warnings
    _warn_of_stability(reading, rules, people, bool(document.published))
    demands = _demands(reading, document, calendar, shifts, posts, sites, book)
    _warn_of_holidays(reading, document, rules, _targets(reading, document, posts, sites))
    _warn_of_the_start(reading, calendar, shifts, demands, bool(document.history))
    breaks = breaks_of(document, Scene(calendar, shifts, Cover.model_validate({})), sites, posts, reading.at)
    walks, found = walks_of(document, sites, posts, reading.at)
    reading.complaints += found
    reading.warnings += idle_warnings(document, posts, breaks, reading.at)
    slots = _slots(calendar, shifts, posts, demands, planned)
    slots = _in_order((*slots, *training_slots(slots, sites, posts, rules)))
    _warn(reading, book, people, posts, demands)
    _warn_of_the_rare(reading, document, people, demands)
    acceptances = _acceptances(reading, document, calendar, posts)
    reading.refuse()
    names = {site.name: index for index, site in enumerate(sites)}
    return Problem(
        name=document.operation.name,
        zone=calendar.zone,
        start=calendar.start,
        end=calendar.end,
        first_day=first_day,
        last_day=last_day,
        day_starts=calendar.day_starts,
        shifts=shifts,
        sites=sites,
        posts=posts,
        people=tuple(people),
        slots=slots,
        demands=demands,
        rules=tuple(settled.rules),
        window=planned,
        phases=tuple(Phase(name, *span) for name, span in calendar.phases.items() if span[0] < span[1]),
        ranks=document.ranks,
        groups={name: tuple(names[site] for site in _group_sites(group)) for name, group in document.groups.items()},
        week_starts=document.week_starts,
        weekend=document.weekend,
        holidays=calendar.holidays,
        travel={
            (min(names[a], names[b]), max(names[a], names[b])): one.time
            for one in document.travel
            for a, b in [one.between]
        },
        breaks=breaks,
        walks=walks,
        acceptances=acceptances,
        grounds=walked,
        letterhead=_letterhead(document),
        signatures=tuple(Signature(**one.model_dump()) for one in document.signatures),
        contacts=tuple(
            Contact(one.name, one.phone, frozenset(names[site] for site in one.at)) for one in document.contacts
        ),
        sources=dict(sorted(reading.folder.sources.items())),
        warnings=tuple(str(one) for one in reading.warnings),
    )


def _letterhead(document: Document) -> Letterhead:
    return Letterhead(**document.letterhead.model_dump()) if document.letterhead is not None else Letterhead()


def _double(book: Rulebook) -> int:
    """Most minutes of a double duty for everybody; 0 for none."""
    specs = [rule.spec for rule in book.rules if isinstance(rule.spec, OneDuty)]
    return next((spec.double.max for spec in specs if spec.double is not None), 0)


def _shifts(reading: _Reading, document: Document) -> tuple[Shift, ...]:
    return tuple(
        Shift(name, doc.start, doc.end, doc.night, doc.handover, reading.at("shifts", name).place)
        for name, doc in document.shifts.items()
    )


def _group_sites(group: GroupDoc | tuple[str, ...]) -> tuple[str, ...]:
    return group.sites if isinstance(group, GroupDoc) else group


def _places(reading: _Reading, document: Document) -> tuple[tuple[Site, ...], tuple[Post, ...]]:
    numbers = {name: index for index, name in enumerate(document.shifts)}
    sites: list[Site] = []
    posts: list[Post] = []
    for site_number, (site_name, site) in enumerate(document.sites.items()):
        first = len(posts)
        for name in (site_name, *site.posts):
            if "/" in name or not name.strip():
                reading.complain(
                    _('"{name}" cannot name a site or post; use words without /.').format(name=name),
                    reading.at("sites", site_name),
                )
        for name, post in site.posts.items():
            allowed = post.shifts or site.shifts or tuple(document.shifts)
            posts.append(
                Post(
                    name=name,
                    site=site_number,
                    key=f"{site_name}/{name}",
                    title=post.title or name,
                    kind=post.kind,
                    requires=post.requires,
                    shifts=tuple(sorted({numbers[one] for one in allowed})),
                    task=post.task,
                    rounds=post.rounds or "",
                    place=reading.at("sites", site_name, "posts", name).place,
                    relief=relief_of(document, site_name, name, reading.at),
                    unloved=post.unloved,
                )
            )
        title = site.title or site.name or site_name
        own = tuple(range(first, len(posts)))
        client = site.client or document.operation.client
        sites.append(Site(site_name, title, own, site.location, reading.at("sites", site_name).place, client))
    return tuple(sites), tuple(posts)


def _window(reading: _Reading, calendar: Calendar, window: tuple[Moment | None, Moment | None]) -> Span:
    start = calendar.start if window[0] is None else calendar.instant(window[0])
    end = calendar.end if window[1] is None else calendar.instant(window[1])
    clipped = calendar.clipped((start, end))
    if clipped[1] <= clipped[0]:
        text = calendar.zone.span_text(calendar.start, calendar.end)
        is_empty = None not in window and end <= start
        where = _("is empty") if is_empty else _("lies outside the operation ({text})").format(text=text)
        raise InputError(_("the planned window {where}.").format(where=where))
    return clipped


def _demands(
    reading: _Reading,
    document: Document,
    calendar: Calendar,
    shifts: tuple[Shift, ...],
    posts: tuple[Post, ...],
    sites: tuple[Site, ...],
    book: Rulebook,
) -> tuple[Demand, ...]:
    listed = [rule.spec for rule in book.rules if isinstance(rule.spec, Cover)]
    cover = listed[-1] if listed else Cover.model_validate({})
    scene = Scene(calendar, shifts, cover, cover.level)
    return tuple(demand for target in _targets(reading, document, posts, sites) for demand in demands_of(target, scene))


def _targets(reading: _Reading, document: Document, posts: tuple[Post, ...], sites: tuple[Site, ...]) -> list[Target]:
    """Posts, then sites, then groups, each with its needs and their places."""
    found: list[Target] = []
    for index, post in enumerate(posts):
        site: SiteDoc = document.sites[sites[post.site].name]
        doc = site.posts[post.name]
        path = ("sites", sites[post.site].name, "posts", post.name, "needs")
        needs = [(need, _need_place(reading, (*path, number))) for number, need in enumerate(doc.needs)]
        found.append(Target(post.key, frozenset((index,)), needs, doc.priority))
    by_site = {site.name: site for site in sites}
    for name, site in document.sites.items():
        needs = [
            (need, _need_place(reading, ("sites", name, "needs", number))) for number, need in enumerate(site.needs)
        ]
        found.append(Target(name, frozenset(by_site[name].posts), needs))
    for name, group in document.groups.items():
        if isinstance(group, GroupDoc):
            needs = [
                (need, _need_place(reading, ("groups", name, "needs", number)))
                for number, need in enumerate(group.needs)
            ]
            members = frozenset(post for site in group.sites for post in by_site[site].posts)
            found.append(Target(name, members, needs))
    return [target for target in found if target.needs and target.posts]


def _need_place(reading: _Reading, path: NodePath) -> Place:
    return reading.at(*path).place


def _duty_dates(calendar: Calendar, shifts: tuple[Shift, ...]) -> tuple[int, int]:
    """First and last date on which a duty of the operation can start."""
    days = [
        day
        for day in range(calendar.first_day, calendar.last_day + 1)
        if any(calendar.start <= calendar.instant((day, shift.start)) < calendar.end for shift in shifts)
    ]
    return (days[0], days[-1]) if days else (calendar.first_day, calendar.last_day)


def _slots(
    calendar: Calendar, shifts: tuple[Shift, ...], posts: tuple[Post, ...], demands: tuple[Demand, ...], planned: Span
) -> tuple[Slot, ...]:
    """Every shift on every date at every post where somebody is needed, inside the planned window."""
    scene = Scene(calendar, shifts, Cover.model_validate({}))
    spans = {
        (day, shift): scene.shift_span(shift, day)
        for day in range(calendar.first_day, calendar.last_day + 1)
        for shift in range(len(shifts))
    }
    found: list[Slot] = []
    for post, (clock, turns) in enumerate(_wanted(len(posts), demands)):
        for (day, shift), (start, end) in spans.items():
            if shift not in posts[post].shifts or not planned[0] <= start < planned[1]:
                continue
            if (day, shift) in turns or any(overlap(one, (start, end)) for one in clock):
                found.append(Slot(post, shift, day, start, end))
    return _in_order(found)


def _in_order(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    return tuple(sorted(slots, key=lambda slot: (slot.start, slot.post, slot.shift, slot.training)))


def _wanted(count: int, demands: tuple[Demand, ...]) -> list[tuple[list[Span], set[tuple[int, int]]]]:
    """For each post, when somebody is needed there: stretches of the clock, and shifts on dates."""
    clock: list[list[Span]] = [[] for _ in range(count)]
    turns: list[set[tuple[int, int]]] = [set() for _ in range(count)]
    for demand in demands:
        if demand.is_upper:
            continue
        for post in demand.posts:
            for window in demand.windows:
                if window.turn is not None:
                    turns[post].add(window.turn)
                elif window.count:
                    clock[post].append((window.start, window.end))
    return [(merge_spans(spans), own) for spans, own in zip(clock, turns, strict=True)]


def _warn(
    reading: _Reading, book: Rulebook, people: list[Person], posts: tuple[Post, ...], demands: tuple[Demand, ...]
) -> None:
    root = reading.merged.root
    needed = {post for demand in demands if not demand.is_upper for post in demand.posts}
    for index, post in enumerate(posts):
        if index not in needed:
            reading.warnings.append(Complaint(_('nobody is ever needed at "{key}".').format(key=post.key), post.place))
    if not root.children.get("shifts", Node({})).children:
        reading.warn(
            _("there are no shifts; name some, or extend a preset such as polri/two-shift-12h."),
            root.key_mark("operation"),
        )
    if not posts:
        reading.warn(_("there are no posts; name some below sites."), root.key_mark("sites"))
    if not people:
        reading.warn(_("no people are listed (personnel)."), root.key_mark("personnel"))
    if not any(rule.spec.name == "rest" for rule in book.rules):
        reading.warn(_("there is no rest rule; add one, such as - rest: 11h."), root.key_mark("operation"))


def _warn_of_the_rare(reading: _Reading, document: Document, people: list[Person], demands: tuple[Demand, ...]) -> None:
    """Say where more people of a kind are needed than there are at all."""
    for demand in demands if people else ():
        if demand.kind == "qualified":
            kind = _('with "{label}"').format(label=demand.label)
            holders = sum(demand.label in who.qualifications for who in people)
        elif demand.kind == "rank":
            kind, least = _("of rank {label} or above").format(label=demand.label), document.ranks.index(demand.label)
            holders = sum(who.rank is not None and who.rank >= least for who in people)
        else:
            continue
        needed = max((window.count for window in demand.windows), default=0)
        if needed > holders:
            message = _('"{where}" needs {needed} people {kind}, but of all people there are {holders}.').format(
                where=demand.where, needed=figures(f"{needed:,}"), kind=kind, holders=holders or _("none")
            )
            reading.warnings.append(Complaint(message, demand.place))


def _warn_of_the_start(
    reading: _Reading, calendar: Calendar, shifts: tuple[Shift, ...], demands: tuple[Demand, ...], has_history: bool
) -> None:
    """Say where the operation begins in the middle of a shift, so that its first minutes cannot be covered."""
    first = min(
        (
            start
            for day in (calendar.first_day, calendar.first_day + 1)
            for shift in shifts
            if (start := calendar.instant((day, shift.start))) >= calendar.start
        ),
        default=calendar.start,
    )
    needed = any(
        window.start < first and window.count and window.turn is None
        for demand in demands
        if not demand.is_upper
        for window in demand.windows
    )
    if first > calendar.start and needed and not has_history:
        begins, opens = calendar.zone.moment_text(calendar.start), calendar.zone.moment_text(first)
        reading.warn(
            _(
                "the operation begins {begins}, but its first shift {opens}: nobody can cover the time "
                "between. Let it begin with a shift, or name the earlier roster under history."
            ).format(begins=begins, opens=opens),
            reading.merged.root.children["operation"].key_mark("from"),
        )


def _warn_of_holidays(reading: _Reading, document: Document, rules: list[Rule], targets: list[Target]) -> None:
    """Say where something is about public holidays and none are named."""
    if document.holidays is not None:
        return
    asking = [
        place for target in targets for need, place in target.needs if need.not_holidays or HOLIDAY in (need.days or ())
    ]
    for rule in rules:
        shares = isinstance(rule.spec, Fairness) and "holidays" in rule.spec.of
        if shares or (isinstance(rule.spec, Cost) and rule.spec.holiday):
            asking.append(rule.place)
    for place in dict.fromkeys(asking):
        message = _(
            "this is about public holidays, but none are named; name the country, such as holidays: ID, or dates."
        )
        reading.warnings.append(Complaint(message, place))


def _warn_of_stability(reading: _Reading, rules: list[Rule], people: list[Person], is_published: bool) -> None:
    """Say where a published roster and the rule that keeps to it are not there both."""
    stable = [rule for rule in rules if rule.name == "stability"]
    for rule in stable if not is_published else ():
        message = _('the rule "{id}" has no roster to keep to; name it: published: roster.csv.').format(id=rule.id)
        reading.warnings.append(Complaint(message, rule.place))
    without = {
        rule.place: rule.id
        for rule in stable
        if isinstance(rule.spec, Stability) and rule.spec.notice > 1 and not any(who.notice for who in people)
    }
    for place, name in without.items():
        message = _(
            'the notice of the rule "{name}" does nothing: no contract has one, such as full: {{notice: 3d}}.'
        ).format(name=name)
        reading.warnings.append(Complaint(message, place))
    if is_published and not stable:
        message = _("no rule keeps to the published roster; add one, such as - stability: {weight: 5}.")
        reading.warn(message, reading.merged.root.key_mark("published"))


def _acceptances(
    reading: _Reading, document: Document, calendar: Calendar, posts: tuple[Post, ...]
) -> tuple[Acceptance, ...]:
    keys = [post.key for post in posts]
    places = {*keys, *document.sites, *document.groups}
    found = []
    for index, doc in enumerate(document.accept):
        same = [key for key in keys if key.rpartition("/")[2] == doc.at]
        at = same[0] if doc.at not in places and len(same) == 1 else doc.at
        if at and at not in places:
            hint = (
                nearest(at, places)
                if not same
                else " " + _("Write it with its site: {same}.").format(same=", ".join(same))
            )
            reading.complain(
                _('unknown post, site or group "{at}".{hint}').format(at=at, hint=hint),
                reading.at("accept", index, "at"),
            )
        found.append(
            Acceptance(
                code=doc.finding,
                at=at,
                person=doc.person or "",
                during=calendar.during(doc.during),
                short=doc.short,
                by=doc.by,
                until_day=doc.until,
                reason=doc.reason,
                place=reading.at("accept", index).place,
                longest=doc.longest,
            )
        )
    return tuple(found)
