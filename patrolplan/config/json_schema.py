"""JSON Schema (draft 7) of the operation file, for editors; built from the models."""

from __future__ import annotations

import inspect
from typing import Any

from patrolplan import FILE_FORMAT
from patrolplan.config.documents import Document
from patrolplan.rules.specs import SPECS


def schema() -> dict[str, Any]:
    """The schema of the operation file.

    Presets and files that others extend need no ``operation``, so editors may mark it as missing there.
    """
    document = _draft7(Document.model_json_schema())
    definitions: dict[str, Any] = document.pop("$defs", {})
    rules = []
    for name in SPECS:
        body, own = _rule_schema(name)
        definitions |= own
        definitions[f"rule_{name}"] = body
        rules.append(
            {
                "type": "object",
                "description": _first_line(name),
                "properties": {name: {"$ref": f"#/definitions/rule_{name}"}},
                "required": [name],
                "additionalProperties": False,
            }
        )
    listed = {"type": ["array", "null"], "items": {"anyOf": [*rules, _OFF]}}
    general = "what the roster must keep to; a later rule with the same id replaces an earlier one"
    document["properties"]["rules"] = {**listed, "description": general}
    own = definitions["ContractDoc"]["properties"]["rules"]
    definitions["ContractDoc"]["properties"]["rules"] = {**listed, "description": own["description"]}
    document["properties"]["patrolplan"]["enum"] = [FILE_FORMAT]
    title = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"patrolplan operation, format {FILE_FORMAT}",
    }
    document.pop("title", None)
    return {**title, **document, "definitions": dict(sorted(definitions.items()))}


_OFF = {
    "type": "object",
    "description": "removes the rule with this id",
    "properties": {"id": {"type": "string"}, "off": {"const": True}},
    "required": ["id", "off"],
    "additionalProperties": False,
}


def _rule_schema(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Schema of the content of one rule, with its bare value if it has one, and the definitions that it uses."""
    model = SPECS[name]
    full = _draft7(model.model_json_schema())
    own = full.pop("$defs", {})
    full["description"] = inspect.cleandoc(model.__doc__ or "")
    shorthand = full["properties"].get(model.shorthand) if model.shorthand else None
    alternatives: list[dict[str, Any]] = [full]
    removal: dict[str, Any] = {"type": "object", "properties": {"id": {"type": "string"}, "off": {"const": True}}}
    alternatives.append({**removal, "required": ["off"], "additionalProperties": False})
    if shorthand is not None:
        alternatives.append({key: value for key, value in shorthand.items() if key not in ("default", "title")})
    if not full.get("required"):
        alternatives.append({"type": "null"})
    return {"description": full["description"], "anyOf": alternatives}, own


def _first_line(name: str) -> str:
    return inspect.cleandoc(SPECS[name].__doc__ or "").partition("\n")[0]


def _draft7(value: Any) -> Any:
    """References to ``definitions``, and tuples as draft 7 writes them."""
    if isinstance(value, list):
        return [_draft7(one) for one in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, child in value.items():
        if key == "$ref":
            result[key] = child.replace("#/$defs/", "#/definitions/")
        elif key == "prefixItems":
            result["items"] = _draft7(child)
        elif key == "title" and isinstance(child, str):
            continue
        else:
            result[key] = _draft7(child)
    return result
