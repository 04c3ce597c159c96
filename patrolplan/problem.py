"""Frozen facts of one operation: horizon, people, sites, posts, shifts, slots, demands, rules, eligibility.

Nothing here is decided and nothing is read from configuration any more. People, posts, shifts and sites are
referred to by their index in the tuples of `Problem`; times are instants (minutes, see `patrolplan.units`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from patrolplan.errors import Place
from patrolplan.units import Span, Zone

FOREVER = 10**12
"""An instant or a date beyond every plan."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A kind of working time.

    Attributes
    ----------
    start, end
        Clock minutes; an end at or before the start lies on the next date.
    night
        Whether a duty in this shift counts as a night.
    handover
        Minutes printed on cards and calendars; never part of a duty.
    """

    name: str
    start: int
    end: int
    night: bool = False
    handover: int = 0
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Relief:
    """How long somebody may hold a post at a stretch, and how finely changes of posts are timed, in minutes."""

    most: int
    step: int
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Break:
    """A pause for everybody who is on duty through one of its windows: away from the posts, and still on duty.

    Attributes
    ----------
    minutes
        How long it lasts.
    windows
        In each of them, as instants, it is to be taken once.
    posts
        Whose duty begins at one of these posts is to have it.
    """

    name: str
    minutes: int
    windows: tuple[Span, ...]
    posts: frozenset[int]
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Post:
    """A place to stand, belonging to one site. `key` is ``site/post``.

    Attributes
    ----------
    relief
        How long somebody may stand here at a stretch; None for as long as the duty.
    unloved
        How unloved an hour here is; 0 if it is like any other.
    """

    name: str
    site: int
    key: str
    title: str
    kind: str = "static"
    requires: tuple[str, ...] = ()
    shifts: tuple[int, ...] = ()
    task: str = ""
    rounds: str = ""
    place: Place = Place()
    relief: Relief | None = None
    unloved: int = 0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place that patrols visit.

    Attributes
    ----------
    at
        Latitude and longitude in degrees, if known.
    dwell, attack, promise
        Minutes: of a visit, that an intruder needs, and the longest between two visits.
    weight
        What an intrusion costs, against the other checkpoints.
    closed
        Clock windows in which nobody goes there and the promise does not run.
    """

    name: str
    title: str
    at: tuple[float, float] | None
    dwell: int
    attack: int
    promise: int
    weight: float = 1.0
    closed: tuple[tuple[int, int], ...] = ()
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Ground:
    """What patrols walk.

    Attributes
    ----------
    travel
        Minutes from each checkpoint to each.
    start
        Minutes from where duties begin to each checkpoint; None if they begin anywhere.
    slot
        Minutes of the grid on which visits lie.
    teams, team_size
        Most teams at a time, and people in each.
    """

    name: str
    title: str
    checkpoints: tuple[Checkpoint, ...]
    travel: tuple[tuple[float, ...], ...]
    start: tuple[float, ...] | None = None
    slot: int = 5
    teams: int = 1
    team_size: int = 1
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Site:
    """A guarded place; `location` is latitude and longitude in degrees, `client` for whom it is guarded."""

    name: str
    title: str
    posts: tuple[int, ...] = ()
    location: tuple[float, float] | None = None
    place: Place = Place()
    client: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """Time in which a person may not be on duty.

    Attributes
    ----------
    starts_only
        True if only duties that *start* in the interval are forbidden.
    """

    start: int
    end: int
    reason: str
    starts_only: bool = False
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody served before the operation where there is no roster of it: known as numbers alone.

    It counts in limits over the whole operation and in fair shares, and never in streaks or rest.

    Attributes
    ----------
    weekends
        Worked weekends.
    weekend_duties
        Duties that started on a weekend date.
    holidays
        Duties that started on a public holiday.
    """

    duties: int = 0
    minutes: int = 0
    nights: int = 0
    weekends: int = 0
    weekend_duties: int = 0
    holidays: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(
            self.duties + other.duties,
            self.minutes + other.minutes,
            self.nights + other.nights,
            self.weekends + other.weekends,
            self.weekend_duties + other.weekend_duties,
            self.holidays + other.holidays,
        )


NOTHING_COUNTED = Counted()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be given duties.

    Attributes
    ----------
    rank
        Index in `Problem.ranks` (ascending), or None.
    qualifications
        Name to the last date (ordinal) on which it is valid; `FOREVER` if it does not expire.
    team
        Team outside the spans of `team_spans`.
    team_spans
        ``(start, end, team)`` in instants: where the team is another one.
    contract
        Name of the contract, and `share` its part of a full contract.
    trained_for, not_at
        Sites where this person may (only) or may not stand; empty means no limit.
    counted
        What was served before the operation and stands in no roster.
    notice
        Minutes before a duty by which its change must be known, by the contract.
    double
        Most minutes of two duties that touch and count as one (a double); 0 if the person works none.
    standby
        How much an hour of standby counts, in percent, by the contract; None leaves it to the rule.
    pay
        Pay of an hour in whole units of the currency, the person's own or by the contract; None leaves it to the rule.
    """

    id: str
    name: str
    rank: int | None = None
    unit: str = ""
    team: str = ""
    team_spans: tuple[tuple[int, int, str], ...] = ()
    sex: str = ""
    qualifications: Mapping[str, int] = field(default_factory=dict)
    years: float | None = None
    contract: str = ""
    share: float = 1.0
    trained_for: frozenset[int] = frozenset()
    not_at: frozenset[int] = frozenset()
    absences: tuple[Absence, ...] = ()
    home: str = ""
    phone: str = ""
    placeholder: bool = False
    counted: Counted = NOTHING_COUNTED
    notice: int = 0
    double: int = 0
    standby: int | None = None
    pay: int | None = None
    place: Place = Place()

    def holds(self, qualification: str, until_day: int) -> bool:
        """Whether the qualification is held and valid up to and including a date."""
        return self.qualifications.get(qualification, -1) >= until_day

    def team_at(self, instant: int) -> str:
        """The team to which a duty starting at an instant belongs; empty for none."""
        for start, end, team in self.team_spans:
            if start <= instant < end:
                return team
        return self.team


@dataclass(frozen=True, slots=True)
class Slot:
    """A possible duty: one shift on one date at one post.

    Attributes
    ----------
    day
        Date ordinal on which it starts.
    start, end
        Instants.
    learners
        Who may shadow it, beyond the cover; None for a duty that counts.
    """

    post: int
    shift: int
    day: int
    start: int
    end: int
    learners: frozenset[int] | None = None

    @property
    def training(self) -> bool:
        """Whether it is shadowed and counts for no cover."""
        return self.learners is not None


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time over which a demand asks for one number of people.

    Attributes
    ----------
    group
        Windows of one demand with the same group are pieces of one need window (for ``per: window``).
    turn
        ``(day, shift)`` if only people on that shift and date count, else None.
    """

    start: int
    end: int
    count: int
    group: int = 0
    turn: tuple[int, int] | None = None


AT_LEAST = ("staff", "qualified", "rank")
"""Kinds of demand that ask for people."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A bound on the people present at some posts.

    Attributes
    ----------
    kind
        ``staff``, ``qualified``, ``rank`` (at least), ``ideal`` (should be at least), ``at_most``, or
        ``surplus`` (above what the needs ask for; never a finding).
    label
        The qualification or rank that is counted, or empty.
    posts
        Indices of the posts whose people count together.
    where
        Name of the post, site or group for people.
    cost
        Weight per missing (or surplus) person: per hour, or per window.
    per
        ``hour`` or ``window``.
    """

    kind: str
    label: str
    posts: frozenset[int]
    where: str
    windows: tuple[Window, ...]
    cost: int
    level: int
    per: str = "hour"
    place: Place = Place()

    @property
    def is_upper(self) -> bool:
        """Whether more people than the count cost, rather than fewer."""
        return self.kind in ("at_most", "surplus")


@dataclass(frozen=True, slots=True)
class Phase:
    """A dated part of the operation, in instants."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Rule:
    """One instance of a rule of the catalogue.

    Attributes
    ----------
    name
        Name in the catalogue, such as ``rest``.
    id
        Name of the instance in findings and output.
    spec
        The rule's own pydantic model.
    people
        Indices of the people whom it binds.
    during
        Spans in which it binds, or None for always; a duty is inside if it starts inside.
    weight
        Cost per unit of violation, or None if the rule is hard.
    level
        Level on which the cost counts.
    """

    name: str
    id: str
    spec: object
    people: frozenset[int]
    during: tuple[Span, ...] | None = None
    weight: int | None = None
    level: int = 2
    place: Place = Place()

    def binds(self, instant: int) -> bool:
        """Whether a duty that starts at an instant falls under this rule."""
        return self.during is None or any(start <= instant < end for start, end in self.during)


@dataclass(frozen=True, slots=True)
class HeldDuty:
    """A duty that is given and not to be planned: history, or kept from a published roster."""

    person: int
    day: int
    shift: int | None
    post: int | None
    start: int
    end: int
    kind: str = "duty"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A known finding that is not to fail a check, if no more than `short` and no longer than `longest` minutes."""

    code: str
    at: str
    person: str
    during: tuple[Span, ...] | None
    short: float | None
    by: str
    until_day: int
    reason: str
    place: Place = Place()
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands at the head of the papers, and the duty order to which they belong.

    Attributes
    ----------
    lines
        The office and those above it, the highest first.
    place
        Where the papers are signed.
    order, dated
        Number of the duty order and the ordinal of its date, if any.
    classification
        Printed at the head and foot of every sheet.
    """

    lines: tuple[str, ...] = ()
    address: str = ""
    place: str = ""
    order: str = ""
    dated: int | None = None
    classification: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody who signs the papers; `title` are words above the role."""

    role: str
    name: str = ""
    rank: str = ""
    id: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call, for those who serve at some sites (indices); without sites for everybody."""

    name: str
    phone: str
    sites: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything that is known before anything is decided.

    Attributes
    ----------
    start, end
        Horizon in instants.
    first_day, last_day
        First and last date on which a duty of the horizon may start.
    window
        The part of the horizon that is planned now; slots lie inside, `held` duties outside.
    asked
        Demands of the whole horizon where `demands` are cut to the window; empty if they are not.
    slots
        Every possible duty of the window, ordered by start, post and shift.
    history
        Duties before the horizon, from a previous roster.
    held
        Duties inside the horizon and outside the window.
    published
        Duties inside the horizon as they were made known; what is planned is compared with them.
    holidays
        Public holidays: date ordinal to name.
    travel
        Minutes between two different sites, ``(lower index, higher index)``.
    breaks
        Pauses inside a duty.
    walks
        Minutes on foot between two different posts of a site, ``(lower index, higher index)``.
    grounds
        What patrols walk, where posts name it in `Post.rounds`.
    letterhead, signatures, contacts
        What the papers print beside the plan.
    """

    name: str
    zone: Zone
    start: int
    end: int
    first_day: int
    last_day: int
    day_starts: int
    shifts: tuple[Shift, ...]
    sites: tuple[Site, ...]
    posts: tuple[Post, ...]
    people: tuple[Person, ...]
    slots: tuple[Slot, ...]
    demands: tuple[Demand, ...]
    rules: tuple[Rule, ...]
    window: Span = (0, FOREVER)
    asked: tuple[Demand, ...] = ()
    phases: tuple[Phase, ...] = ()
    ranks: tuple[str, ...] = ()
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    week_starts: int = 0
    weekend: tuple[int, ...] = (5, 6)
    holidays: Mapping[int, str] = field(default_factory=dict)
    history: tuple[HeldDuty, ...] = ()
    held: tuple[HeldDuty, ...] = ()
    published: tuple[HeldDuty, ...] = ()
    travel: Mapping[tuple[int, int], int] = field(default_factory=dict)
    breaks: tuple[Break, ...] = ()
    walks: Mapping[tuple[int, int], int] = field(default_factory=dict)
    acceptances: tuple[Acceptance, ...] = ()
    grounds: tuple[Ground, ...] = ()
    letterhead: Letterhead = Letterhead()
    signatures: tuple[Signature, ...] = ()
    contacts: tuple[Contact, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @cached_property
    def person_index(self) -> dict[str, int]:
        """Index of each person by service number."""
        return {person.id: index for index, person in enumerate(self.people)}

    @cached_property
    def post_index(self) -> dict[str, int]:
        """Index of each post by key ``site/post``."""
        return {post.key: index for index, post in enumerate(self.posts)}

    @cached_property
    def shift_index(self) -> dict[str, int]:
        """Index of each shift by name."""
        return {shift.name: index for index, shift in enumerate(self.shifts)}

    @cached_property
    def given(self) -> dict[int, tuple[HeldDuty, ...]]:
        """History and held duties by person, ordered by start."""
        found: dict[int, list[HeldDuty]] = {}
        for duty in sorted((*self.history, *self.held), key=lambda one: (one.start, one.end)):
            found.setdefault(duty.person, []).append(duty)
        return {person: tuple(duties) for person, duties in found.items()}

    @cached_property
    def published_by_person(self) -> dict[int, tuple[HeldDuty, ...]]:
        """Published duties by person, ordered by start."""
        found: dict[int, list[HeldDuty]] = {}
        for duty in sorted(self.published, key=lambda one: (one.start, one.end)):
            found.setdefault(duty.person, []).append(duty)
        return {person: tuple(duties) for person, duties in found.items()}

    @cached_property
    def counted_until(self) -> int:
        """The instant from which on duties do not count towards shares: the end of what is planned or held."""
        return FOREVER if any(duty.start >= self.window[1] for duty in self.held) else self.window[1]

    def only_site(self, posts: Iterable[int]) -> int | None:
        """The site to which all of some posts belong, or None if there are several."""
        sites = {self.posts[post].site for post in posts}
        return sites.pop() if len(sites) == 1 else None

    def shift_span(self, shift: int, day: int) -> Span:
        """Start and end instants of a shift that starts on a date."""
        one = self.shifts[shift]
        ends = one.end + (1440 if one.end <= one.start else 0)
        return self.zone.instant(day, one.start), self.zone.instant(day, ends)

    def day_span(self, day: int) -> Span:
        """A date of duty: from the start of the operation's day on a date to that on the next."""
        return self.zone.instant(day, self.day_starts), self.zone.instant(day + 1, self.day_starts)

    def may_stand(self, person: int, post: int, day: int, end: int) -> bool:
        """Whether a person may hold a post by qualification and site, in a duty from `day` to the instant `end`."""
        who, where = self.people[person], self.posts[post]
        if where.site in who.not_at or (who.trained_for and where.site not in who.trained_for):
            return False
        last = self.last_date(end)
        return all(who.holds(name, last) for name in where.requires)

    def last_date(self, end: int) -> int:
        """The date on which a duty that ends at an instant still runs."""
        return self.zone.local(end - 1)[0]

    def travel_between(self, one: int | None, other: int | None) -> int:
        """Minutes of travel between the sites of two posts; 0 if the same or unknown."""
        if one is None or other is None:
            return 0
        first, second = sorted((self.posts[one].site, self.posts[other].site))
        return 0 if first == second else self.travel.get((first, second), 0)
