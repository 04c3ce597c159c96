"""Roll call: the model of every rule, by its name in the operation file."""

from __future__ import annotations

from patrolplan.rules.availability.spec import Availability
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.command.spec import Command
from patrolplan.rules.continuity.spec import Continuity
from patrolplan.rules.cost.spec import Cost
from patrolplan.rules.cover.spec import Cover
from patrolplan.rules.duties.spec import Duties
from patrolplan.rules.eligibility.spec import Eligibility
from patrolplan.rules.fairness.spec import Fairness
from patrolplan.rules.hours.spec import Hours
from patrolplan.rules.induction.spec import Induction
from patrolplan.rules.mix.spec import Mix
from patrolplan.rules.off_streak.spec import OffStreak
from patrolplan.rules.one_duty.spec import OneDuty
from patrolplan.rules.pins.spec import Pins
from patrolplan.rules.requests.spec import Requests
from patrolplan.rules.reserve.spec import Reserve
from patrolplan.rules.rest.spec import Rest
from patrolplan.rules.rotation.spec import Rotation
from patrolplan.rules.shift_streak.spec import ShiftStreak
from patrolplan.rules.stability.spec import Stability
from patrolplan.rules.succession.spec import Succession
from patrolplan.rules.teams.spec import Teams
from patrolplan.rules.variety.spec import Variety
from patrolplan.rules.weekends.spec import Weekends
from patrolplan.rules.weekly_rest.spec import WeeklyRest
from patrolplan.rules.work_streak.spec import WorkStreak

SPECS: dict[str, type[RuleSpec]] = {
    spec.name: spec
    for spec in (
        Availability,
        Eligibility,
        OneDuty,
        Rest,
        Hours,
        Duties,
        WeeklyRest,
        WorkStreak,
        OffStreak,
        ShiftStreak,
        Succession,
        Weekends,
        Variety,
        Induction,
        Rotation,
        Requests,
        Pins,
        Stability,
        Cover,
        Mix,
        Command,
        Reserve,
        Teams,
        Continuity,
        Fairness,
        Cost,
    )
}
"""In the order of the catalogue: personal rules first, then linking rules."""
