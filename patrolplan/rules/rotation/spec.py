"""A team's cycle of duties and days off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from patrolplan.errors import nearest
from patrolplan.language import _
from patrolplan.problem import Person, Shift
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import OFF, Date, Reference, ShiftName, cycle_letters
from patrolplan.units import DAY_MINUTES


class Rotation(RuleSpec):
    """Each team serves in the turns of a cycle, one letter per date: a shift, or off.

    ``pattern`` is a name of the section ``rotations`` (the presets below ``rotations/`` have the usual ones) or the
    letters themselves; ``O``, ``-`` and ``.`` are days off. A letter means the shift whose name begins with it; if none
    or several do, D is the only shift that is no night and N the only night, S and T are the only shift of 24 hours,
    and E and L are the earlier and the later of two that are no nights; ``letters`` says it outright. The cycle begins
    on the date ``starts`` (default: the first date of the operation) and goes round for ever, also before it.

    ``offsets`` says by how many dates a team is further on than the cycle: with 2, it has on the first date the third
    letter; below 0 it is behind, and whole cycles change nothing. A team that is not named there has no rotation.
    Without ``offsets``, the teams (those that ``for`` names, else all) are spread evenly in the order of their
    names. A person's team is the one in which the date begins; who has none is not bound.

    A deviation is a duty on a day off, a duty in another shift than the pattern's and, unless ``serve: false``, a
    date without any duty where the pattern has one. Who can hold no duty of that shift on that date (absent, not
    qualified, nobody needed) need not. Standby, and what was given beforehand, is not judged. Weighted: per deviation.

    Example::

        rules:
          - rotation: {pattern: DDNNOOOO, starts: 2024-11-07, offsets: {A: 0, B: 4}, weight: 2}
    """

    name: ClassVar[str] = "rotation"
    shorthand: ClassVar[str] = "pattern"
    sees: ClassVar[tuple[str, ...]] = ("team", "team_spans")

    pattern: str = Field(description="a name of the section rotations, or letters such as DDNNOOOO")
    letters: dict[str, ShiftName] = Field(default_factory=dict, description="which shift a letter means: {D: day}")
    starts: Date | None = Field(None, description="date of the first letter; default the first date")
    offsets: dict[Annotated[str, Reference("team")], int] = Field(
        default_factory=dict, description="dates by which each team is further on: {A: 0, B: 2}; default spread evenly"
    )
    serve: bool = Field(True, description="false: the pattern only says when and where one may serve")

    def contradiction(self) -> str:
        """Letters that cannot stand in a pattern, or that stand twice."""
        capitals = [letter.strip().upper() for letter in self.letters]
        for letter in capitals:
            if letter in OFF:
                return _('letters: "{letter}" is a day off; take another letter.').format(letter=letter)
            if len(letter) != 1 or not letter.isalpha():
                return _('letters: "{letter}" is not one letter; write them like {{D: day, N: night}}.').format(
                    letter=letter
                )
            if capitals.count(letter) > 1:
                return _('letters: "{letter}" stands twice.').format(letter=letter)
        return ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a rotation is not understood; `key` is the key under which the reason stands."""

    key: str
    message: str


def settle(
    spec: Rotation,
    cycles: Mapping[str, str],
    shifts: Sequence[Shift],
    people: Iterable[Person],
    first_day: int,
) -> tuple[Rotation, list[Unclear]]:
    """The same rule with everything spelt out: letters, the shift of each, first date, offset of each team.

    Parameters
    ----------
    cycles
        The letters of each named pattern.
    people
        All people of the operation, whose teams share the cycle.
    first_day
        The first date of the operation.
    """
    letters, objection = _letters(spec, cycles)
    if objection is not None:
        return spec, [objection]
    meant, unclear = _meanings(spec, letters, shifts)
    named = spec.for_.teams if spec.for_ is not None else ()
    offsets = spec.offsets or _spread(_teams(people, named), len(letters))
    settled = spec.model_copy(
        update={
            "pattern": letters,
            "letters": meant,
            "starts": first_day if spec.starts is None else spec.starts,
            "offsets": {team: offset % len(letters) for team, offset in offsets.items()},
        }
    )
    return settled, unclear


def _letters(spec: Rotation, cycles: Mapping[str, str]) -> tuple[str, Unclear | None]:
    """The letters of the pattern, by its name or as written."""
    if spec.pattern in cycles:
        return cycles[spec.pattern], None
    hint = nearest(spec.pattern, cycles)
    if hint and not spec.pattern.isupper():
        return "", Unclear(
            "pattern", _('there is no rotation "{pattern}".{hint}').format(pattern=spec.pattern, hint=hint)
        )
    try:
        return cycle_letters(spec.pattern), None
    except ValueError as error:
        known = " " + _("Named under rotations: {cycles}.").format(cycles=", ".join(cycles)) if cycles else ""
        return "", Unclear("pattern", f"{error}{known}")


def _meanings(spec: Rotation, letters: str, shifts: Sequence[Shift]) -> tuple[dict[str, str], list[Unclear]]:
    """The shift that each letter of a cycle means."""
    given = {letter.strip().upper(): shift for letter, shift in spec.letters.items()}
    found: dict[str, str] = {}
    unclear: list[Unclear] = []
    for letter in sorted(set(letters) - set(OFF)):
        meant = [given[letter]] if letter in given else _meant(letter, shifts)
        if len(meant) == 1:
            found[letter] = meant[0]
            continue
        names = ", ".join(meant or [shift.name for shift in shifts]) or _("none is defined")
        what = _("may mean several shifts") if meant else _("of the pattern means no shift")
        example = (meant or [shift.name for shift in shifts] or ["day"])[0]
        remedy = _("Say which: letters: {{{letter}: {example}}}.").format(letter=letter, example=example)
        unclear.append(
            Unclear(
                "pattern",
                _('the letter "{letter}" {what} ({names}). {remedy}').format(
                    letter=letter, what=what, names=names, remedy=remedy
                ),
            )
        )
    for letter in sorted(set(given) - set(letters)):
        unclear.append(
            Unclear(
                "letters", _('the pattern {letters} has no letter "{letter}".').format(letters=letters, letter=letter)
            )
        )
    return found, unclear


def _meant(letter: str, shifts: Sequence[Shift]) -> list[str]:
    """The shifts that a letter may mean by itself."""
    by_name = [shift.name for shift in shifts if shift.name[:1].upper() == letter]
    if len(by_name) == 1:
        return by_name
    whole = [shift.name for shift in shifts if shift.start == shift.end % DAY_MINUTES]
    short = [shift for shift in shifts if shift.name not in whole]
    nights = [shift.name for shift in short if shift.night]
    days = [shift.name for shift in sorted(short, key=lambda shift: shift.start) if not shift.night]
    by_kind = {"D": days, "N": nights, "S": whole, "T": whole}.get(letter, [])
    if letter in "EL" and len(days) == 2:
        by_kind = [days[letter == "L"]]
    return by_kind if len(by_kind) == 1 else by_name or by_kind


def _teams(people: Iterable[Person], named: Sequence[str]) -> list[str]:
    """Teams in the order of their names, the numbers in them as numbers."""
    found = {team for who in people for team in (who.team, *(span[2] for span in who.team_spans)) if team}
    return sorted(found & set(named) if named else found, key=_by_number)


def _by_number(name: str) -> tuple[list[tuple[int, str]], str]:
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], name


def _spread(teams: Sequence[str], length: int) -> dict[str, int]:
    """Offsets that spread teams evenly over a cycle."""
    return {team: number * length // len(teams) for number, team in enumerate(teams)}
