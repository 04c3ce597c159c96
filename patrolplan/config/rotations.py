"""Rotation rules with everything spelt out that they leave to the operation: letters, shifts, dates, teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from patrolplan.config.documents import RotationDoc
from patrolplan.config.merging import NamedRule, rule_parts
from patrolplan.config.source import Mark
from patrolplan.errors import Complaint
from patrolplan.problem import Person, Rule, Shift
from patrolplan.rules.rotation.spec import Rotation, settle


@dataclass
class Settled:
    """The rules of an operation, and what is wrong with its rotations."""

    rules: list[Rule] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)


def settle_rotations(
    rules: Sequence[Rule],
    written: Sequence[NamedRule],
    rotations: Mapping[str, RotationDoc | str],
    shifts: Sequence[Shift],
    people: Sequence[Person],
    first_day: int,
) -> Settled:
    """Spell out every rotation among the rules.

    Parameters
    ----------
    written
        The rules as they stand in the files, for the places of complaints.
    first_day
        The first date of the operation.
    """
    found = Settled()
    cycles = {name: one if isinstance(one, str) else one.pattern for name, one in rotations.items()}
    for rule in rules:
        if not isinstance(rule.spec, Rotation):
            found.rules.append(rule)
            continue
        alike = [one for one in rules if one.id == rule.id and one.spec is rule.spec]
        bound = [people[person] for person in sorted({person for one in alike for person in one.people})]
        spec, unclear = settle(rule.spec, cycles, shifts, bound, first_day)
        found.rules.append(replace(rule, spec=spec))
        for one in unclear:
            mark = _mark(written, rule, one.key)
            found.complaints.append(Complaint(one.message, mark.place, mark.width))
        if bound and not unclear and not any(_teams(who) & set(spec.offsets) for who in bound):
            mark = _mark(written, rule, "offsets")
            message = f'the rule "{rule.id}" binds nobody: none of its people is in a team that has a rotation.'
            found.warnings.append(Complaint(message, mark.place, mark.width))
    found.warnings = list(dict.fromkeys(found.warnings))
    return found


def _teams(who: Person) -> set[str]:
    return {who.team, *(team for _, _, team in who.team_spans)}


def _mark(written: Sequence[NamedRule], rule: Rule, key: str) -> Mark:
    """Where a key of a rule stands, or else the rule."""
    node = next((one.node for one in written if one.id == rule.id), None)
    body = rule_parts(node)[1] if node is not None else None
    if body is None:
        return Mark(rule.place)
    return body.children[key].mark if key in body.children else body.mark
