"""The duties in one cell of a grid: as text, and read back from what planners type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from patrolplan.errors import nearest
from patrolplan.formats.letters import shift_letters
from patrolplan.formats.roster_names import Names, RosterNames, UnreadError, folded
from patrolplan.language import _
from patrolplan.problem import Problem
from patrolplan.roster import Duty, Stretch, duty_name
from patrolplan.units import DAY_MINUTES, clock_text, parse_clock

_SEVERAL = re.compile(r"\s\+\s|[\r\n]+")
_LEGS = re.compile(r"(?:^|\s)>(?:\s|$)")
_CLOCK = r"(\d{1,2}[:.]\d{2})(?:\+(\d+)d)?"
_TIMES = re.compile(rf"(?<!\S){_CLOCK}(?:\s*[-–]\s*{_CLOCK})?(?!\S)")
_KIND = re.compile(r"(training|standby|duty)\s+(.*)", re.IGNORECASE | re.DOTALL)
_NO_POST = "-"
_OFF = ("-", "–", ".", "o", "off", "libur")
"""Cells that say that somebody is off, besides empty ones and the reasons of absences."""


def cell_text(problem: Problem, duty: Duty) -> str:
    """A duty as a grid has it, such as ``day harbour/gate > 13:00 harbour/patrol``."""
    legs = [" ".join(part for part in leg if part) for leg in _legs(problem, duty)]
    shift = problem.shifts[duty.shift].name if duty.shift is not None else ""
    words = " ".join(part for part in (shift, " > ".join(legs)) if part)
    if duty.on_call:
        return f"({words})"
    return f"{duty.kind} {words}" if duty.kind != "duty" else words


def _legs(problem: Problem, duty: Duty) -> Iterator[tuple[str, str]]:
    """Times, as far as they do not follow from the shift and from the next leg, and post of each stretch."""
    opens, closes = problem.shift_span(duty.shift, duty.day) if duty.shift is not None else (None, None)
    followers = [*(stretch.start for stretch in duty.stretches[1:]), closes]
    before: int | None = None
    for stretch, follower in zip(duty.stretches, followers, strict=True):
        times = ""
        if stretch.end != follower or before is not None or stretch.start != opens:
            times = _clock_words(problem, stretch.start, _clock_after(problem, stretch.start, before))
        if stretch.end != follower:
            times += f"-{_clock_words(problem, stretch.end, _clock_after(problem, stretch.end, stretch.start + 1))}"
        post = problem.posts[stretch.post].key if stretch.post is not None else ""
        yield times, post or (_NO_POST if _is_filled_in(problem, duty) else "")
        before = stretch.start


def _is_filled_in(problem: Problem, duty: Duty) -> bool:
    """Whether a reader would take a post for granted where none is written."""
    return not duty.on_call and duty.shift is not None and only_post(problem, duty.shift) is not None


def only_post(problem: Problem, shift: int) -> int | None:
    """The post that has a shift, if no other post has it."""
    served = [index for index, post in enumerate(problem.posts) if shift in post.shifts]
    return served[0] if len(served) == 1 else None


def _clock_words(problem: Problem, instant: int, plain: int) -> str:
    """The clock time of an instant, with the dates by which it is later than what the clock time alone would mean."""
    later = problem.zone.local(instant)[0] - problem.zone.local(plain)[0]
    return clock_text(problem.zone.local(instant)[1]) + (f"+{later}d" if later else "")


def _clock_after(problem: Problem, instant: int, earliest: int | None) -> int:
    """The first time at or after `earliest` at which the clock shows what it shows at an instant."""
    clock = problem.zone.local(instant)[1]
    return instant if earliest is None else next_time(problem, clock, earliest)


def next_time(problem: Problem, clock: int, earliest: int) -> int:
    """The first instant at or after `earliest` at which the clock shows so many minutes past midnight."""
    day = problem.zone.local(earliest)[0]
    same_day = problem.zone.instant(day, clock)
    return same_day if same_day >= earliest else problem.zone.instant(day + 1, clock)


@dataclass(frozen=True, slots=True)
class _Leg:
    """One part of a duty as written: clock times in minutes with further days, and the post."""

    start: int | None
    start_days: int
    end: int | None
    end_days: int
    words: str


class CellReader:
    """Reads the cells of a grid.

    Parameters
    ----------
    names
        Finds posts, and keeps what is wrong.
    """

    def __init__(self, problem: Problem, names: RosterNames) -> None:
        self._problem = problem
        self._names = names
        words = [shift.name for shift in problem.shifts]
        self._shift_words = words
        self._shifts = Names((name, index) for index, name in enumerate(words))
        self._meant: dict[tuple[str, bool, str, int | None], tuple[int | None, int | None]] = {}
        self._letters = Names((letter, index) for index, letter in enumerate(shift_letters(words)))

    def read(
        self, text: str, day: int, person: int, post: int | None, line: int
    ) -> list[tuple[tuple[Stretch, ...], bool]]:
        """The duties of a cell, each as its stretches and whether it is marked.

        Parameters
        ----------
        day
            Date ordinal of the column.
        post
            Where the person stands if the cell does not say.
        line
            Row of the grid.

        Raises
        ------
        UnreadError, ValueError
            If a duty is not understood.
        """
        found: list[tuple[tuple[Stretch, ...], bool]] = []
        taken: Counter[str] = Counter()
        off = {*_OFF, *(folded(absence.reason) for absence in self._problem.people[person].absences)}
        for part in filter(None, (one.strip() for one in _SEVERAL.split(text))):
            if folded(part) in off and self._shift(part) is None:
                continue
            words = part.removesuffix("!").rstrip()
            stretches = self._duty(words, day, person, post, line)
            plain = stretches[0].duty
            taken[plain] += 1
            name = plain if taken[plain] == 1 else f"{plain}/{taken[plain]}"
            named = tuple(replace(stretch, duty=name) for stretch in stretches)
            found.append((named, words != part))
        return found

    def _duty(self, text: str, day: int, person: int, default: int | None, line: int) -> list[Stretch]:
        kind, words = _kind_of(text)
        legs = [_leg(part) for part in _LEGS.split(words)]
        asked = (legs[0].words, legs[0].start is None, kind, default)
        if asked not in self._meant:
            self._meant[asked] = self._shift_and_post(legs[0], kind, default)
        shift, post = self._meant[asked]
        posts = [post, *(self._place(leg.words) for leg in legs[1:])]
        spans = self._spans(legs, shift, day)
        if shift is None:
            shift = self._names.shift_that_runs(spans[0][0], spans[-1][1], posts[0])
        name = duty_name(self._problem, person, day, shift, kind)
        return [
            Stretch(person, where, shift, start, end, name, kind, line)
            for where, (start, end) in zip(posts, spans, strict=True)
        ]

    def _shift(self, text: str) -> int | None:
        by_name = self._shifts.find(text)
        return by_name if by_name is not None else self._letters.find(text)

    def _shift_and_post(self, leg: _Leg, kind: str, default: int | None) -> tuple[int | None, int | None]:
        """What the first leg names; a shift or a post that goes without saying is filled in."""
        objection = ""
        for shift, rest in self._readings(leg.words):
            try:
                post = self._place(rest) if rest else default
            except UnreadError as error:
                is_post = any(folded(rest) == folded(post.name) for post in self._problem.posts)
                objection = objection or (str(error) if shift is not None or is_post else "")
                continue
            if not rest and post is None and shift is not None and kind != "standby":
                post = only_post(self._problem, shift)
            return self._shift_of_post(leg, post) if shift is None else shift, post
        raise UnreadError(objection or self._unknown(leg.words))

    def _unknown(self, words: str) -> str:
        shifts, posts = self._shift_words, [post.key for post in self._problem.posts]
        example = f"{shifts[0] if shifts else 'day'} {posts[0] if posts else 'site/gate'}"
        hint = nearest(words, [*shifts, *posts])
        return _('it is neither a shift nor a post; write both, such as "{example}".{hint}').format(
            example=example, hint=hint
        )

    def _readings(self, text: str) -> Iterator[tuple[int | None, str]]:
        """Shift and rest: the shift before or behind the post, or not named at all."""
        words = text.split()
        for count in range(len(words), 0, -1):
            shift = self._shift(" ".join(words[:count]).rstrip(",:@"))
            if shift is not None:
                yield shift, " ".join(words[count:])
        for count in range(len(words) - 1, 0, -1):
            shift = self._shift(" ".join(words[-count:]))
            if shift is not None:
                yield shift, " ".join(words[:-count])
        yield None, text

    def _shift_of_post(self, leg: _Leg, post: int | None) -> int | None:
        """The shift that goes without saying: None where times are written instead."""
        if leg.start is not None:
            return None
        if post is None:
            raise UnreadError(_("it names no shift."))
        shifts = self._problem.posts[post].shifts
        if len(shifts) == 1:
            return shifts[0]
        known = ", ".join(self._problem.shifts[shift].name for shift in shifts)
        raise UnreadError(
            _("{key} has several shifts ({known}); name one.").format(key=self._problem.posts[post].key, known=known)
        )

    def _place(self, text: str) -> int | None:
        """A post by key or name, also with its site before it and a blank between."""
        words = re.sub(r"\s*/\s*", "/", re.sub(r"^(?:@|at\s)\s*", "", text.strip(), flags=re.IGNORECASE))
        if words in ("", _NO_POST):
            return None
        try:
            return self._names.post("", words)
        except UnreadError:
            parts = words.split()
            for count in range(1, len(parts)):
                try:
                    return self._names.post(" ".join(parts[:count]), " ".join(parts[count:]))
                except UnreadError:
                    continue
            raise

    def _spans(self, legs: Sequence[_Leg], shift: int | None, day: int) -> list[tuple[int, int]]:
        """Start and end of every leg; what is not written follows from the shift and from the next leg."""
        problem = self._problem
        opens, closes = problem.shift_span(shift, day) if shift is not None else (None, None)
        starts: list[int] = []
        for leg in legs:
            if leg.start is None and starts:
                raise UnreadError(
                    _('it does not say when "{words}" begins; write the time, as in > 13:00 {words}.').format(
                        words=leg.words
                    )
                )
            start = opens
            if leg.start is not None and starts:
                start = self._later(next_time(problem, leg.start, starts[-1]), leg.start, leg.start_days)
            elif leg.start is not None:
                start = problem.zone.instant(day + leg.start_days, leg.start)
            if start is None:
                raise UnreadError(_("it names neither a shift nor a time."))
            starts.append(start)
        spans: list[tuple[int, int]] = []
        for leg, start, follower in zip(legs, starts, [*starts[1:], closes], strict=True):
            end = follower
            if leg.end is not None:
                end = self._later(next_time(problem, leg.end, start + 1), leg.end, leg.end_days)
            if end is None:
                raise UnreadError(_("it does not say when the duty ends; write both times, as in 07:00-15:00."))
            if end <= start:
                zone = problem.zone
                raise UnreadError(
                    _("it ends {end}, not after its start {start}.").format(
                        end=zone.moment_text(end), start=zone.moment_text(start)
                    )
                )
            spans.append((start, end))
        return spans

    def _later(self, instant: int, clock: int, days: int) -> int:
        zone = self._problem.zone
        return zone.instant(zone.local(instant)[0] + days, clock) if days else instant


def _kind_of(text: str) -> tuple[str, str]:
    """Kind of a duty and the words without what says it."""
    if text.startswith("(") and text.endswith(")"):
        return "standby", text[1:-1].strip()
    match = _KIND.fullmatch(text)
    return (match[1].lower(), match[2]) if match else ("duty", text)


def _leg(text: str) -> _Leg:
    match = _TIMES.search(text)
    if match is None:
        return _Leg(None, 0, None, 0, text.strip())
    start, end = parse_clock(match[1]), parse_clock(match[3]) if match[3] else None
    rest = f"{text[: match.start()]} {text[match.end() :]}".strip()
    return _Leg(
        start % DAY_MINUTES, int(match[2] or 0), None if end is None else end % DAY_MINUTES, int(match[4] or 0), rest
    )
