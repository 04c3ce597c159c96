"""Roll call: the check of every rule, by its name in the operation file, and how its findings explain a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from patrolplan.findings import Finding
from patrolplan.problem import Problem, Rule
from patrolplan.roster import Duty, Roster
from patrolplan.rules.availability import check as availability
from patrolplan.rules.command import check as command
from patrolplan.rules.continuity import check as continuity
from patrolplan.rules.cost import check as cost
from patrolplan.rules.cover import check as cover
from patrolplan.rules.duties import check as duties_rule
from patrolplan.rules.eligibility import check as eligibility
from patrolplan.rules.fairness import check as fairness
from patrolplan.rules.hours import check as hours
from patrolplan.rules.induction import check as induction
from patrolplan.rules.mix import check as mix
from patrolplan.rules.off_streak import check as off_streak
from patrolplan.rules.one_duty import check as one_duty
from patrolplan.rules.pins import check as pins
from patrolplan.rules.requests import check as requests
from patrolplan.rules.reserve import check as reserve
from patrolplan.rules.rest import check as rest
from patrolplan.rules.rotation import check as rotation
from patrolplan.rules.shift_streak import check as shift_streak
from patrolplan.rules.stability import check as stability
from patrolplan.rules.succession import check as succession
from patrolplan.rules.teams import check as teams
from patrolplan.rules.variety import check as variety
from patrolplan.rules.weekends import check as weekends
from patrolplan.rules.weekly_rest import check as weekly_rest
from patrolplan.rules.work_streak import check as work_streak


class PersonalCheck(Protocol):
    """Judges the duties of one person, history and standby included, in order of time."""

    def __call__(self, problem: Problem, rule: Rule, person: int, duties: Sequence[Duty], /) -> Iterator[Finding]:
        """What the rule finds."""
        ...


class LinkingCheck(Protocol):
    """Judges a whole roster, history included."""

    def __call__(self, problem: Problem, rule: Rule, roster: Roster, /) -> Iterator[Finding]:
        """What the rule finds."""
        ...


PERSONAL: dict[str, PersonalCheck] = {
    "availability": availability.check,
    "eligibility": eligibility.check,
    "one_duty": one_duty.check,
    "rest": rest.check,
    "hours": hours.check,
    "duties": duties_rule.check,
    "weekly_rest": weekly_rest.check,
    "work_streak": work_streak.check,
    "off_streak": off_streak.check,
    "shift_streak": shift_streak.check,
    "succession": succession.check,
    "weekends": weekends.check,
    "variety": variety.check,
    "induction": induction.check,
    "rotation": rotation.check,
    "requests": requests.check,
    "pins": pins.check,
    "stability": stability.check,
}
"""Checks of one person's duties, those first whose findings explain a gap best."""

LINKING: dict[str, LinkingCheck] = {
    "induction": induction.check_guides,
    "cover": cover.check,
    "mix": mix.check,
    "command": command.check,
    "reserve": reserve.check,
    "teams": teams.check,
    "continuity": continuity.check,
    "fairness": fairness.check,
    "cost": cost.check,
}
"""Checks that need the whole roster; a rule may have one besides the one of each person."""

REASONS: dict[str, str] = {
    "PP201": availability.REASON,
    "PP210": eligibility.REASON,
    "PP202": one_duty.REASON,
    "PP203": one_duty.TRAVEL_REASON,
    "PP204": rest.REASON,
    "PP205": hours.REASON,
    "PP206": duties_rule.REASON,
    "PP207": work_streak.REASON,
    "PP208": shift_streak.REASON,
    "PP209": succession.REASON,
    "PP211": pins.REASON,
    "PP212": off_streak.REASON,
    "PP213": weekends.REASON,
    "PP214": requests.REASON,
    "PP215": weekly_rest.REASON,
    "PP216": rotation.REASON,
    "PP218": stability.REASON,
    "PP217": variety.REASON,
    "PP219": induction.REASON,
    "PP105": reserve.REASON,
    "PP301": teams.REASON,
    "PP303": mix.REASON,
    "PP304": continuity.REASON,
    "PP305": cost.REASON,
    "PP306": teams.APART_REASON,
}
"""Why somebody could not fill a gap, by the code of the finding that stood against it."""
