"""The rule catalogue, from the rules' own models."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from textwrap import dedent, indent

from rich.console import Console

from patrolplan.language import _
from patrolplan.rules.binding import RuleSpec
from patrolplan.terminal.console import say

_COMMON = set(RuleSpec.model_fields)


def view(console: Console, specs: Mapping[str, type[RuleSpec]]) -> None:
    """Print every rule with the first sentence of its documentation."""
    width = max(map(len, specs)) + 2
    for scope, title in (("personal", _("Personal rules")), ("linking", _("Linking rules"))):
        say(console, (title, "bold"))
        for name, spec in specs.items():
            if spec.scope == scope:
                say(console, (name.ljust(width), "cyan"), _first_sentence(spec), indent=3, hang=width)
        console.print()
    say(console, _("patrolplan rules NAME prints all about one of them."))


def view_rule(console: Console, spec: type[RuleSpec]) -> None:
    """Print the documentation, the example and the keys of one rule."""
    say(console, (spec.name, "bold"), f"  ({_kind(spec)})")
    console.print()
    for paragraph in rule_paragraphs(spec.__doc__ or ""):
        say(console, _plain(_(paragraph)))
        console.print()
    example = inspect.cleandoc(spec.__doc__ or "").partition("Example::")[2]
    if example.strip():
        say(console, (_("Example"), "bold"))
        console.print(indent(dedent(example.strip("\n")), "   "), soft_wrap=True)
        console.print()
    own = {name: field for name, field in spec.model_fields.items() if name not in _COMMON}
    if own:
        say(console, (_("Keys"), "bold"))
        width = max(12, *(len(field.alias or name) + 2 for name, field in own.items()))
        for name, field in own.items():
            words = _(field.description) if field.description else ""
            say(console, ((field.alias or name).ljust(width), "cyan"), words, indent=3, hang=width)
        console.print()
    weight = _("weight {weight} on level {level}") if spec.default_weight is not None else _("hard")
    weight = weight.format(weight=spec.default_weight, level=spec.default_level)
    words = _("Every rule also takes id, for, during, severity, weight, level and off. Default here: {weight}.")
    say(console, words.format(weight=weight))


def rule_paragraphs(text: str) -> list[str]:
    """The documentation of a rule without its example, each paragraph in one line, as the catalogue holds them."""
    words = inspect.cleandoc(text).partition("Example::")[0]
    return [" ".join(paragraph.split()) for paragraph in words.split("\n\n") if paragraph.strip()]


def _kind(spec: type[RuleSpec]) -> str:
    kind = _("personal rule") if spec.scope == "personal" else _("linking rule")
    return f"{kind}, {_('always on')}" if spec.always else kind


def _first_sentence(spec: type[RuleSpec]) -> str:
    text = _plain(_(rule_paragraphs(spec.__doc__ or "")[0]))
    return text.split(". ")[0].rstrip(".") + "."


def _plain(text: str) -> str:
    """Running text without the marks that only documentation pages show."""
    return text.replace("``", "").replace("*", "")
