"""Problems and rosters small enough to write by hand.

A problem starts on Monday 4 November 2024 unless it says otherwise; people are ``A``, ``B`` ..., shifts are single
letters (``D`` day, ``N`` night), posts are ``site/post``. A roster is one string per person, one letter per date:

``.``
    off
``D``
    on duty in shift D, at the first post
``d``
    on call (standby) in shift D

Where a date needs more, the dates are separated by blanks and each is a list of duties: ``DN . D@s/q,N +D`` has two
duties on the first date, then a date off, then a duty at the post ``s/q`` and another, then training.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from patrolplan.errors import Place
from patrolplan.problem import (
    FOREVER,
    Absence,
    Acceptance,
    Counted,
    Demand,
    HeldDuty,
    Person,
    Phase,
    Post,
    Problem,
    Rule,
    Shift,
    Site,
    Slot,
    Window,
)
from patrolplan.roster import Roster, Stretch, held_duties, make_roster
from patrolplan.rules.binding import During, RuleSpec, Selector
from patrolplan.rules.fields import cycle_letters
from patrolplan.rules.induction.spec import training_slots
from patrolplan.rules.rotation.spec import Rotation, settle
from patrolplan.rules.specs import SPECS
from patrolplan.units import (
    DAY_MINUTES,
    Span,
    Zone,
    intersect_spans,
    merge_spans,
    parse_between,
    parse_clock,
    parse_date,
    parse_dates,
    parse_duration,
    parse_moment,
)

FIRST = "2024-11-04"
SHIFTS = {"D": "07:00-19:00", "N": "19:00-07:00 night"}
POST_LINE, ABSENCE_LINE, NEED_LINE = 101, 201, 301
"""Lines of the operation file in which the first post, all absences, and all needs stand; the first rule is line 1."""


def tiny_problem(
    people: Sequence[str] | Mapping[str, Mapping[str, Any] | None] = ("A",),
    days: int = 4,
    *,
    first: str = FIRST,
    day_starts: str = "",
    until: str = "",
    zone: str = "Asia/Pontianak",
    shifts: Mapping[str, str] = SHIFTS,
    posts: Sequence[str] | Mapping[str, Mapping[str, Any] | None] = ("s/p",),
    groups: Mapping[str, Sequence[str]] | None = None,
    travel: Mapping[str, str] | None = None,
    ranks: Sequence[str] = (),
    needs: Sequence[Mapping[str, Any]] = (),
    rules: Sequence[Mapping[str, Any]] = (),
    always: bool = False,
    phases: Mapping[str, str] | None = None,
    history: Mapping[str, str] | None = None,
    held: Mapping[str, str] | None = None,
    window: str = "",
    published: Mapping[str, str] | None = None,
    rotations: Mapping[str, str] | None = None,
    holidays: Mapping[str, str] | None = None,
    accept: Sequence[Mapping[str, Any]] = (),
) -> Problem:
    """A problem with a slot for every post, shift of the post, and date.

    Parameters
    ----------
    people
        Ids, or ids with ``rank``, ``team``, ``teams`` (dates to team), ``sex``, ``unit``, ``contract``, ``share``,
        ``double``, ``standby``, ``pay``,
        ``qualifications`` (names, or names with the last valid date), ``trained_for``, ``not_at``, ``absences``
        (``{from, until, reason}``, ``{dates}`` or ``{starts}``), ``notice`` (``36h``), and ``counted`` (``{duties,
        minutes, nights, weekends, weekend_duties}`` served before).
    days
        Length of the operation; it runs from the earliest shift of the first date to the last end of a shift.
    day_starts
        Where a bare date begins; default with the earliest shift.
    until
        The end of the operation, if it ends before the last end of a shift; no shift starts then or later.
    shifts
        Letter to ``07:00-19:00``; the word ``night`` marks a night shift.
    posts
        Keys ``site/post``, with ``requires`` and ``shifts`` (a string of letters) if wanted.
    travel
        ``{"s t": 30m}``.
    needs
        ``{staff: 2}``, ``{ideal: 3}``, ``{at_most: 4}``, ``{surplus: 2}``, ``{qualified: {armed: 1}}`` or
        ``{rank: {Ipda: 1}}``, with ``at`` (post, site, group or a list; default the first post), ``between``,
        ``shift``, ``dates``, ``cost``, ``level``, ``per``, and ``cuts`` (moments at which a window falls into pieces
        of one group).
    rules
        As in an operation file.
    always
        Whether the rules that always hold are added, where `rules` does not list them.
    phases
        Name to dates.
    history
        Strings as in a roster whose last date is the one before the first.
    held
        Strings as in a roster, from the first date.
    window
        Dates that are planned; default all.
    published
        Strings as in a roster, from the first date.
    rotations
        Name to pattern.
    holidays
        Date to name.
    accept
        ``{finding, at, person, during, short, longest, by, until, reason}``, `during` as dates.
    """
    frame = _frame(first, day_starts, days, zone, shifts, posts, groups or {}, travel or {}, ranks)
    if until:
        frame = replace(frame, end=_moment(frame, until))
    crew = tuple(_person(frame, id_, dict(_mapping(people)[id_] or {}), _double(rules)) for id_ in _mapping(people))
    planned = _dates_span(frame, window) if window else (0, FOREVER)
    bare = replace(
        frame,
        people=crew,
        phases=tuple(Phase(name, *_dates_span(frame, dates)) for name, dates in (phases or {}).items()),
        window=planned,
        holidays={parse_date(day): name for day, name in (holidays or {}).items()},
        slots=tuple(slot for slot in _slots(frame) if planned[0] <= slot.start < planned[1]),
        demands=tuple(_demand(frame, need) for need in needs),
        acceptances=tuple(_acceptance(frame, one) for one in accept),
    )
    bound = tuple(_settled(bare, rule, rotations or {}) for rule in _rules(bare, rules, always))
    slots = (*bare.slots, *training_slots(bare.slots, bare.sites, bare.posts, bound))
    return replace(
        bare,
        slots=tuple(sorted(slots, key=lambda slot: (slot.start, slot.post, slot.shift, slot.training))),
        rules=bound,
        history=_given(bare, history or {}, ends=True),
        held=_given(bare, held or {}, ends=False),
        published=_given(bare, published or {}, ends=False),
    )


def tiny_roster(problem: Problem, lines: Mapping[str, str], stretches: Iterable[Mapping[str, Any]] = ()) -> Roster:
    """A roster from strings by person, and from stretches written out.

    Parameters
    ----------
    lines
        See the module.
    stretches
        ``{person, post, shift, start, end, duty, kind, row}``; moments are written like ``2024-11-04 07:00``; without
        ``post`` it is the first, null is an unknown one.
    """
    written = [stretch for id_, line in lines.items() for stretch in _stretches(problem, id_, line, problem.first_day)]
    return make_roster(problem, [*written, *(_stretch(problem, one) for one in stretches)])


def _frame(
    first: str,
    day_starts: str,
    days: int,
    zone: str,
    shifts: Mapping[str, str],
    posts: Sequence[str] | Mapping[str, Mapping[str, Any] | None],
    groups: Mapping[str, Sequence[str]],
    travel: Mapping[str, str],
    ranks: Sequence[str],
) -> Problem:
    """Horizon, shifts and places; nobody and nothing to do yet."""
    turns = tuple(_shift(name, text) for name, text in shifts.items())
    day, clock = parse_date(first), Zone(zone)
    names = list(dict.fromkeys(key.split("/")[0] for key in posts))
    places = tuple(
        _post(key, names.index(key.split("/")[0]), dict(settings or {}), list(shifts), line)
        for line, (key, settings) in enumerate(_mapping(posts).items(), POST_LINE)
    )
    sites = tuple(
        Site(name, name, tuple(index for index, post in enumerate(places) if post.site == number))
        for number, name in enumerate(names)
    )
    opens = min((turn.start for turn in turns), default=0)
    closes = max((_closing(turn) for turn in turns), default=DAY_MINUTES)
    return Problem(
        name="tiny",
        zone=clock,
        start=clock.instant(day, opens),
        end=clock.instant(day + days - 1, max(closes, opens + DAY_MINUTES)),
        first_day=day,
        last_day=day + days - 1,
        day_starts=parse_clock(day_starts) if day_starts else opens,
        shifts=turns,
        sites=sites,
        posts=places,
        people=(),
        slots=(),
        demands=(),
        rules=(),
        ranks=tuple(ranks),
        groups={name: tuple(names.index(site) for site in members) for name, members in groups.items()},
        travel={_pair(names, pair): parse_duration(time) for pair, time in travel.items()},
    )


def _mapping(names: Sequence[str] | Mapping[str, Any]) -> Mapping[str, Any]:
    return names if isinstance(names, Mapping) else dict.fromkeys(names)


def _shift(name: str, text: str) -> Shift:
    between, _, mark = text.partition(" ")
    return Shift(name, *parse_between(between), night=mark == "night")


def _closing(shift: Shift) -> int:
    return shift.end + (DAY_MINUTES if shift.end <= shift.start else 0)


def _post(key: str, site: int, settings: dict[str, Any], shifts: list[str], line: int) -> Post:
    served = settings.get("shifts", "".join(shifts))
    return Post(
        key.split("/")[1],
        site,
        key,
        key,
        requires=tuple(settings.get("requires", ())),
        shifts=tuple(index for index, name in enumerate(shifts) if name in served),
        place=Place("tiny.yaml", line),
    )


def _pair(names: list[str], pair: str) -> tuple[int, int]:
    one, other = sorted(names.index(name) for name in pair.split())
    return one, other


def _double(rules: Sequence[Mapping[str, Any]]) -> int:
    """Minutes of a double duty that a rule allows everybody."""
    given = [entry["one_duty"]["double"]["max"] for entry in rules if "double" in entry.get("one_duty", {})]
    return parse_duration(given[0]) if given else 0


def _person(frame: Problem, id_: str, facts: dict[str, Any], double: int) -> Person:
    held = facts.get("qualifications", {})
    valid = held if isinstance(held, Mapping) else dict.fromkeys(held)
    sites = [site.name for site in frame.sites]
    return Person(
        id_,
        id_,
        rank=frame.ranks.index(facts["rank"]) if "rank" in facts else None,
        unit=facts.get("unit", ""),
        team=facts.get("team", ""),
        sex=facts.get("sex", ""),
        team_spans=tuple((*_dates_span(frame, dates), team) for dates, team in facts.get("teams", {}).items()),
        qualifications={name: parse_date(str(until)) if until else FOREVER for name, until in valid.items()},
        contract=facts.get("contract", ""),
        share=facts.get("share", 1.0),
        trained_for=frozenset(sites.index(name) for name in facts.get("trained_for", ())),
        not_at=frozenset(sites.index(name) for name in facts.get("not_at", ())),
        absences=tuple(_absence(frame, absence) for absence in facts.get("absences", ())),
        counted=Counted(**facts.get("counted", {})),
        notice=parse_duration(facts.get("notice", "0h")),
        double=parse_duration(facts["double"]) if "double" in facts else double,
        standby=facts.get("standby"),
        pay=facts.get("pay"),
    )


def _absence(frame: Problem, facts: Mapping[str, Any]) -> Absence:
    reason, place = facts.get("reason", "leave"), Place("tiny.yaml", ABSENCE_LINE)
    if "starts" in facts:
        day = parse_date(facts["starts"])
        return Absence(frame.zone.instant(day, 0), frame.zone.instant(day + 1, 0), reason, True, place)
    if "dates" in facts:
        first, last = parse_dates(facts["dates"])
        return Absence(frame.zone.instant(first, 0), frame.zone.instant(last + 1, 0), reason, place=place)
    return Absence(_moment(frame, facts["from"]), _moment(frame, facts["until"]), reason, place=place)


def _moment(problem: Problem, text: str) -> int:
    day, clock = parse_moment(text)
    return problem.zone.instant(day, problem.day_starts if clock is None else clock)


def _dates_span(problem: Problem, text: str) -> Span:
    """From the beginning of the first date to the end of the last, as days begin in the operation."""
    first, last = parse_dates(text)
    return problem.zone.instant(first, problem.day_starts), problem.zone.instant(last + 1, problem.day_starts)


def _slots(frame: Problem) -> Iterator[Slot]:
    found = [
        Slot(number, shift, day, *frame.shift_span(shift, day))
        for day in range(frame.first_day, frame.last_day + 1)
        for number, post in enumerate(frame.posts)
        for shift in post.shifts
    ]
    return (slot for slot in found if slot.start < frame.end)


def _demand(frame: Problem, need: Mapping[str, Any]) -> Demand:
    kind = next(one for one in ("staff", "ideal", "at_most", "surplus", "qualified", "rank") if one in need)
    label, count = next(iter(need[kind].items())) if isinstance(need[kind], Mapping) else ("", need[kind])
    names = need.get("at", frame.posts[0].key)
    where = [names] if isinstance(names, str) else list(names)
    return Demand(
        kind,
        label,
        frozenset(_posts(frame, where)),
        ", ".join(where),
        tuple(piece for window in _windows(frame, need, count) for piece in _cut(frame, window, need.get("cuts", ()))),
        need.get("cost", 1 if kind in ("ideal", "surplus") else 100),
        need.get("level", 3 if kind == "ideal" else 1),
        need.get("per", "hour"),
        Place("tiny.yaml", NEED_LINE),
    )


def _posts(frame: Problem, names: Iterable[str]) -> Iterator[int]:
    for name in names:
        if name in frame.groups:
            for site in frame.groups[name]:
                yield from frame.sites[site].posts
        elif "/" in name:
            yield frame.post_index[name]
        else:
            yield from next(site for site in frame.sites if site.name == name).posts


def _windows(frame: Problem, need: Mapping[str, Any], count: int) -> Iterator[Window]:
    first, last = parse_dates(need["dates"]) if "dates" in need else (frame.first_day - 1, frame.last_day)
    if "shift" in need:
        shift = frame.shift_index[need["shift"]]
        for day in range(max(first, frame.first_day), last + 1):
            yield Window(*frame.shift_span(shift, day), count, day, (day, shift))
    elif "between" in need:
        opens, closes = parse_between(need["between"])
        closes += DAY_MINUTES if closes <= opens else 0
        for day in range(first, last + 1):
            start = max(frame.start, frame.zone.instant(day, opens))
            end = min(frame.end, frame.zone.instant(day, closes))
            if start < end:
                yield Window(start, end, count, day)
    else:
        start = max(frame.start, frame.zone.instant(first, frame.day_starts))
        end = min(frame.end, frame.zone.instant(last + 1, frame.day_starts) if "dates" in need else frame.end)
        yield Window(start, end, count)


def _cut(frame: Problem, window: Window, cuts: Sequence[str]) -> Iterator[Window]:
    inside = [cut for cut in (_moment(frame, text) for text in cuts) if window.start < cut < window.end]
    for start, end in pairwise([window.start, *inside, window.end]):
        yield replace(window, start=start, end=end)


def _rules(problem: Problem, given: Sequence[Mapping[str, Any]], always: bool) -> Iterator[Rule]:
    listed = [(name, value) for entry in given for name, value in entry.items()]
    if always:
        names = {name for name, _ in listed}
        listed = [(name, {}) for name, spec in SPECS.items() if spec.always and name not in names] + listed
    for number, (name, value) in enumerate(listed):
        yield from _instances(problem, _rule(problem, name, tiny_spec(name, value), number + 1))


def _instances(problem: Problem, rule: Rule) -> Iterator[Rule]:
    """A rule cut to the dates on which each of its people is in one of its teams, where it is about each alone."""
    spec = rule.spec
    if not isinstance(spec, RuleSpec) or spec.for_ is None or not spec.for_.teams or not spec.binds_each():
        yield rule
        return
    days = range(problem.first_day - 40, problem.last_day + 40)
    times: dict[tuple[Span, ...], set[int]] = {}
    for person in sorted(rule.people):
        who, inside = problem.people[person], []
        for day in days:
            span = (problem.zone.instant(day, problem.day_starts), problem.zone.instant(day + 1, problem.day_starts))
            if who.team_at(span[0]) in spec.for_.teams:
                inside.append(span)
        bound = intersect_spans(inside, inside if rule.during is None else rule.during)
        times.setdefault(tuple(bound), set()).add(person)
    whole = (tuple(problem.zone.instant(day, problem.day_starts) for day in (days[0], days[-1] + 1)),)
    for spans, people in times.items():
        yield replace(rule, people=frozenset(people), during=rule.during if spans == whole else spans)


def _settled(problem: Problem, rule: Rule, rotations: Mapping[str, str]) -> Rule:
    """A rule with everything spelt out that it leaves to the operation."""
    if not isinstance(rule.spec, Rotation):
        return rule
    cycles = {name: cycle_letters(pattern) for name, pattern in rotations.items()}
    bound = [problem.people[person] for person in sorted(rule.people)]
    spec, unclear = settle(rule.spec, cycles, problem.shifts, bound, problem.first_day)
    assert not unclear, unclear
    return replace(rule, spec=spec)


def tiny_spec(name: str, value: Any) -> RuleSpec:
    """A rule's model from what stands under its name in an operation file."""
    model = SPECS[name]
    spec = model.model_validate(value if isinstance(value, Mapping) else {model.shorthand: value})
    assert not spec.contradiction(), spec.contradiction()
    return spec


def _rule(problem: Problem, name: str, spec: RuleSpec, line: int) -> Rule:
    return Rule(
        name,
        spec.id or f"{name}-{line}",
        spec,
        frozenset(index for index, who in enumerate(problem.people) if _is_bound(problem, spec, who)),
        _during(problem, spec.during),
        spec.effective_weight(),
        spec.effective_level(),
        Place("tiny.yaml", line),
    )


def _is_bound(problem: Problem, spec: RuleSpec, who: Person) -> bool:
    named = spec.named_people()
    if named is not None and who.id not in named:
        return False
    chosen = spec.for_ or Selector.model_validate({})
    return (
        (not chosen.people or who.id in chosen.people)
        and (not chosen.teams or {who.team, *(team for _, _, team in who.team_spans)} & {*chosen.teams})
        and (not chosen.contracts or who.contract in chosen.contracts)
        and (not chosen.qualifications or any(name in who.qualifications for name in chosen.qualifications))
    )


def _during(problem: Problem, during: During | Sequence[str] | None) -> tuple[Span, ...] | None:
    if during is None:
        return None
    given = during if isinstance(during, During) else During(phases=tuple(during))
    spans = [(phase.start, phase.end) for phase in problem.phases if phase.name in given.phases]
    spans += [
        (problem.zone.instant(first, problem.day_starts), problem.zone.instant(last + 1, problem.day_starts))
        for first, last in given.dates
    ]
    return tuple(merge_spans(spans))


def _acceptance(frame: Problem, facts: Mapping[str, Any]) -> Acceptance:
    return Acceptance(
        facts["finding"],
        facts.get("at", ""),
        facts.get("person", ""),
        (_dates_span(frame, facts["during"]),) if "during" in facts else None,
        facts.get("short"),
        facts.get("by", "the chief"),
        parse_date(facts["until"]) if "until" in facts else FOREVER,
        facts.get("reason", ""),
        longest=parse_duration(facts["longest"]) if "longest" in facts else None,
    )


def _given(problem: Problem, lines: Mapping[str, str], *, ends: bool) -> tuple[HeldDuty, ...]:
    """Duties of strings that begin on the first date, or end on the date before."""
    stretches = [
        stretch
        for id_, line in lines.items()
        for stretch in _stretches(problem, id_, line, problem.first_day - (len(_tokens(line)) if ends else 0))
    ]
    return held_duties(make_roster(problem, stretches).duties)


def _tokens(line: str) -> list[str]:
    return line.split() if " " in line.strip() else list(line.strip())


def _stretches(problem: Problem, id_: str, line: str, first: int) -> Iterator[Stretch]:
    for day, token in enumerate(_tokens(line), first):
        for part in token.split(","):
            letters, _, post = part.partition("@")
            kind = "training" if letters.startswith("+") else "duty"
            for letter in letters.lstrip("+").replace(".", ""):
                shift = problem.shift_index[letter.upper()]
                yield Stretch(
                    problem.person_index[id_],
                    problem.post_index[post] if post else 0,
                    shift,
                    *problem.shift_span(shift, day),
                    f"{id_}-{day}-{letter}-{post}",
                    "standby" if letter.islower() else kind,
                )


def _stretch(problem: Problem, facts: Mapping[str, Any]) -> Stretch:
    return Stretch(
        problem.person_index[facts["person"]],
        problem.post_index.get(facts.get("post", problem.posts[0].key)),
        problem.shift_index[facts["shift"]] if "shift" in facts else None,
        _moment(problem, facts["start"]),
        _moment(problem, facts["end"]),
        facts.get("duty", ""),
        facts.get("kind", "duty"),
        facts.get("row", 0),
    )
