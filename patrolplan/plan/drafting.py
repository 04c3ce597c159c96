"""A first operation drafted from an old roster: people, sites, shifts and needs, with a word wherever it is a guess."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from patrolplan.plan.old_roster import OldRoster, Served, read_old_roster
from patrolplan.units import DAY_MINUTES, clock_text, date_text, weekday

OPERATION, PEOPLE = "ops.yaml", "people.csv"
GUESS = "GUESS:"
"""Marks what the draft had to guess."""
SITE, POST = "site", "post"
"""Names where the old roster has none."""

_OFF = frozenset(
    {
        "-", "–", "—", ".", "x", "o", "off", "libur", "lepas", "lp", "ld", "lj", "do", "free", "rest", "cuti", "ct",
        "c", "sakit", "sk", "izin", "ijin", "i", "leave", "al", "sl", "sick", "vacation", "frei", "urlaub", "krank",
        "absent", "alpa", "dik", "pendidikan", "lepas piket", "lepas jaga", "lepas dinas", "day off", "sick leave",
        "annual leave",
    }
)  # fmt: skip
_DAY = frozenset({"day", "d", "siang", "hari", "dinas", "h", "tag"})
_FIRST = frozenset({"pagi", "p", "morning", "early", "e", "früh", "f", "1", "i"})
_MIDDLE = frozenset({"sore", "afternoon", "late", "a", "spät", "2", "ii"})
_NIGHT = frozenset({"night", "n", "malam", "nacht", "3", "iii"})
_TIMES = re.compile(r"(\d{1,2})[.:]?(\d{2})?\s*(?:-|–|s/d)\s*(\d{1,2})[.:]?(\d{2})?")
_PLAIN = re.compile(r"[A-Za-z][\w -]*[\w]|[A-Za-z]")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ZONES = {"+07:00": "Asia/Jakarta", "+08:00": "Asia/Makassar", "+09:00": "Asia/Jayapura", "+00:00": "Europe/London"}
_ZONES |= {"+01:00": "Europe/Berlin", "+02:00": "Europe/Berlin"}
_USUAL_ZONE = "Asia/Jakarta"
_REST = 11 * 60
_WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class DraftShift:
    """A shift of the draft; `guess` says in words what is not known for sure, or is empty."""

    name: str
    start: int
    end: int
    guess: str = ""

    @property
    def night(self) -> bool:
        """Whether it runs past midnight."""
        return self.end <= self.start and self.end > 0

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return (self.end - self.start) % DAY_MINUTES or DAY_MINUTES


@dataclass(frozen=True)
class Draft:
    """The files of a drafted operation by name, and what is still wrong with it."""

    files: dict[str, str]
    objections: tuple[str, ...] = ()


def draft_operation(path: Path) -> Draft:
    """Draft an operation from an old roster.

    Raises
    ------
    InputError
        If the file is no roster; see `patrolplan.plan.old_roster.read_old_roster`.
    """
    old = read_old_roster(path)
    served, left_out = _told_apart(old)
    shifts = _shifts(old, served)
    text = "\n".join([*_operation_lines(old, path.name, served, shifts, left_out), ""])
    files = {OPERATION: text, PEOPLE: _people_text(old)}
    return Draft(files, _objections(files))


def _told_apart(old: OldRoster) -> tuple[list[Served], Counter[str]]:
    """Duties with shift and post told apart, and the words that mean that somebody is off."""
    words = {one.shift.casefold() for one in old.served}
    off: Counter[str] = Counter()
    found: list[Served] = []
    spelling: dict[str, str] = {}
    for one in old.served:
        if one.start is None and _is_off(one.shift, words, old):
            off[one.shift] += 1
            continue
        shift, post = one.shift, one.post
        parts = shift.split()
        if one.start is None and len(parts) > 1 and shift.casefold() not in old.clocks:
            shift, post = _shift_and_post(parts, words, old, post)
        shift = spelling.setdefault(shift.casefold(), shift)
        found.append(replace(one, shift=shift or "duty", site=_name(one.site) or SITE, post=_name(post) or POST))
    return found, off


def _name(text: str) -> str:
    return text.replace("/", "-").strip()


def _is_off(word: str, words: Iterable[str], old: OldRoster) -> bool:
    """Whether a cell says that somebody is off; single letters are judged by the others."""
    text = word.casefold()
    if text in old.clocks:
        return False
    if text == "l":
        return not {"e", "n", "early", "night"} & set(words)
    if text == "s":
        return not {"p", "m", "pagi", "malam"} & set(words)
    if text == "i":
        return "ii" not in words
    return text in _OFF


def _shift_and_post(parts: Sequence[str], words: Iterable[str], old: OldRoster, post: str) -> tuple[str, str]:
    """Which word of a cell is the shift: the one that is known as one, or is a single letter; first or last."""
    known = {*old.clocks, *_DAY, *_FIRST, *_MIDDLE, *_NIGHT, "m", "s"}
    for index in (0, len(parts) - 1):
        rest = " ".join([*parts[:index], *parts[index + 1 :]])
        if parts[index].casefold() in known or parts[index].casefold() in words or _TIMES.fullmatch(parts[index]):
            return parts[index], rest or post
    return " ".join(parts), post


def _shifts(old: OldRoster, served: Sequence[Served]) -> list[DraftShift]:
    counts = Counter(one.shift for one in served)
    words = {name.casefold() for name in counts}
    found = []
    for name in counts:
        clocks = Counter((one.start, one.end) for one in served if one.shift == name and one.start is not None)
        if clocks:
            (start, end), often = clocks.most_common(1)[0]
            others = sum(clocks.values()) - often
            note = f"{others} duties have other times" if others else ""
            found.append(DraftShift(name, start or 0, end or 0, note))
        elif name.casefold() in old.clocks:
            found.append(DraftShift(name, *old.clocks[name.casefold()]))
        else:
            found.append(_guessed(name, words, counts[name]))
    return sorted(found, key=lambda shift: (shift.start, shift.name))


def _guessed(name: str, words: set[str], often: int) -> DraftShift:
    """A shift whose times are told by its name and the names of the others."""
    text = name.casefold()
    times = _TIMES.fullmatch(text)
    if times and int(times[1]) <= 24 and int(times[3]) <= 24:
        start, end = (int(times[one]) * 60 + int(times[one + 1] or 0) for one in (1, 3))
        return DraftShift(name, start % DAY_MINUTES, end % DAY_MINUTES)
    role = _role(text, words)
    roles = {_role(one, words) for one in words}
    three = "middle" in roles
    indonesian = bool({"p", "s", "pagi", "siang", "sore", "malam"} & words) or {"m", "n"} & words == {"m"}
    begin = 7 if indonesian or not three else 6
    hours = {
        "first": (begin, begin + 8) if three else (7, 19),
        "middle": (begin + 8, begin + 16),
        "night": (begin + 16, begin) if three else (19, 7),
        "day": (7, 15) if three else (7, 19),
    }
    if role in hours:
        start, end = hours[role]
        note = "the old roster does not say when it starts and ends"
        return DraftShift(name, start * 60, end * 60, note)
    note = f'"{name}" stands in {often} cells; write its times, or take it out if it means off'
    return DraftShift(name, 7 * 60, 19 * 60, note)


def _role(text: str, words: set[str]) -> str:
    if text == "m":
        return "first" if "n" in words and not {"p", "s"} & words else "night"
    if text in ("s", "siang"):
        return "middle" if {"p", "pagi"} & words and {"m", "malam"} & words else "day"
    if text == "l":
        return "middle"
    if text in ("2", "ii") and not {"3", "iii"} & words:
        return "night"
    for role, known in (("first", _FIRST), ("middle", _MIDDLE), ("night", _NIGHT), ("day", _DAY)):
        if text in known:
            return role
    return ""


def _operation_lines(
    old: OldRoster, name: str, served: Sequence[Served], shifts: Sequence[DraftShift], off: Counter[str]
) -> Iterator[str]:
    begin = min(shift.start for shift in shifts)
    zone = old.timezone if "/" in old.timezone else _ZONES.get(old.timezone, _USUAL_ZONE)
    remark = "" if old.timezone else f"   # {GUESS} the old roster does not say where it is"
    yield f"# Drafted from {_comment(name)}. Look at every line that says {GUESS.rstrip(':')}."
    yield f"# Then: patrolplan validate {OPERATION}"
    yield "patrolplan: 1"
    yield "operation:"
    yield f"  name: {_text(Path(name).stem)}"
    yield f"  timezone: {zone}{remark}"
    yield "  # The dates of the old roster, so that it can be checked; write those of the next one."
    yield f"  from: {date_text(old.days[0])} {clock_text(begin)}"
    yield f"  until: {date_text(old.days[1] + 1)} {clock_text(begin)}"
    if off:
        listed = ", ".join(f"{_comment(word)} ({count})" for word, count in off.most_common())
        yield f"# Taken for days off and absences, and left out: {listed}."
    yield "shifts:"
    for shift in shifts:
        night = ", night: true" if shift.night else ""
        remark = f"   # {GUESS} {_comment(shift.guess)}" if shift.guess else ""
        times = f'start: "{clock_text(shift.start)}", end: "{clock_text(shift.end)}"'
        yield f"  {_text(shift.name)}: {{{times}{night}}}{remark}"
    yield from _site_lines(old, served, shifts)
    made_up = f"   # {GUESS} the old roster has no service numbers, so these are made up" if old.numbered else ""
    yield f"personnel: {PEOPLE}{made_up}"
    yield from _rule_lines(served, shifts)


def _site_lines(old: OldRoster, served: Sequence[Served], shifts: Sequence[DraftShift]) -> Iterator[str]:
    posted = [one for one in served if not one.standby]
    places = sorted({(one.site, one.post) for one in posted})
    yield f"# {GUESS} every need is the number of people that stood there most often."
    yield "sites:"
    before = ""
    for site, post in places:
        if site != before:
            remark = f"   # {GUESS} the old roster names no site" if site == SITE else ""
            yield f"  {_text(site)}:{remark}"
            yield "    posts:"
            before = site
        remark = f"   # {GUESS} the old roster names no post" if post == POST else ""
        yield f"      {_text(post)}:{remark}"
        here = [one for one in posted if (one.site, one.post) == (site, post)]
        used = [shift.name for shift in shifts if any(one.shift == shift.name for one in here)]
        if len(used) < len(shifts):
            yield f"        shifts: [{', '.join(map(_text, used))}]"
        yield "        needs:"
        for shift in used:
            yield f"          - {_need(old, shift, [one for one in here if one.shift == shift])}"


def _need(old: OldRoster, shift: str, here: Sequence[Served]) -> str:
    """How many people a shift needs at a post, by how many stood there most often."""
    people: dict[int, set[str]] = defaultdict(set)
    for one in here:
        people[one.day].add(one.person)
    counts = Counter(len(standing) for standing in people.values())
    usual = min(counts, key=lambda count: (-counts[count], count))
    every = range(old.days[0], old.days[1] + 1)
    workdays = [day for day in every if weekday(day) < _WORKDAYS]
    only_workdays = len(workdays) < len(every) and not any(weekday(day) >= _WORKDAYS for day in people)
    days = "days: mon-fri, " if only_workdays and len(people) > len(workdays) / 2 else ""
    remarks = [f"{min(counts)} to {max(counts)} people"] if len(counts) > 1 else []
    asked = len(workdays) if days else len(every)
    remarks += [f"on {len(people)} of {asked} dates"] if len(people) < asked else []
    return f"{{shift: {_text(shift)}, {days}staff: {usual}}}" + (f"   # {', '.join(remarks)}" if remarks else "")


def _rule_lines(served: Sequence[Served], shifts: Sequence[DraftShift]) -> Iterator[str]:
    rest, nights = _least_rest(served, shifts), _longest_nights(served, shifts)
    remark = ""
    if rest is not None and rest < _REST:
        remark = f"   # {GUESS} the least rest in the old roster was {rest / 60:g} h"
    yield "rules:"
    yield f"  - rest: {_REST // 60}h{remark}"
    kinds = ["hours"]
    night = [shift.name for shift in shifts if shift.night]
    if night:
        kinds.append("nights")
        names = _text(night[0]) if len(night) == 1 else f"[{', '.join(map(_text, night))}]"
        yield f"  # The old roster has at most {nights} nights in a row; a limit is written like this:"
        yield f"  # - shift_streak: {{shift: {names}, max: {max(1, nights)}}}"
    yield f"  - fairness: {{of: [{', '.join([*kinds, 'weekends'])}]}}"


def _timed(served: Sequence[Served], shifts: Sequence[DraftShift]) -> dict[str, list[tuple[int, int, bool]]]:
    """Start, end in minutes and whether it is a night, of the duties of everybody in order of time."""
    known = {shift.name: shift for shift in shifts}
    found: dict[str, list[tuple[int, int, bool]]] = defaultdict(list)
    for one in served:
        if not one.standby:
            shift = known[one.shift]
            start = one.day * DAY_MINUTES + (shift.start if one.start is None else one.start)
            found[one.person].append((start, start + shift.minutes, shift.night))
    return {person: sorted(set(duties)) for person, duties in found.items()}


def _least_rest(served: Sequence[Served], shifts: Sequence[DraftShift]) -> int | None:
    gaps = [
        later[0] - earlier[1]
        for duties in _timed(served, shifts).values()
        for earlier, later in pairwise(duties)
        if later[0] > earlier[1]
    ]
    return min(gaps, default=None)


def _longest_nights(served: Sequence[Served], shifts: Sequence[DraftShift]) -> int:
    longest = 0
    for duties in _timed(served, shifts).values():
        dates = sorted({start // DAY_MINUTES for start, _end, night in duties if night})
        run = 0
        for index, date in enumerate(dates):
            run = run + 1 if index and dates[index - 1] == date - 1 else 1
            longest = max(longest, run)
    return longest


def _people_text(old: OldRoster) -> str:
    serving = {one.person for one in old.served} | set(old.people)
    columns = [
        name
        for name in ("name", "rank", "unit", "team", "sex", "qualifications")
        if any(facts.get(name) for facts in old.people.values())
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", *columns))
    for person in sorted(serving):
        writer.writerow((person, *(old.people.get(person, {}).get(name, "") for name in columns)))
    return text.getvalue()


def _text(words: str) -> str:
    """A text as YAML takes it for one."""
    if _PLAIN.fullmatch(words) and words.casefold() not in _WORDS_OF_YAML:
        return words
    return json.dumps(words, ensure_ascii=False)


def _comment(words: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())


def _objections(files: dict[str, str]) -> tuple[str, ...]:
    """What `patrolplan validate` would refuse in the draft."""
    from patrolplan import config
    from patrolplan.errors import InputError

    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        try:
            config.load(Path(folder) / OPERATION)
        except InputError as error:
            return tuple(f"{Path(one.place.file).name}:{one.place.line}  {one.message}" for one in error.complaints)
    return ()
