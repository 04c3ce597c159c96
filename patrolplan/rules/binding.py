"""What every rule of the catalogue has in common: whom it binds, when, and how hard."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from patrolplan.language import _
from patrolplan.problem import Rule
from patrolplan.rules.fields import (
    ContractNames,
    Dates,
    PersonNames,
    PhaseNames,
    QualificationNames,
    RankName,
    RankNames,
    Strict,
    TeamNames,
    UnitNames,
)


class Selector(Strict):
    """Whom a rule binds. All keys that are given must hold; within one key, any of the names will do.

    Who changes the team is bound while in it; rules that tie people together (continuity, reserve, command, induction,
    a budget of cost) bind whoever is in it at any time.
    """

    people: PersonNames = ()
    teams: TeamNames = Field((), description="the team at the time of the duty")
    units: UnitNames = ()
    ranks: RankNames = ()
    rank_from: RankName | None = Field(None, description="this rank or above")
    qualifications: QualificationNames = ()
    contracts: ContractNames = ()
    sex: str | None = None


class During(Strict):
    """When a rule binds: phases or dates; a duty is inside if it starts inside."""

    phases: PhaseNames = ()
    dates: Dates = ()


class RuleSpec(Strict):
    """Base of every rule's model in the operation file.

    Class attributes
    ----------------
    name
        The key in the file.
    scope
        ``personal`` (one person's schedule) or ``linking`` (ties people together).
    shorthand
        The field that a bare value fills, so that ``rest: 11h`` is ``rest: {min: 11h}``; empty for none.
    always
        Whether the rule holds even if the file does not list it.
    default_weight, default_level
        Weight when neither ``severity`` nor ``weight`` is given (None: hard), and level of its costs.
    sees
        Facts of a person that only some personal rules see, by their names in `patrolplan.problem.Person`.
    """

    name: ClassVar[str] = ""
    scope: ClassVar[str] = "personal"
    shorthand: ClassVar[str] = ""
    always: ClassVar[bool] = False
    default_weight: ClassVar[int | None] = None
    default_level: ClassVar[int] = 2
    sees: ClassVar[tuple[str, ...]] = ()

    id: str = Field("", description="name of this instance in findings; a later rule with the same id replaces it")
    for_: Selector | None = Field(None, alias="for", description="whom it binds; default everyone")
    during: During | PhaseNames | None = Field(None, description="when it binds; default the whole operation")
    severity: Literal["hard", "soft", "error", "warning", "note"] | None = Field(
        None,
        description="hard: never broken; soft or warning: bends at its weight; error: bends, but a check fails on it; "
        "note: bends, and is only noted",
    )
    weight: int | None = Field(None, ge=0, description="cost per unit of violation; makes the rule bend")
    level: int | None = Field(
        None, ge=1, le=9, description="level on which its cost counts; lower levels are settled first"
    )
    off: bool = Field(False, description="true removes the rule with this id")

    @model_validator(mode="after")
    def _hard_or_weighted(self) -> RuleSpec:
        if self.severity == "hard" and self.weight is not None:
            raise ValueError(_("a rule is either severity: hard or has a weight, not both."))
        return self

    def effective_weight(self) -> int | None:
        """Weight per unit of violation, or None if the rule is hard."""
        if self.severity == "hard":
            return None
        if self.weight is not None:
            return self.weight
        if self.severity is not None:
            return self.default_weight if self.default_weight is not None else 1
        return self.default_weight

    def effective_level(self) -> int:
        """Level on which the costs of the rule count."""
        return self.level if self.level is not None else self.default_level

    def named_people(self) -> tuple[str, ...] | None:
        """The only people the rule can bind, or None if it may bind anyone."""
        return None

    def binds_each(self) -> bool:
        """Whether each person is judged without the others, so that each may be bound at other times."""
        return self.scope == "personal"

    def is_partly_hard(self) -> bool:
        """Whether something of the rule must hold although it has a weight."""
        return False

    def contradiction(self) -> str:
        """Why the rule contradicts itself, or an empty text."""
        return ""


def can_refuse(rule: Rule) -> bool:
    """Whether a rule forbids anything: it is hard, or a part of it is."""
    return rule.weight is None or (isinstance(rule.spec, RuleSpec) and rule.spec.is_partly_hard())
