"""What an audit says: findings with stable codes, severity, place and price."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from patrolplan.errors import Place


class Severity(enum.StrEnum):
    """How bad a finding is; the order is worst first."""

    HARD = "hard"
    GAP = "gap"
    SOFT = "soft"
    NOTE = "note"


CODES: dict[str, str] = {
    "PP101": "cover gap",
    "PP102": "qualification gap",
    "PP103": "command gap",
    "PP104": "more people than allowed",
    "PP105": "reserve short",
    "PP106": "below the ideal",
    "PP107": "surplus",
    "PP108": "too long at a post",
    "PP109": "break not taken",
    "PP110": "back at the post just left",
    "PP111": "post handed over by all at once",
    "PP201": "absent person on duty",
    "PP202": "duties overlap or too many on one date",
    "PP203": "travel time between sites too short",
    "PP204": "rest too short",
    "PP205": "hours outside the limits",
    "PP206": "number of duties outside the limits",
    "PP207": "work streak too long or too short",
    "PP208": "shift streak too long or too short",
    "PP209": "forbidden succession of shifts",
    "PP210": "person not qualified for the post",
    "PP211": "pin not kept",
    "PP212": "days off too many or too few in a row",
    "PP213": "weekends beyond the limit, or worked in part",
    "PP214": "wish not met",
    "PP215": "no long rest in a week",
    "PP216": "duty off the rotation",
    "PP217": "too many duties in a row at one place",
    "PP218": "duty changed",
    "PP219": "still learning the site, or learning too long",
    "PP301": "team split",
    "PP302": "distance from the fair share",
    "PP303": "too few of a kind among those on duty",
    "PP304": "too many different people at a place",
    "PP305": "pay",
    "PP306": "people on duty together who are to stay apart",
    "PP307": "in training with nobody to learn from",
    "PP901": "row not understood",
    "PP902": "stretch unlike its shift",
    "PP903": "roster does not stem from this input",
    "PP904": "duty outside the operation",
}
"""Every code and what it stands for."""


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
