"""What the duties cost."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.fields import HoursPer, HoursRate, Pay, Strict, WholePercent
from patrolplan.units import Period

Premium = Annotated[WholePercent, Field(ge=0, le=1000)]

_LONG_DUTY = 12 * 60
"""Sixtieths of its hourly pay that a duty of 12 h is paid."""


class Overtime(Strict):
    """A step of the overtime ladder."""

    above: HoursPer = Field(description="hours from which on the premium is paid, such as 40h per week")
    premium: Premium = Field(description="on the pay of each hour above, such as 50%")


class Cost(RuleSpec):
    """Pay by the hour, with premiums and overtime: kept low, or under a budget.

    ``pay`` is for one hour, in whole units of the currency; where a unit is too coarse, take cents, for every amount of
    the operation. What stands with a person (column ``pay``) goes before that of the person's contract, and that before
    the rule. The premiums ``night`` (in shifts marked ``night``), ``weekend`` and ``holiday`` are added up, each a
    percentage of the person's pay; a duty counts wholly by its shift and the date on which it starts. An hour of
    standby is paid at the percentage ``standby``, without premiums, and is no overtime.

    ``overtime`` is a ladder: hours above a step cost its ``premium`` besides, those above the next step that one
    instead. Steps of different periods are ladders of their own and add up. A rolling number of days is counted at
    each of its positions, as in ``hours``. Duties before the operation are not paid, but count towards the hours of a
    period that began earlier; with ``during`` only duties that start inside are paid and counted.

    Without ``budget``, pay is kept low: a weight is charged for each ``per`` units of the currency, which by default
    is the pay of one hour. Each duty is rounded to a sixtieth of a weight, and so is each step of overtime. With
    ``budget``, the pay of all people together, each duty rounded to a whole unit, is at most that much: hard, or
    weighted for each ``per`` units begun above it. A budget takes no overtime; list a second rule that keeps it low.

    Example::

        rules:
          - cost: {pay: 25000, night: 25%, weekend: 50%, overtime: [{above: 40h per week, premium: 50%}]}
          - cost: {id: budget, pay: 25000, night: 25%, weekend: 50%, budget: 1500000000}
    """

    name: ClassVar[str] = "cost"
    scope: ClassVar[str] = "linking"
    default_weight: ClassVar[int | None] = 1
    default_level: ClassVar[int] = 3
    sees: ClassVar[tuple[str, ...]] = ("pay",)

    pay: Pay = Field(description="pay of an hour, for people who have none of their own")
    night: Premium = Field(0, description="premium for duties in night shifts, such as 25%")
    weekend: Premium = Field(0, description="premium for duties that start on a weekend date")
    holiday: Premium = Field(0, description="premium for duties that start on a public holiday")
    overtime: tuple[Overtime, ...] = Field((), description="steps, such as {above: 40h per week, premium: 50%}")
    standby: Annotated[WholePercent, Field(ge=0, le=100)] = Field(0, description="what an hour of standby is paid")
    per: int | None = Field(None, ge=1, description="units of the currency that cost one weight; default: pay")
    budget: int | None = Field(None, ge=0, le=10**15, description="most that all may be paid together")

    @property
    def currency_per_weight(self) -> int:
        """Units of the currency for which one weight is charged."""
        return self.per or self.pay or 1

    def effective_weight(self) -> int | None:
        """As for every rule, but a budget is hard if nothing else is said."""
        if self.budget is not None and self.weight is None and self.severity is None:
            return None
        return super().effective_weight()

    def binds_each(self) -> bool:
        """Only a budget is for all together."""
        return self.budget is None

    def contradiction(self) -> str:
        """Hard without a budget, a budget with overtime, or a ladder that does not rise."""
        if self.budget is None and self.effective_weight() is None:
            return _("pay is kept low and cannot be hard; give it a weight, or a budget.")
        if self.budget is not None and self.overtime:
            return _(
                "a budget takes no overtime, which depends on all of a person's duties together; list cost "
                "twice: with overtime and without budget, and with budget and without overtime."
            )
        if not self.pay and self.per is None:
            return _("with pay: 0, say how much of the currency costs one weight, such as per: 1000.")
        if self.pay and 2 * self.pay * _LONG_DUTY < self.currency_per_weight:
            return _("per: {per} is so much that a duty of 12 h at {pay} an hour costs nothing; take less.").format(
                per=self.per, pay=self.pay
            )
        return next((text for period in self._periods() if (text := _objection(self._ladder(period)))), "")

    def _periods(self) -> list[Period]:
        return list(dict.fromkeys(step.above.period for step in self.overtime))

    def _ladder(self, period: Period) -> list[Overtime]:
        return sorted(
            (step for step in self.overtime if step.above.period == period), key=lambda step: step.above.minutes
        )


def _objection(ladder: list[Overtime]) -> str:
    for lower, upper in pairwise(ladder):
        if lower.above.minutes == upper.above.minutes:
            return _("two steps of overtime begin above {hours}; leave one of them out.").format(
                hours=_hours(lower.above)
            )
        if upper.premium <= lower.premium:
            return _("the premium above {hours} must be more than the {premium}% above {hours2}.").format(
                hours=_hours(upper.above), premium=lower.premium, hours2=_hours(lower.above)
            )
    return ""


def _hours(rate: HoursRate) -> str:
    return f"{rate.minutes / 60:g}h per {rate.period}"
