"""An operation file and everything that it extends, merged into one tree; marks survive."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from patrolplan.config.folder import PRESET_LABEL, Folder
from patrolplan.config.shape import Named, walk
from patrolplan.config.source import SIZE_LIMIT, Mark, Node, parse_yaml
from patrolplan.errors import Complaint, InputError, nearest
from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.specs import SPECS

FILE_LIMIT = 100
"""Most files in one chain of ``extends``."""
LAW_LABEL = PRESET_LABEL + "law/"


@dataclass(slots=True)
class NamedRule:
    """One entry of ``rules`` with its id; the id is empty if the entry is not understood.

    Attributes
    ----------
    contract
        Name of the contract under which it stands; empty for the general rules.
    """

    id: str
    node: Node
    off: bool = False
    contract: str = ""

    @property
    def own_id(self) -> str:
        """The id without its contract, as the entry would be written."""
        return self.id.removeprefix(f"{self.contract}/") if self.contract else self.id


@dataclass(slots=True)
class Merged:
    """The effective operation.

    Attributes
    ----------
    root
        All sections but ``extends`` and ``rules``, also without the rules of contracts.
    listed
        Where the last file that lists rules does so, or None.
    rules
        Rules in order, each with its id.
    relaxed
        Rules of a law preset that were replaced: id, old entry, new entry.
    warnings
        What deserves a look.
    """

    root: Node
    listed: Mark | None = None
    rules: list[NamedRule] = field(default_factory=list)
    relaxed: list[tuple[str, Node, Node]] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Variant:
    """What is changed of an operation without touching its files.

    Attributes
    ----------
    over
        YAML text that is laid over the operation like a file that extends it; empty for none.
    new_shifts
        Whether the shifts of `over` stand alone. What names a shift that is gone is then left out, with a warning.
    """

    over: str = ""
    new_shifts: bool = False


VARIANT_LABEL = "the change"
"""Name of the text of a variant in messages."""


def read_merged(folder: Folder, variant: Variant | None = None) -> Merged:
    """Read an operation file with all that it extends.

    Parameters
    ----------
    variant
        What is laid over it; None for nothing.

    Raises
    ------
    InputError
        If a file is missing, is no YAML, lies outside the folder, or extends itself.
    """
    chain = _Chain(folder)
    chain.follow(folder.operation, (), Mark())
    own = len(chain.files)
    if variant is not None and variant.over:
        chain.lay(variant.over)
    if chain.complaints:
        raise InputError(chain.complaints, str(folder.operation))
    first, *others = chain.files
    merged = Merged(_without_rules(first))
    _merge_rules(merged, first)
    for number, node in enumerate(others, 1):
        if number == own and variant is not None and variant.new_shifts:
            merged.root = _without(merged.root, "shifts")
        merged.root = _merged(merged.root, _without_rules(node))
        _merge_rules(merged, node)
    if variant is not None and variant.new_shifts:
        _drop_lost_shifts(merged)
    return merged


def _drop_lost_shifts(merged: Merged) -> None:
    """Leave out what names a shift that is not there: limits of sites and posts to some shifts, and rules."""
    known = set(merged.root.children.get("shifts", Node({})).children)
    merged.root = _served_by(merged.root, known)
    kept = []
    for rule in merged.rules:
        name, body = rule_parts(rule.node)
        lost = [] if body is None or name not in SPECS else sorted(_shifts_named(body, SPECS[name]) - known)
        if lost:
            message = _('the rule "{rule}" names the shift "{shift}", which is gone; it is left out.').format(
                rule=rule.id, shift=lost[0]
            )
            merged.warnings.append(Complaint(message, rule.node.mark.place, rule.node.mark.width))
        else:
            kept.append(rule)
    merged.rules = kept


def _shifts_named(body: Node, model: type[RuleSpec]) -> set[str]:
    return {one.name for one in walk(body, model) if isinstance(one, Named) and one.kind == "shift"}


def _served_by(root: Node, known: Collection[str]) -> Node:
    """Sites and posts served by all shifts where they name one that is gone."""
    sites = root.children.get("sites")
    if sites is None or not isinstance(sites.value, dict):
        return root
    kept = {name: _served(site, known) for name, site in sites.children.items()}
    return root.with_children({**root.children, "sites": sites.with_children(kept, sites.keys)}, root.keys)


def _served(place: Node, known: Collection[str]) -> Node:
    given = place.children.get("shifts")
    if given is not None and {one.value for one in given.entries or [given]} - set(known):
        place = _without(place, "shifts")
    posts = place.children.get("posts")
    if posts is None or not isinstance(posts.value, dict):
        return place
    inner = {name: _served(post, known) for name, post in posts.children.items()}
    return place.with_children({**place.children, "posts": posts.with_children(inner, posts.keys)}, place.keys)


class _Chain:
    """Files in the order in which they are laid over one another, each of them once."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.files: list[Node] = []
        self.done: set[Path] = set()
        self.complaints: list[Complaint] = []

    def follow(self, path: Path, above: tuple[Path, ...], mark: Mark) -> None:
        real = path.resolve()
        if real in above:
            names = [self.folder.label(one) for one in (*above[above.index(real) :], real)]
            message = _("extends goes round in a circle: {names}.").format(names=" -> ".join(names))
            self.complaints.append(Complaint(message, mark.place, mark.width))
            return
        if real in self.done:
            return
        if len(self.done) >= FILE_LIMIT:
            raise InputError(
                [Complaint(_("more than {most} files are extended.").format(most=FILE_LIMIT), mark.place)],
                str(self.folder.operation),
            )
        try:
            node = parse_yaml(self.folder.read(path, SIZE_LIMIT), self.folder.label(path))
        except InputError as error:
            self.complaints += error.complaints
            return
        finally:
            self.done.add(real)
        for entry in self._entries(node):
            try:
                self.follow(self._target(entry, path), (*above, real), entry.mark)
            except InputError as error:
                self.complaints += error.complaints
        self.files.append(node)

    def lay(self, text: str) -> None:
        """Lay a text over the files read so far, with what it extends; a file may come again."""
        self.done.clear()
        node = parse_yaml(text, VARIANT_LABEL)
        for entry in self._entries(node):
            self.follow(self._target(entry, self.folder.operation), (), entry.mark)
        self.files.append(node)

    def _entries(self, node: Node) -> Sequence[Node]:
        given = node.children.get("extends")
        if given is None or given.value is None:
            return []
        entries = given.entries if isinstance(given.value, list) else [given]
        for entry in entries:
            if not isinstance(entry.value, str):
                self.complaints.append(
                    Complaint(
                        _("extends names presets or files, such as [polri/two-shift-12h]."),
                        entry.mark.place,
                        entry.mark.width,
                    )
                )
        return [entry for entry in entries if isinstance(entry.value, str)]

    def _target(self, entry: Node, source: Path) -> Path:
        name: str = entry.value
        preset = self.folder.preset(name)
        if preset is not None:
            return preset
        if self.folder.label(source).startswith(PRESET_LABEL):
            raise self.folder.unknown(name, entry.mark)
        base = source.resolve().parent
        path = self.folder.locate(name, entry.mark, base)
        if not path.is_file() and not path.suffix:
            path = self.folder.locate(f"{name}.yaml", entry.mark, base)
        if not path.is_file():
            raise self.folder.unknown(name, entry.mark)
        return path


def _without(node: Node, *names: str) -> Node:
    return node.with_children({key: child for key, child in node.children.items() if key not in names}, node.keys)


def _without_rules(root: Node) -> Node:
    """The sections of one file that merge as mappings: no ``extends``, no rules, no rules of contracts."""
    contracts = root.children.get("contracts")
    rest = _without(root, "extends", "rules")
    if contracts is None or not isinstance(contracts.value, dict):
        return rest
    bare = {
        name: _without(child, "rules") if isinstance(child.value, dict) else child
        for name, child in contracts.children.items()
    }
    return rest.with_children({**rest.children, "contracts": contracts.with_children(bare, contracts.keys)}, rest.keys)


def _merged(base: Node, over: Node) -> Node:
    """Mappings merge, everything else is replaced."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    children = dict(base.children)
    keys = dict(base.keys)
    for key, child in over.children.items():
        children[key] = _merged(children[key], child) if key in children else child
        keys[key] = over.key_mark(key)
    return over.with_children(children, keys)


def _merge_rules(merged: Merged, source: Node) -> None:
    """Append the rules of one file, the general ones and those of contracts."""
    given = source.children.get("rules")
    if given is not None and given.value is not None:
        merged.listed = source.key_mark("rules")
        _append_rules(merged, given, merged.listed)
    for contract, node in source.children.get("contracts", Node({})).children.items():
        own = node.children.get("rules")
        if own is not None and own.value is not None:
            _append_rules(merged, own, node.key_mark("rules"), contract)


def _append_rules(merged: Merged, given: Node, mark: Mark, contract: str = "") -> None:
    """Append one list; a rule with a known id takes its place, ``off: true`` removes it.

    A rule without an id replaces nothing, so that a preset's rule is only relaxed by name; but what always holds is
    there once.
    """
    if not isinstance(given.value, list):
        merged.complaints.append(
            Complaint(_("rules must be a list, each entry like - rest: 11h."), mark.place, mark.width)
        )
        return
    above = {one.own_id for one in merged.rules if one.contract == contract}
    named, complaints = named_rules(given.entries, above)
    merged.complaints += complaints
    for rule in named:
        if contract and rule.id:
            rule = NamedRule(f"{contract}/{rule.id}", rule.node, rule.off, contract)
        places = {one.id: index for index, one in enumerate(merged.rules) if one.id and one.contract == contract}
        index = places.get(rule.id) if rule.id else None
        if rule.off:
            _remove(merged, rule, index)
        elif index is None:
            merged.rules.append(rule)
        else:
            old = merged.rules[index]
            if _is_law(old.node) and not _is_law(rule.node) and old.node.plain() != rule.node.plain():
                merged.relaxed.append((rule.id, old.node, rule.node))
            merged.rules[index] = rule


def _remove(merged: Merged, rule: NamedRule, index: int | None) -> None:
    mark = rule.node.mark
    name, body = rule_parts(rule.node)
    if not rule.contract and rule.id in SPECS and SPECS[rule.id].always:
        merged.complaints.append(
            Complaint(_("{id} always holds and cannot be switched off.").format(id=rule.id), mark.place, mark.width)
        )
    elif index is not None:
        old = merged.rules.pop(index)
        if _is_law(old.node):
            merged.warnings.append(
                Complaint(
                    _('this removes the rule "{id}" of {place}.').format(id=rule.id, place=old.node.mark.place),
                    mark.place,
                    mark.width,
                )
            )
    elif not name or body is None or set(body.children) <= {"id", "off"}:
        hint = nearest(rule.own_id, [one.own_id for one in merged.rules if one.id and one.contract == rule.contract])
        where = " " + _('with the contract "{contract}"').format(contract=rule.contract) if rule.contract else ""
        merged.complaints.append(
            Complaint(
                _('there is no rule with the id "{own_id}" to switch off{where}.{hint}').format(
                    own_id=rule.own_id, where=where, hint=hint
                ),
                mark.place,
                mark.width,
            )
        )


def _is_law(node: Node) -> bool:
    return node.mark.place.file.startswith(LAW_LABEL)


def rule_parts(node: Node) -> tuple[str, Node | None]:
    """Name and content of a rule entry; the name is empty if the entry is not one key."""
    if len(node.children) != 1:
        return "", None
    ((name, body),) = node.children.items()
    return name, body


def named_rules(entries: Sequence[Node], above: Collection[str] = ()) -> tuple[list[NamedRule], list[Complaint]]:
    """The rules of one file with their ids: as given, else the rule's name, numbered where it is taken.

    Parameters
    ----------
    above
        Ids of the rules on which the file is laid.
    """
    explicit: dict[str, Mark] = {}
    complaints: list[Complaint] = []
    for node in entries:
        given = _given_id(node)
        if given is None:
            continue
        if given.value in explicit:
            line = explicit[given.value].place.line
            complaints.append(
                Complaint(
                    _('the id "{value}" stands twice: also in line {line}.').format(value=given.value, line=line),
                    given.mark.place,
                    given.mark.width,
                )
            )
        explicit[str(given.value)] = given.mark
    taken = set(explicit)
    named: list[NamedRule] = []
    for node in entries:
        given = _given_id(node)
        name, _body = rule_parts(node)
        if given is not None:
            identity = str(given.value)
        elif name in SPECS:
            alone = SPECS[name].always or _is_off(node)
            identity = _free_id(name, taken if alone else taken | set(above))
        else:
            identity = ""
        taken.add(identity)
        named.append(NamedRule(identity, node, _is_off(node)))
    return named, complaints


def _given_id(node: Node) -> Node | None:
    _name, body = rule_parts(node)
    for holder in (node, body):
        given = holder.children.get("id") if holder is not None else None
        if given is not None and isinstance(given.value, (str, int)) and given.value != "" and holder is not None:
            return given if holder is body or "off" in node.children else None
    return None


def _is_off(node: Node) -> bool:
    _name, body = rule_parts(node)
    return any(
        holder.children["off"].value is True
        for holder in (node, body)
        if holder is not None and "off" in holder.children
    )


def _free_id(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"
