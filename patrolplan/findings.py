"""What an audit says: findings with stable codes, severity, place and price."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from patrolplan.errors import Place
from patrolplan.language import _, later


class Severity(enum.StrEnum):
    """How bad a finding is; the order is worst first."""

    HARD = "hard"
    GAP = "gap"
    SOFT = "soft"
    NOTE = "note"


CODES: dict[str, str] = {
    "PP101": later("cover gap"),
    "PP102": later("qualification gap"),
    "PP103": later("command gap"),
    "PP104": later("more people than allowed"),
    "PP105": later("reserve short"),
    "PP106": later("below the ideal"),
    "PP107": later("surplus"),
    "PP108": later("too long at a post"),
    "PP109": later("break not taken"),
    "PP110": later("back at the post just left"),
    "PP111": later("post handed over by all at once"),
    "PP201": later("absent person on duty"),
    "PP202": later("duties overlap or too many on one date"),
    "PP203": later("travel time between sites too short"),
    "PP204": later("rest too short"),
    "PP205": later("hours outside the limits"),
    "PP206": later("number of duties outside the limits"),
    "PP207": later("work streak too long or too short"),
    "PP208": later("shift streak too long or too short"),
    "PP209": later("forbidden succession of shifts"),
    "PP210": later("person not qualified for the post"),
    "PP211": later("pin not kept"),
    "PP212": later("days off too many or too few in a row"),
    "PP213": later("weekends beyond the limit, or worked in part"),
    "PP214": later("wish not met"),
    "PP215": later("no long rest in a week"),
    "PP216": later("duty off the rotation"),
    "PP217": later("too many duties in a row at one place"),
    "PP218": later("duty changed"),
    "PP219": later("still learning the site, or learning too long"),
    "PP301": later("team split"),
    "PP302": later("distance from the fair share"),
    "PP303": later("too few of a kind among those on duty"),
    "PP304": later("too many different people at a place"),
    "PP305": later("pay"),
    "PP306": later("people on duty together who are to stay apart"),
    "PP307": later("in training with nobody to learn from"),
    "PP901": later("row not understood"),
    "PP902": later("stretch unlike its shift"),
    "PP903": later("roster does not stem from this input"),
    "PP904": later("duty outside the operation"),
}
"""Every code and what it stands for."""


def title_of(code: str) -> str:
    """What a code stands for, in the language spoken; empty if there is no such code."""
    return _(CODES[code]) if code in CODES else ""


UNITS = (later("dates"), later("days"), later("duties"), later("h"), later("min"), later("people"), later("weekends"))
"""Units in which findings measure."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an audit found.

    Attributes
    ----------
    code
        One of `CODES`.
    message
        One sentence for a planner, with units.
    rule
        Id of the rule instance behind it.
    person, site, post
        Service number, site name and post key; empty where they do not apply.
    start, end
        Instants that it concerns.
    actual, required
        What is and what should be, in `unit`.
    cost
        Price in sixtieths of a weight (see `patrolplan.units.COST_SCALE`), on `level`; 0 for hard findings.
    place
        File and line of the rule or need behind it.
    row
        Line of the roster file, 0 if unknown.
    accepted
        The words of the acceptance that turns it into a note, or empty.
    label
        The qualification or rank of which people are missing; empty if it is none, or if anyone would do.
    """

    code: str
    severity: Severity
    message: str
    rule: str = ""
    person: str = ""
    site: str = ""
    post: str = ""
    start: int | None = None
    end: int | None = None
    actual: float | None = None
    required: float | None = None
    unit: str = ""
    cost: int = 0
    level: int = 0
    place: Place = Place()
    row: int = 0
    accepted: str = ""
    label: str = ""
