"""The rule catalogue as a page of documentation, from the rules' own models."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from patrolplan.rules.binding import RuleSpec, Selector

_COMMON = tuple(RuleSpec.model_fields)
_TITLES = {"personal": "Personal rules", "linking": "Linking rules"}
_INTRODUCTION = """\
# Rules

What a roster must keep to. This page is printed by `patrolplan rules --format markdown`; `patrolplan rules rest` prints
one rule in the terminal. Rules stand in a list, each by its name, and may come several times with different keys:

```yaml
rules:
  - rest: 11h
  - hours: {max: 48h per week, weight: 5}
  - hours: {id: part-time, max: 24h per week, for: {contracts: part}}
```

Personal rules judge each person's own duties, linking rules all people together.

## Keys of every rule

"""


def write_catalogue(specs: Mapping[str, type[RuleSpec]]) -> str:
    """The page of all rules, ready to be written to a file."""
    common = _table({name: RuleSpec.model_fields[name] for name in _COMMON}, RuleSpec.model_json_schema())
    whom = _table(dict(Selector.model_fields), Selector.model_json_schema())
    parts = [
        _INTRODUCTION + common,
        "`for` chooses people. All keys given must hold; within one key, any of the names will do.\n\n" + whom,
        "`during` takes phases, `during: voting`, or dates, `during: {dates: 2026-03-09..2026-03-11}`. A duty is "
        "inside if it starts inside.\n\nA rule without a weight is hard: it is kept, whatever remains open. With a "
        "weight each unit of violation costs so much on its level; lower levels are settled first, cover "
        "is on level 1.",
    ]
    for scope, title in _TITLES.items():
        parts.append(f"## {title}")
        parts += [write_rule(spec) for spec in specs.values() if spec.scope == scope]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def write_rule(spec: type[RuleSpec]) -> str:
    """The part of the page about one rule."""
    text, _, example = inspect.cleandoc(spec.__doc__ or "").partition("Example::")
    parts = [f"### {spec.name}", *_paragraphs(text)]
    if example.strip():
        parts.append(f"```yaml\n{inspect.cleandoc(example)}\n```")
    own = {name: field for name, field in spec.model_fields.items() if name not in _COMMON}
    if own:
        parts.append(_table(own, spec.model_json_schema(by_alias=True)))
    parts.append(_standing(spec))
    return "\n\n".join(parts)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()).replace("``", "`") for part in text.strip().split("\n\n")]


def _standing(spec: type[RuleSpec]) -> str:
    if spec.always:
        return "Holds even if it is not listed."
    bare = f" `{spec.name}: VALUE` alone sets `{spec.shorthand}`." if spec.shorthand else ""
    if spec.default_weight is None:
        return f"Hard by default.{bare}"
    return f"Weight {spec.default_weight} on level {spec.default_level} by default.{bare}"


def _table(fields: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    lines = ["| key | written | meaning |", "|---|---|---|"]
    for name, field in fields.items():
        key = field.alias or name
        written = _written(schema["properties"].get(key, {}), schema)
        lines.append(f"| `{key}` | {written} | {_cell(field.description or '')} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _written(value: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """How a value of a JSON Schema is written, by an example or by its kind."""
    if value.get("examples"):
        return ", ".join(f"`{_plain(one)}`" for one in value["examples"][:2])
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"])
    if "$ref" in value:
        target = schema.get("$defs", {}).get(value["$ref"].rpartition("/")[2], {})
        return _written(target, schema) if "enum" in target or "examples" in target else "keys and values"
    found = [_written(one, schema) for one in value.get("anyOf", ()) if one.get("type") != "null"]
    if found:
        return " or ".join(dict.fromkeys(found))
    kinds = {"integer": "whole number", "number": "number", "boolean": "`true`, `false`", "string": "name"}
    if value.get("type") == "array":
        inner = _written(value.get("items", {}), schema) if value.get("items") else ""
        return "list" if inner in ("name", "") else f"list of {inner}"
    return kinds.get(value.get("type", ""), "keys and values")


def _plain(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_plain, value))}]"
    return _cell(str(value))
