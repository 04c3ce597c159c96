"""Roll call: how every rule speaks to the solver.

The order matters: what a person may hold is settled before rows are written over it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from patrolplan.model.link_rows import LinkRows
from patrolplan.model.person_model import PersonModel
from patrolplan.problem import Problem, Rule
from patrolplan.rules.availability import encode as availability
from patrolplan.rules.command import encode as command
from patrolplan.rules.continuity import encode as continuity
from patrolplan.rules.cost import encode as cost
from patrolplan.rules.cover import encode as cover
from patrolplan.rules.duties import encode as duties
from patrolplan.rules.eligibility import encode as eligibility
from patrolplan.rules.fairness import encode as fairness
from patrolplan.rules.hours import encode as hours
from patrolplan.rules.induction import encode as induction
from patrolplan.rules.mix import encode as mix
from patrolplan.rules.off_streak import encode as off_streak
from patrolplan.rules.one_duty import encode as one_duty
from patrolplan.rules.pins import encode as pins
from patrolplan.rules.requests import encode as requests
from patrolplan.rules.reserve import encode as reserve
from patrolplan.rules.rest import encode as rest
from patrolplan.rules.rotation import encode as rotation
from patrolplan.rules.shift_streak import encode as shift_streak
from patrolplan.rules.stability import encode as stability
from patrolplan.rules.succession import encode as succession
from patrolplan.rules.teams import encode as teams
from patrolplan.rules.variety import encode as variety
from patrolplan.rules.weekends import encode as weekends
from patrolplan.rules.weekly_rest import encode as weekly_rest
from patrolplan.rules.work_streak import encode as work_streak

PersonalEncoder = Callable[[Problem, Rule, PersonModel], None]
LinkEncoder = Callable[[Problem, Rule, LinkRows], None]


@dataclass(frozen=True, slots=True)
class Encoding:
    """What a rule does to the model.

    Attributes
    ----------
    open_options
        Offers variables to a person, before any rule binds them.
    encode
        Binds one person's variables.
    link
        Ties people together.
    """

    open_options: PersonalEncoder | None = None
    encode: PersonalEncoder | None = None
    link: LinkEncoder | None = None


ENCODINGS: dict[str, Encoding] = {
    "eligibility": Encoding(encode=eligibility.encode),
    "reserve": Encoding(open_options=reserve.open_options, link=reserve.link),
    "availability": Encoding(encode=availability.encode),
    "one_duty": Encoding(open_options=one_duty.open_options, encode=one_duty.encode),
    "rest": Encoding(encode=rest.encode),
    "hours": Encoding(encode=hours.encode),
    "duties": Encoding(encode=duties.encode),
    "weekly_rest": Encoding(encode=weekly_rest.encode),
    "work_streak": Encoding(encode=work_streak.encode),
    "off_streak": Encoding(encode=off_streak.encode),
    "shift_streak": Encoding(encode=shift_streak.encode),
    "succession": Encoding(encode=succession.encode),
    "weekends": Encoding(encode=weekends.encode),
    "variety": Encoding(encode=variety.encode),
    "induction": Encoding(encode=induction.encode, link=induction.link),
    "rotation": Encoding(encode=rotation.encode),
    "requests": Encoding(encode=requests.encode),
    "pins": Encoding(encode=pins.encode),
    "stability": Encoding(encode=stability.encode),
    "fairness": Encoding(encode=fairness.encode),
    "cost": Encoding(encode=cost.encode, link=cost.link),
    "cover": Encoding(link=cover.link),
    "mix": Encoding(link=mix.link),
    "command": Encoding(link=command.link),
    "teams": Encoding(link=teams.link),
    "continuity": Encoding(link=continuity.link),
}
