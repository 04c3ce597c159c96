"""Changes of an operation as YAML that a planner can lay over the file: rules with other values, and more people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patrolplan.config.folder import Folder, preset_names
from patrolplan.config.merging import Merged, NamedRule, Variant, read_merged, rule_parts
from patrolplan.config.source import flow_text
from patrolplan.errors import InputError, Place, nearest
from patrolplan.language import _
from patrolplan.rules.pins.spec import Pin
from patrolplan.rules.specs import SPECS
from patrolplan.units import date_text

_NUMBER = re.compile(r"^\s*\d+(?:\.\d+)?\s*(?:[dhm](?:\d+m)?)?\s*")
_LIMITS = ("max", "min")
SHIFTS = "shifts"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of an operation.

    Attributes
    ----------
    variant
        What is laid over the operation.
    lines
        What a planner writes into a file that extends the operation, or into the operation itself.
    places
        Where that stands now what is changed.
    """

    variant: Variant
    lines: tuple[str, ...]
    places: tuple[Place, ...] = ()

    def __add__(self, other: Edit) -> Edit:
        lines = _joined([*self.lines, *other.lines])
        variant = Variant("\n".join(lines), self.variant.new_shifts or other.variant.new_shifts)
        return Edit(variant, lines, tuple(dict.fromkeys((*self.places, *other.places))))

    def text(self, name: str) -> str:
        """A whole operation file that extends another one, of this name, with the change."""
        own = [line for line in self.lines if not line.startswith("extends:")]
        extended = [line.partition("[")[2].rstrip("]") for line in self.lines if line.startswith("extends:")]
        return "\n".join(["patrolplan: 1", f"extends: [{', '.join([flow_text(name), *extended])}]", *own]) + "\n"


class Editor:
    """Writes changes of one operation.

    Parameters
    ----------
    path
        The operation file.

    Raises
    ------
    InputError
        If the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._merged: Merged = read_merged(Folder(path))
        self._path = path

    # -- rules ---------------------------------------------------------------------------------------------------

    def rule_with(
        self, identity: str, values: Mapping[str, Any], *, before: Sequence[tuple[int, int]] = ()
    ) -> Edit | None:
        """A rule with other values.

        Parameters
        ----------
        identity
            Id of the rule as in findings.
        values
            New values by field.
        before
            Ranges of dates in which the rule stays as it is, besides.

        Returns
        -------
        Edit or None
            None if the file has no such rule: it always holds.
        """
        rule = self._rule(identity)
        if rule is None:
            return None
        name, body = _parts(rule)
        changed = [{name: {"id": rule.own_id, **body, **values}}]
        if before:
            dates = [date_text(first) + (f"..{date_text(last)}" if last > first else "") for first, last in before]
            kept = {**body, "id": f"{rule.own_id}-elsewhere", "during": {"dates": dates}}
            changed.append({name: {"id": kept.pop("id"), **kept}})
        lines = _rule_lines(changed, rule.contract)
        return Edit(Variant("\n".join(lines)), lines, (rule.node.mark.place,))

    def body_of(self, identity: str) -> Mapping[str, Any]:
        """What stands in the file under a rule; empty if there is none of that id."""
        rule = self._rule(identity)
        return {} if rule is None else _parts(rule)[1]

    def place_of_pin(self, identity: str, pin: Pin) -> Place | None:
        """Where a pin of a rule stands; None if it is not found."""
        wanted = (pin.person, date_text(pin.date), pin.shift, pin.post)
        rule = self._rule(identity)
        body = None if rule is None else rule_parts(rule.node)[1]
        if body is None:
            return None
        entries = body.children["entries"].entries if "entries" in body.children else body.entries
        for entry in entries:
            plain = entry.plain()
            if not isinstance(plain, dict):
                continue
            if (str(plain.get("person")), plain.get("date"), plain.get("shift"), plain.get("post")) == wanted:
                return entry.mark.place
        return None

    def _rule(self, identity: str) -> NamedRule | None:
        return next((rule for rule in self._merged.rules if rule.id == identity), None)

    # -- people --------------------------------------------------------------------------------------------------

    def more_people(self, count: int, facts: Mapping[str, Any], taken: Iterable[str]) -> Edit:
        """So many people more, alike and not yet named.

        Parameters
        ----------
        facts
            As for an entry of ``placeholders``.
        taken
            Service numbers that are used.
        """
        given = self._merged.root.children.get("personnel")
        prefix = _free_prefix(set(taken))
        plain = [] if given is None or given.value is None else given.plain()
        entry = {"count": count, "prefix": prefix, **facts}
        if isinstance(plain, dict):
            known = list(plain.get("people") or [])
            one_each = [{"id": f"{prefix}{number}", **facts} for number in range(1, count + 1)]
            # A longer list of placeholders might number those there anew, so these people stand by themselves.
            section: Any = {"people": [*known, *one_each]} if plain.get("placeholders") else {"placeholders": [entry]}
        else:
            listed = plain if isinstance(plain, list) else [plain]
            section = {}
            files = [one for one in listed if isinstance(one, str)]
            people = [one for one in listed if not isinstance(one, str)]
            section |= {"files": files} if files else {}
            section |= {"people": people} if people else {}
            section["placeholders"] = [entry]
        lines = ("personnel:", *(line for key, value in section.items() for line in _section_lines(key, value)))
        places = () if given is None else (self._merged.root.key_mark("personnel").place,)
        return Edit(Variant("\n".join(lines)), lines, places)

    # -- what if -------------------------------------------------------------------------------------------------

    def what_if(self, text: str) -> Edit:
        """A change as a planner says it: ``rest=12h``, ``hours=66h``, ``shifts=three-shift-8h``, ``rest-later=off``.

        The name of a rule means every rule of that name but those of contracts; an id, such as ``part/hours``, means
        one. Several changes may stand in one text, with commas between them.

        Raises
        ------
        InputError
            If it is not understood.
        """
        found: Edit | None = None
        for part in re.split(r",\s*(?=[\w/.-]+\s*=)", text):
            key, sign, value = (piece.strip() for piece in part.partition("="))
            if not sign or not key or not value:
                words = _('"{text}" is no change; write it like rest=12h, hours=66h or shifts=PRESET.')
                raise InputError(words.format(text=part.strip()))
            edit = self._shifts(value) if key == SHIFTS else self._rules(key, value)
            found = edit if found is None else found + edit
        assert found is not None
        return found

    def _shifts(self, value: str) -> Edit:
        name = value.removesuffix(" preset").removesuffix(".yaml").strip()
        presets = [one for one in preset_names() if not one.startswith(("rotations/", "law/"))]
        fitting = [one for one in presets if name in (one, one.rpartition("/")[2])]
        own = self._families()
        best = sorted(fitting, key=lambda one: (one.partition("/")[0] not in own, one))
        if not best:
            shown = ", ".join(one for one in presets if "shift" in one)
            hint = nearest(name, [*presets, *(one.rpartition("/")[2] for one in presets)])
            hint = hint or " " + _("Presets: {names}.").format(names=shown)
            raise InputError(_('there is no shift system "{name}".{hint}').format(name=name, hint=hint))
        lines = (f"extends: [{best[0]}]",)
        return Edit(Variant(lines[0], new_shifts=True), lines)

    def _families(self) -> set[str]:
        """Folders of the presets that the operation extends."""
        files = {rule.node.mark.place.file for rule in self._merged.rules}
        files |= {mark.place.file for mark in self._merged.root.keys.values()}
        return {file.split("/")[1] for file in files if file.startswith("presets/") and file.count("/") > 1}

    def _rules(self, key: str, value: str) -> Edit:
        field = ""
        wanted, _dot, last = key.rpartition(".")
        if wanted:
            key, field = wanted, last
        rules = self._merged.rules
        by_name = [rule for rule in rules if not rule.contract and _parts(rule)[0] == key]
        chosen = by_name or [rule for rule in rules if rule.id == key]
        if not chosen:
            if key in SPECS and value != "off":
                return self._new_rule(key, field, value)
            known = [*(rule.id for rule in self._merged.rules), *SPECS, SHIFTS]
            here = ", ".join(rule.id for rule in self._merged.rules)
            hint = nearest(key, known) or " " + _("Rules here: {names}.").format(names=here)
            raise InputError(_('there is no rule "{name}" to change.{hint}').format(name=key, hint=hint))
        written: list[str] = []
        for rule in chosen:
            name, body = _parts(rule)
            if value == "off":
                entry: dict[str, Any] = {"id": rule.own_id, "off": True}
            else:
                entry = {"id": rule.own_id, **body, **_changed(name, body, field, value)}
            written += _rule_lines([{name: entry}], rule.contract)
        lines = _joined(written)
        return Edit(Variant("\n".join(lines)), lines, tuple(rule.node.mark.place for rule in chosen))

    def _new_rule(self, key: str, field: str, value: str) -> Edit:
        entry = {"id": f"{key}-what-if", **_changed(key, {}, field, value)}
        lines = _rule_lines([{key: entry}], "")
        return Edit(Variant("\n".join(lines)), lines)


def _parts(rule: NamedRule) -> tuple[str, dict[str, Any]]:
    """Name and fields of a rule; a bare value stands in its field."""
    name, body = rule_parts(rule.node)
    plain = None if body is None else body.plain()
    if isinstance(plain, dict):
        return name, plain
    model = SPECS.get(name)
    return name, {model.shorthand: plain} if model is not None and plain is not None else {}


def _changed(name: str, body: Mapping[str, Any], field: str, value: str) -> dict[str, Any]:
    """The fields of a rule that get a new value; what a limit is counted over stays if the value does not say it."""
    fields = SPECS[name].model_fields
    options = [field] if field else [one for one in (SPECS[name].shorthand, *_LIMITS) if one and one in fields]
    present = [one for one in options if one in body] or options
    if not present or present[0] not in fields:
        known = [one for one in fields if one not in ("id", "for_", "during", "off")]
        example = f"{name}.{known[0]}={value}"
        words = _('{rule} has no field "{field}".{hint} Write it like {example}.')
        if not field:
            words = _("{rule} needs the name of its field. Write it like {example}.")
        raise InputError(words.format(rule=name, field=field, hint=nearest(field, known), example=example))
    target = present[0]
    changed: dict[str, Any] = {target: with_amount(body.get(target), value)}
    if name == "rest" and "after" in body:
        changed["after"] = dict.fromkeys(body["after"], value)
    return changed


def with_amount(old: Any, value: str) -> Any:
    """A limit with another amount: ``66h`` for ``60h per week`` is ``66h per week``."""
    if value.lstrip("-").isdigit():
        number: Any = int(value)
        if isinstance(old, str) and _NUMBER.sub("", old):
            return f"{value} {_NUMBER.sub('', old)}"
        return number
    if isinstance(old, str) and " " not in value and _NUMBER.match(old) and _NUMBER.sub("", old, count=1):
        return f"{value} {_NUMBER.sub('', old, count=1)}"
    return value


def _rule_lines(rules: Sequence[Mapping[str, Any]], contract: str) -> tuple[str, ...]:
    entries = [f"- {name}: {flow_text(body)}" for one in rules for name, body in one.items()]
    if contract:
        head = ("contracts:", f"  {flow_text(contract)}:", "    rules:")
        return (*head, *(f"      {entry}" for entry in entries))
    return ("rules:", *(f"  {entry}" for entry in entries))


def _section_lines(key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return (f"  {key}:", *(f"    - {flow_text(one)}" for one in value))
    return (f"  {key}: {flow_text(value)}",)


def _joined(lines: Iterable[str]) -> tuple[str, ...]:
    """Lines of one text whose sections stand once each."""
    sections: dict[tuple[str, ...], list[str]] = {}
    path: tuple[str, ...] = ()
    extends: list[str] = []
    for line in lines:
        if line.startswith("extends:"):
            extends.append(line.partition("[")[2].rstrip("]"))
        elif line.lstrip().startswith("- ") or not line.endswith(":"):
            depth = (len(line) - len(line.lstrip())) // 2
            path = path if line.lstrip().startswith("- ") else path[:depth]
            sections.setdefault(path, []).append(line)
        else:
            path = (*path[: (len(line) - len(line.lstrip())) // 2], line)
    found = [f"extends: [{', '.join(extends)}]"] if extends else []
    shown: tuple[str, ...] = ()
    for here, entries in sorted(sections.items()):
        same = next((n for n, pair in enumerate(zip(here, shown, strict=False)) if pair[0] != pair[1]), 0)
        same = same if here[: len(shown)] != shown[: len(here)] else min(len(here), len(shown))
        found += [*here[same:], *entries]
        shown = here
    return tuple(found)


def _free_prefix(taken: set[str]) -> str:
    number = 1
    while True:
        prefix = "MORE-" if number == 1 else f"MORE-{number}-"
        if not any(one.startswith(prefix) for one in taken):
            return prefix
        number += 1
