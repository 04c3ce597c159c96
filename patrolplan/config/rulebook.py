"""Rules as written to bound rules: models of the catalogue, whom they bind, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patrolplan.config.calendar import Calendar
from patrolplan.config.merging import Merged, NamedRule, rule_parts
from patrolplan.config.shape import Named, walk
from patrolplan.config.source import Mark, Node
from patrolplan.config.wording import validated
from patrolplan.errors import Complaint, nearest
from patrolplan.language import _
from patrolplan.problem import FOREVER, Person, Rule
from patrolplan.rules.binding import RuleSpec, Selector
from patrolplan.rules.fields import sex_code
from patrolplan.rules.specs import SPECS
from patrolplan.units import Span, intersect_spans, merge_spans

Spans = tuple[Span, ...] | None
"""When something holds; None for always."""


@dataclass(slots=True)
class ReadRule:
    """One rule as read; `contract` names the contract under which it stands, if any."""

    id: str
    spec: RuleSpec
    mark: Mark
    contract: str = ""


@dataclass(slots=True)
class Rulebook:
    """Every rule that was understood, the names that they use, and what was wrong."""

    rules: list[ReadRule]
    named: list[Named]
    complaints: list[Complaint]
    warnings: list[Complaint]


def read_rules(merged: Merged) -> Rulebook:
    """Read the rules of the effective operation with the models of the catalogue."""
    book = Rulebook([], [], [], [])
    for rule in merged.rules:
        spec, complaints, node = read_rule(rule.node, rule.contract)
        book.complaints += complaints
        if node is not None and spec is None and not complaints:
            continue
        if node is not None:
            model = SPECS[rule_parts(rule.node)[0]]
            book.named += [one for one in walk(node, model) if isinstance(one, Named)]
        if spec is not None:
            book.rules.append(ReadRule(rule.id, spec, _key_mark(rule), rule.contract))
    _warn_relaxed(book, merged)
    return book


def _key_mark(rule: NamedRule) -> Mark:
    return next(iter(rule.node.keys.values()), rule.node.mark)


def read_rule(node: Node, contract: str = "") -> tuple[RuleSpec | None, list[Complaint], Node | None]:
    """One entry of ``rules``.

    Parameters
    ----------
    contract
        The contract under which it stands, if any.

    Returns
    -------
    tuple
        The rule (None if it is wrong), what is wrong with it, and its content with a bare value filled into its field.
    """
    name, body = rule_parts(node)
    if body is None:
        mark = node.mark
        message = _("a rule is one name with its values, such as - rest: 11h or - hours: {max: 60h per week}.")
        return None, [Complaint(message, mark.place, mark.width)], None
    key = node.key_mark(name)
    model = SPECS.get(name)
    if model is None:
        hint = nearest(name, SPECS) or " " + _("Rules: {names}.").format(names=", ".join(SPECS))
        return (
            None,
            [Complaint(_('unknown rule "{name}".{hint}').format(name=name, hint=hint), key.place, key.width)],
            None,
        )
    content = _content(body, model, key)
    if content is None:
        message = _(
            "{name} takes keys and values in {{ }}, such as {name}: {{...}}; see its example in the catalogue."
        ).format(name=name)
        return None, [Complaint(message, body.mark.place, body.mark.width)], None
    spec, found = validated(content, model)
    complaints = [
        Complaint(one.message, one.place, one.width) if one.place.line else Complaint(one.message, key.place, key.width)
        for _path, one in found
    ]
    objection = _objection(spec, contract) if spec is not None else ""
    if objection:
        return None, [*complaints, Complaint(objection, key.place, key.width)], content
    return spec, complaints, content


def _objection(spec: RuleSpec, contract: str) -> str:
    """Why a well-formed rule cannot be used, or an empty text."""
    if contract and not spec.contradiction() and spec.for_ is None:
        bound = spec.model_copy(update={"for_": Selector.model_validate({"contracts": (contract,)})})
        if bound.contradiction():
            return _("{name} cannot bind the people of one contract; write it under rules.").format(name=spec.name)
    if spec.for_ is not None and spec.for_.sex is not None:
        try:
            sex_code(spec.for_.sex)
        except ValueError as error:
            return _("for: sex: {error}").format(error=error)
    return spec.contradiction()


def _content(body: Node, model: type[RuleSpec], key: Mark) -> Node | None:
    if isinstance(body.value, dict):
        return body
    if body.value is None:
        return Node({}, key)
    if not model.shorthand:
        return None
    return Node({model.shorthand: body}, key, {model.shorthand: key})


def _warn_relaxed(book: Rulebook, merged: Merged) -> None:
    for identity, old, new in merged.relaxed:
        before, *_rest = read_rule(old)
        after, *_rest = read_rule(new)
        if before is not None and after is not None and is_relaxed(before, after):
            mark = new.mark
            message = _('this relaxes the rule "{identity}" of {place}.').format(
                identity=identity, place=old.mark.place
            )
            book.warnings.append(Complaint(message, mark.place, mark.width))


def is_relaxed(before: RuleSpec, after: RuleSpec) -> bool:
    """Whether a rule may allow something that the one before it did not."""
    if type(before) is not type(after):
        return True
    if before.effective_weight() is None and after.effective_weight() is not None:
        return True
    if (after.effective_weight() or 0) < (before.effective_weight() or 0) and after.effective_weight() is not None:
        return True
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if name in ("id", "severity", "weight", "level", "off") or old == new:
            continue
        if not _is_stricter(name, old, new):
            return True
    return False


def _is_stricter(name: str, old: object, new: object) -> bool:
    if name in ("for_", "during"):
        return new is None
    if name not in ("min", "max"):
        return False
    if old is None or new is None:
        return old is None
    before, after = _amount(old), _amount(new)
    if before is None or after is None or getattr(old, "period", None) != getattr(new, "period", None):
        return False
    return after >= before if name == "min" else after <= before


def _amount(value: object) -> int | None:
    for name in ("minutes", "count"):
        amount = getattr(value, name, None)
        if isinstance(amount, int):
            return amount
    return value if isinstance(value, int) else None


def bind_rules(
    book: Rulebook, people: Sequence[Person], ranks: Sequence[str], calendar: Calendar, own: Mark
) -> tuple[list[Rule], list[Complaint]]:
    """Rules with the people whom they bind; those that always hold come first if they are not listed.

    Parameters
    ----------
    own
        The place of rules that always hold: where the operation lists its rules.

    Returns
    -------
    tuple
        The rules, and warnings about rules that bind nobody.
    """
    listed = {rule.spec.name for rule in book.rules if not rule.contract}
    given = [
        ReadRule(name, model.model_validate({}), own)
        for name, model in SPECS.items()
        if model.always and name not in listed
    ]
    bound: list[Rule] = []
    warnings: list[Complaint] = []
    for read in [*given, *book.rules]:
        during = calendar.during(read.spec.during)
        chosen = _bound_people(read, people, ranks)
        if not chosen and people:
            warnings.append(
                Complaint(_('the rule "{id}" binds nobody.').format(id=read.id), read.mark.place, read.mark.width)
            )
        elif during is not None and not any(calendar.is_inside(span) for span in during):
            message = _('the time of the rule "{id}" (during) lies outside the operation.').format(id=read.id)
            warnings.append(Complaint(message, read.mark.place, read.mark.width))
        bound += _instances(read, chosen, during)
    return bound, warnings


def _instances(read: ReadRule, chosen: Mapping[int, Spans], during: Spans) -> list[Rule]:
    """One rule for those whom it binds throughout, and one for each time in which it binds others.

    Rules that tie people together stay in one piece.
    """
    spec = read.spec
    times: dict[Spans, list[int]] = {}
    for person, member in chosen.items():
        span = _cut(during, member) if spec.binds_each() else during
        if span != () or during == ():
            times.setdefault(span, []).append(person)
    return [
        Rule(
            name=spec.name,
            id=read.id,
            spec=spec,
            people=frozenset(bound),
            during=span,
            weight=spec.effective_weight(),
            level=spec.effective_level(),
            place=read.mark.place,
        )
        for span, bound in (times or {during: []}).items()
    ]


def _cut(during: Spans, member: Spans) -> Spans:
    if during is None or member is None:
        return member if during is None else during
    return tuple(intersect_spans(merge_spans(during), member))


def _bound_people(read: ReadRule, people: Sequence[Person], ranks: Sequence[str]) -> dict[int, Spans]:
    """Whom a rule binds, and when; None for throughout."""
    spec = read.spec
    named = spec.named_people()
    found: dict[int, Spans] = {}
    for index, person in enumerate(people):
        if (named is not None and person.id not in named) or (read.contract and person.contract != read.contract):
            continue
        if spec.for_ is not None and not _matches(spec.for_, person, ranks):
            continue
        member = _membership(spec.for_.teams, person) if spec.for_ is not None and spec.for_.teams else None
        if member != ():
            found[index] = member
    return found


def _membership(teams: Sequence[str], person: Person) -> Spans:
    """When somebody belongs to one of some teams; None for throughout."""
    edges = sorted({edge for start, end, _team in person.team_spans for edge in (start, end)})
    cuts = [-FOREVER, *edges, FOREVER]
    inside = [span for span in pairwise(cuts) if person.team_at(span[0]) in teams]
    return None if len(inside) == len(cuts) - 1 else tuple(merge_spans(inside))


def _matches(selector: Selector, person: Person, ranks: Sequence[str]) -> bool:
    """Whether somebody is chosen, whatever the team."""
    rank = "" if person.rank is None else ranks[person.rank]
    return (
        (not selector.people or person.id in selector.people)
        and (not selector.units or person.unit in selector.units)
        and (not selector.ranks or rank in selector.ranks)
        and (selector.rank_from is None or (person.rank is not None and person.rank >= ranks.index(selector.rank_from)))
        and (not selector.qualifications or any(name in person.qualifications for name in selector.qualifications))
        and (not selector.contracts or person.contract in selector.contracts)
        and (selector.sex is None or person.sex == sex_code(selector.sex))
    )
