"""Calendars (iCalendar, RFC 5545) of people and of sites, which a later export brings up to date."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from patrolplan.formats.names import call, one_line
from patrolplan.formats.reliefs import Reliefs
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Roster
from patrolplan.units import clock_text

PRODUCT = "-//patrolplan//patrolplan//EN"
MARK = b"PRODID:-//patrolplan//"
"""What every calendar of ours contains."""
_SCOPE = "X-PATROLPLAN-OF"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LISTED = 6
"""Most people who are named in one line of a description."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One event, `key` telling what it is whatever becomes of its time and place."""

    key: str
    start: int
    end: int
    summary: str
    lines: tuple[str, ...]
    site: int | None
    busy: bool = True


def people_calendar(
    problem: Problem,
    roster: Roster,
    people: Sequence[int],
    alarm: int | None = None,
    earlier: bytes = b"",
    reliefs: Reliefs | None = None,
) -> str:
    """The duties of some people, one event each; where there are several people, each event names its person.

    Identifiers come from the operation's name, the person, the date, the shift and the kind of the duty: who imports a
    later export gets the events updated. The same roster gives the same text.

    Parameters
    ----------
    people
        Indices of people.
    alarm
        Minutes before a duty at which the program reminds; None for no alarm.
    earlier
        The calendar that was exported to the same place before: what changed gets the next sequence number, and what
        is no longer on the roster is cancelled.
    reliefs
        Those of the roster with what was given beforehand, where they are known already.
    """
    changes = reliefs or Reliefs(problem, roster)
    alone = len(people) == 1
    entries = [entry for person in people for entry in _duties_of(problem, roster, person, changes, alone)]
    scope = "people " + " ".join(sorted(problem.people[person].id for person in people))
    title = f"{call(problem.people[people[0]])} · {problem.name}" if alone else problem.name
    return _calendar(problem, title, scope, entries, alarm, earlier)


def site_calendar(
    problem: Problem, roster: Roster, sites: Sequence[int], alarm: int | None = None, earlier: bytes = b""
) -> str:
    """Who stands at the posts of some sites: one event for the people of a post who come and go together.

    Identifiers come from the operation's name, the post and the time at which they come; see `people_calendar`.
    """
    titles = ", ".join(problem.sites[site].title for site in sites)
    entries = [entry for site in sites for entry in _turns_at(problem, roster, site)]
    scope = "sites " + " ".join(sorted(problem.sites[site].name for site in sites))
    return _calendar(problem, f"{titles} · {problem.name}", scope, entries, alarm, earlier)


def file_names(names: Iterable[str]) -> dict[str, str]:
    """A name for the calendar file of each person or site, each once, without what file systems dislike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = "".join(one if one.isalnum() or one in "-_ " else "_" for one in name).strip()[:60] or "_"
        unique, number = plain, 2
        while unique.casefold() in taken:
            unique, number = f"{plain}_{number}", number + 1
        taken.add(unique.casefold())
        found[name] = f"{unique}.ics"
    return found


def _duties_of(problem: Problem, roster: Roster, person: int, reliefs: Reliefs, alone: bool) -> Iterator[_Entry]:
    seen: dict[str, int] = defaultdict(int)
    who = problem.people[person]
    for duty in roster.of(person):
        shift = "" if duty.shift is None else problem.shifts[duty.shift].name
        plain = "\n".join((who.id, str(duty.day), shift, duty.kind))
        seen[plain] += 1
        site = next((problem.posts[one.post].site for one in duty.stretches if one.post is not None), None)
        words = _duty_words(problem, duty, shift)
        yield _Entry(
            f"{plain}\n{seen[plain]}",
            duty.start,
            duty.end,
            words if alone else f"{call(who)}: {words}",
            tuple(_duty_lines(problem, duty, reliefs)),
            site,
            not duty.on_call,
        )


def _duty_words(problem: Problem, duty: Duty, shift: str) -> str:
    """What the duty is, in a few words: kind, shift and posts."""
    posts = dict.fromkeys(problem.posts[one.post].title for one in duty.stretches if one.post is not None)
    words = " · ".join(part for part in (one_line(shift), " > ".join(map(one_line, posts))) if part)
    if duty.on_call:
        return _("On call: {duty}").format(duty=words) if words else _("On call")
    if duty.kind == "training":
        return _("Training: {duty}").format(duty=words)
    return words or _("Duty")


def _duty_lines(problem: Problem, duty: Duty, reliefs: Reliefs) -> Iterator[str]:
    """The description: posts in turn, tasks, handover, who is relieved and who relieves."""
    if len(duty.stretches) > 1:
        for part in duty.stretches:
            place = "" if part.post is None else one_line(problem.posts[part.post].title)
            yield f"{_clock(problem, part.start)}-{_clock(problem, part.end)} {place}".strip()
    tasks = dict.fromkeys(problem.posts[one.post].task for one in duty.stretches if one.post is not None)
    yield from (one_line(task) for task in tasks if task)
    minutes = 0 if duty.shift is None else problem.shifts[duty.shift].handover
    if minutes and not duty.on_call:
        yield _("Handover of {minutes} min at {start} and at {end}.").format(
            minutes=minutes, start=_clock(problem, duty.start), end=_clock(problem, duty.end)
        )
    if duty.kind == "duty":
        first, last = duty.stretches[0], duty.stretches[-1]
        before = reliefs.relieved(first.post, first.start, duty.person)
        after = reliefs.relievers(last.post, last.end, duty.person)
        if before:
            yield _("You relieve {people}.").format(people=_listed(problem, before))
        if after:
            yield _("You are relieved by {people}.").format(people=_listed(problem, after))


def _listed(problem: Problem, people: Sequence[int]) -> str:
    names = ", ".join(call(problem.people[person]) for person in people[:_LISTED])
    more = len(people) - _LISTED
    return _("{names} and {number} more").format(names=names, number=more) if more > 0 else names


def _turns_at(problem: Problem, roster: Roster, site: int) -> Iterator[_Entry]:
    found: dict[tuple[int, int, int], list[tuple[int, str]]] = defaultdict(list)
    for duty in roster.duties:
        for part in duty.stretches:
            if part.post is not None and problem.posts[part.post].site == site and not duty.on_call:
                found[part.post, part.start, part.end].append((duty.person, duty.kind))
    seen: dict[str, int] = defaultdict(int)
    for (post, start, end), people in sorted(found.items()):
        where = problem.posts[post]
        plain = f"{where.key}\n{start}"
        seen[plain] += 1
        names = [
            call(problem.people[person]) + (f" ({_('training')})" if kind == "training" else "")
            for person, kind in people
        ]
        lines = (*names, one_line(where.task)) if where.task else tuple(names)
        yield _Entry(
            f"site\n{plain}\n{seen[plain]}", start, end, f"{one_line(where.title)}: {', '.join(names)}", lines, site
        )


def _clock(problem: Problem, instant: int) -> str:
    return clock_text(problem.zone.local(instant)[1])


def _calendar(
    problem: Problem, title: str, scope: str, entries: Sequence[_Entry], alarm: int | None, earlier: bytes
) -> str:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(title))
    calendar.add("x-wr-timezone", problem.zone.name)
    calendar.add(_SCOPE, _hashed(problem.name, scope))
    known = _earlier_events(problem, calendar, earlier)
    events = [_event(problem, entry, alarm) for entry in sorted(entries, key=lambda one: (one.start, one.end, one.key))]
    for event in events:
        _settle_sequence(event, known.pop(str(event["uid"]), None))
    cancelled = [_cancelled(event) for event in known.values()]
    _add_zone(problem, calendar, [*events, *cancelled])
    for event in (*events, *cancelled):
        calendar.add_component(event)
    return str(calendar.to_ical().decode("utf-8"))


def _event(problem: Problem, entry: _Entry, alarm: int | None) -> Any:
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", f"{_hashed(problem.name)}-{_hashed(entry.key)}@patrolplan")
    event.add("dtstamp", _EPOCH + dt.timedelta(minutes=problem.start))
    event.add("dtstart", _local(problem, entry.start))
    event.add("dtend", _local(problem, entry.end))
    event.add("summary", entry.summary)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE" if entry.busy else "TRANSPARENT")
    if entry.site is not None:
        site = problem.sites[entry.site]
        event.add("location", one_line(site.title))
        if site.location is not None:
            event.add("geo", site.location)
    if entry.lines:
        event.add("description", "\n".join(entry.lines))
    if alarm is not None:
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", entry.summary)
        reminder.add("trigger", dt.timedelta(minutes=-alarm))
        event.add_component(reminder)
    return event


def _local(problem: Problem, instant: int) -> dt.datetime:
    """A moment in the operation's zone; in UTC where the local clock shows it for the second time."""
    moment = _EPOCH + dt.timedelta(minutes=instant)
    return (
        moment
        if problem.zone.instant(*problem.zone.local(instant)) != instant
        else moment.astimezone(ZoneInfo(problem.zone.name))
    )


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:16]


def _add_zone(problem: Problem, calendar: Any, events: Sequence[Any]) -> None:
    """How the clock of the operation's zone runs, from before the first event until after the last."""
    edges = [event[name].dt for event in events for name in ("dtstart", "dtend")]
    zone = ZoneInfo(problem.zone.name)
    if not edges or zone.key == "UTC":
        return
    own = [_EPOCH + dt.timedelta(minutes=instant) for instant in (problem.start, problem.end)]
    day = dt.timedelta(days=1)
    first = min(*edges, *own).astimezone(zone).date() - day
    last = max(*edges, *own).astimezone(zone).date() + day
    calendar.add_component(_zone_part(zone.key, first, last))


@lru_cache(maxsize=16)
def _zone_part(key: str, first: dt.date, last: dt.date) -> Any:
    from icalendar import Timezone

    return Timezone.from_tzinfo(ZoneInfo(key), key, first, last)


def _earlier_events(problem: Problem, calendar: Any, earlier: bytes) -> dict[str, Any]:
    """Events of the calendar that stood here before, if it is of the same people and operation, by identifier."""
    from icalendar import Calendar

    if MARK not in earlier:
        return {}
    try:
        before: Any = Calendar.from_ical(earlier.decode("utf-8"))
        if str(before.get(_SCOPE)) != str(calendar[_SCOPE]):
            return {}
        return {
            str(event["uid"]): event
            for event in before.walk("VEVENT")
            if problem.start <= (event["dtstart"].dt - _EPOCH).total_seconds() / 60 < problem.end
        }
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return {}


def _settle_sequence(event: Any, before: Any) -> None:
    """The sequence number: that of the earlier event if nothing changed, else the next; 0 for a new one."""
    if before is None:
        event.add("sequence", 0)
        return
    number = int(before.get("sequence", 0))
    event.add("sequence", number)
    if event.to_ical() != before.to_ical():
        event.pop("sequence")
        event.add("sequence", number + 1)


def _cancelled(event: Any) -> Any:
    """An event that is no longer on the roster; it stays so in later exports."""
    if str(event.get("status")) != "CANCELLED":
        number = int(event.get("sequence", 0))
        for name in ("status", "sequence"):
            event.pop(name, None)
        event.add("status", "CANCELLED")
        event.add("sequence", number + 1)
        event.subcomponents = []
    return event
