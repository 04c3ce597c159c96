"""Rotation rules with everything spelt out that they leave to the operation: letters, shifts, dates, teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from patrolplan.config.documents import RotationDoc
from patrolplan.config.folder import PRESET_LABEL, preset_names
from patrolplan.config.merging import NamedRule, rule_parts
from patrolplan.config.source import Mark
from patrolplan.errors import Complaint, nearest
from patrolplan.language import _
from patrolplan.problem import Person, Rule, Shift
from patrolplan.rules.rotation.spec import Rotation, Unclear, settle

_PRESETS = "rotations/"


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
        spec, unclear = settle(rule.spec, cycles, shifts, people, first_day)
        found.rules.append(replace(rule, spec=spec))
        preset = _preset_meant(rule.spec.pattern, cycles) if unclear else ""
        if preset:
            message = _('there is no rotation "{pattern}". Did you mean the preset? extends: [{preset}].').format(
                pattern=rule.spec.pattern, preset=preset
            )
            unclear = [Unclear("pattern", message)]
        for one in unclear:
            mark = _mark(written, rule, one.key)
            remedy = _beside_preset(rule, one, mark)
            found.complaints.append(Complaint(one.message + remedy, mark.place, mark.width))
        if bound and not unclear and not any(_teams(who) & set(spec.offsets) for who in bound):
            mark = _mark(written, rule, "offsets")
            message = _('the rule "{id}" binds nobody: none of its people is in a team that has a rotation.').format(
                id=rule.id
            )
            found.warnings.append(Complaint(message, mark.place, mark.width))
    found.warnings = list(dict.fromkeys(found.warnings))
    return found


def _preset_meant(pattern: str, cycles: Mapping[str, str]) -> str:
    """The preset whose name a pattern resembles that is neither named nor in capital letters."""
    if pattern in cycles or nearest(pattern, cycles) or pattern.isupper():
        return ""
    named = {name.removeprefix(_PRESETS): name for name in preset_names() if name.startswith(_PRESETS)}
    spelt = pattern.lower().replace("4-on-4-off", "four-on-four-off").replace("6-on-2-off", "six-on-two-off")
    close = get_close_matches(spelt.replace("/", "-").replace(" ", "-"), named, n=1, cutoff=0.75)
    return named[close[0]] if close else ""


def _beside_preset(rule: Rule, unclear: Unclear, mark: Mark) -> str:
    """What to do where the rule stands in a preset, which nobody edits."""
    if unclear.key != "pattern" or not isinstance(rule.spec, Rotation) or not mark.place.file.startswith(PRESET_LABEL):
        return ""
    weight = "" if rule.weight is None else f", weight: {rule.weight}"
    own = f"{{id: {rule.id}, pattern: {rule.spec.pattern}, letters: ...{weight}}}"
    return " " + _("Letters go into your own rule: - rotation: {own}.").format(own=own)


def _teams(who: Person) -> set[str]:
    return {who.team, *(team for _, _, team in who.team_spans)}


def _mark(written: Sequence[NamedRule], rule: Rule, key: str) -> Mark:
    """Where a key of a rule stands, or else the rule."""
    node = next((one.node for one in written if one.id == rule.id), None)
    body = rule_parts(node)[1] if node is not None else None
    if body is None:
        return Mark(rule.place)
    return body.children[key].mark if key in body.children else body.mark
