"""Walks a tree of nodes beside the annotations of its model: misspelt keys, and names that must exist elsewhere."""

from __future__ import annotations

import re
import types
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from patrolplan.config.source import Mark, Node
from patrolplan.errors import Complaint, nearest
from patrolplan.language import _, later
from patrolplan.rules.fields import Reference

_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_NOUNS = {
    "contract": later("contract"),
    "person": later("person"),
    "phase": later("phase"),
    "place": later("post, site or group"),
    "post": later("post"),
    "qualification": later("qualification"),
    "rank": later("rank"),
    "rounds": later("rounds"),
    "shift": later("shift"),
    "site": later("site"),
    "team": later("team"),
    "unit": later("unit"),
}


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """A key that the model at `path` does not have."""

    path: tuple[str | int, ...]
    key: str
    known: tuple[str, ...]
    mark: Mark

    def complaint(self) -> Complaint:
        """The one message for it."""
        hint = nearest(self.key, self.known)
        choice = "" if hint else " " + _("Known here: {known}.").format(known=", ".join(self.known))
        return Complaint(
            _('unknown key "{key}".{hint}{choice}').format(key=self.key, hint=hint, choice=choice),
            self.mark.place,
            self.mark.width,
        )


@dataclass(frozen=True, slots=True)
class Named:
    """A name that refers to something defined elsewhere; `key` is the key under which it is written."""

    kind: str
    name: str
    mark: Mark
    key: str = ""

    def complaint(self, known: Collection[str]) -> Complaint:
        """The message if the name is not among the known ones."""
        hint = self._as_dates() or nearest(self.name, known) or _by_last_part(self.name, known)
        choice = ""
        if not hint:
            few = sorted(known)[:12] if self.kind != "person" else []
            more = ", ..." if len(known) > len(few) else ""
            if few:
                choice = " " + _("Defined: {names}.").format(names=", ".join(few) + more)
            elif not known:
                choice = " " + _("None is defined.")
        return Complaint(
            _('unknown {noun} "{name}".{hint}{choice}').format(
                noun=_(_NOUNS[self.kind]), name=self.name, hint=hint, choice=choice
            ),
            self.mark.place,
            self.mark.width,
        )

    def _as_dates(self) -> str:
        """How to write dates where a phase was expected."""
        if self.kind != "phase" or not _DATE.match(self.name):
            return ""
        dates = f"dates: {self.name}"
        written = f"during: {{{dates}}}" if self.key == "during" else dates
        return " " + _("For dates write {written}.").format(written=written)


def _by_last_part(name: str, known: Collection[str]) -> str:
    """A hint for a post that is named without its site."""
    full = [one for one in known if one.rpartition("/")[2] == name and "/" in one]
    return " " + _('A post is written with its site: did you mean "{full}"?').format(full=full[0]) if full else ""


def walk(node: Node, annotation: Any, path: tuple[str | int, ...] = ()) -> Iterator[UnknownKey | Named]:
    """Every misspelt key and every reference in a tree.

    Parameters
    ----------
    annotation
        The type that the tree is read as: a pydantic model or a field annotation.
    path
        Keys and indices that lead to the node.
    """
    chosen, references = _chosen(annotation, node)
    origin = get_origin(chosen)
    if isinstance(chosen, type) and issubclass(chosen, BaseModel):
        yield from _walk_model(node, chosen, path)
    elif origin is dict:
        key_type, value_type = get_args(chosen)
        _, key_references = _chosen(key_type, Node(""))
        for key, child in node.children.items():
            for reference in key_references:
                yield Named(reference.kind, key, node.key_mark(key), _last_key(path))
            yield from walk(child, value_type, (*path, key))
    elif origin in (tuple, list):
        item_type = get_args(chosen)[0]
        if isinstance(node.value, list):
            for index, item in enumerate(node.entries):
                yield from walk(item, item_type, (*path, index))
        elif isinstance(node.value, (str, int)):
            yield from walk(node, item_type, path)
    elif isinstance(node.value, (str, int, float)) and not isinstance(node.value, bool):
        for reference in references:
            yield Named(reference.kind, str(node.value), node.mark, _last_key(path))


def _last_key(path: tuple[str | int, ...]) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _walk_model(node: Node, model: type[BaseModel], path: tuple[str | int, ...]) -> Iterator[UnknownKey | Named]:
    fields = field_types(model)
    for key, child in node.children.items():
        if key in fields:
            yield from walk(child, fields[key], (*path, key))
        else:
            yield UnknownKey(path, key, tuple(fields), node.key_mark(key))


@lru_cache(maxsize=256)
def field_types(model: type[BaseModel]) -> Mapping[str, Any]:
    """Annotation of every key of a model, with its metadata, by the name in the file."""
    found = {}
    for name, field in model.model_fields.items():
        annotation: Any = field.annotation
        for extra in field.metadata:
            annotation = Annotated[annotation, extra]
        found[field.alias or name] = annotation
    return found


def _chosen(annotation: Any, node: Node) -> tuple[Any, tuple[Reference, ...]]:
    """The arm of the annotation that suits the node, and the references that it carries."""
    references: tuple[Reference, ...] = ()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            references += tuple(one for one in annotation.__metadata__ if isinstance(one, Reference))
            annotation = annotation.__origin__
        elif origin in (Union, types.UnionType):
            annotation = max(get_args(annotation), key=lambda arm: _suits(arm, node))
        else:
            return annotation, references


def _suits(arm: Any, node: Node) -> int:
    while get_origin(arm) is Annotated:
        arm = arm.__origin__
    is_model = isinstance(arm, type) and issubclass(arm, BaseModel)
    if isinstance(node.value, dict):
        return 2 if is_model or get_origin(arm) is dict else 0
    if isinstance(node.value, list):
        return 2 if get_origin(arm) in (tuple, list) else 0
    if arm is types.NoneType or is_model or get_origin(arm) is dict:
        return 0
    return 1 if get_origin(arm) in (tuple, list) else 2
