"""Catalogues on disk: kept in step with the source, compiled, and checked."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import patrolplan
from patrolplan.language import CATALOGUES, DOMAIN, ENGLISH, LANGUAGES

TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)
"""Languages that have a catalogue of their own."""

_UNSAID = (b'"Report-Msgid-Bugs-To:', b'"Last-Translator:', b'"Language-Team:', b'"Generated-By:')
"""Lines of the head of a catalogue that say nothing here."""

_FIELD = re.compile(r"\{[^{}]*\}")


def path_of(language: str) -> Path:
    """The catalogue of a language as translators edit it; the compiled one lies beside it."""
    return CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one if there is none yet."""
    path = path_of(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _empty(language: str) -> Catalog:
    found = Catalog(
        language,
        header_comment="# Words of patrolplan in another language; docs/languages.md says how to edit them.",
        project="patrolplan",
        version=patrolplan.__version__,
        copyright_holder="",
        revision_date=dt.datetime.now(dt.UTC),
        charset="utf-8",
        fuzzy=False,
    )
    if set(Locale.parse(language).plural_form.tags) <= {"other"}:
        found.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    return found


def updated(catalogue: Catalog, words: Catalog) -> Catalog:
    """A catalogue with the words of the source and no others; what was translated stays so."""
    words.creation_date = catalogue.creation_date
    doubtful = {_key(message) for message in catalogue if message.id and message.fuzzy}
    catalogue.update(words, no_fuzzy_matching=True, update_creation_date=False)
    for message in catalogue:
        if message.id and _key(message) not in doubtful:
            message.flags.discard("fuzzy")
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """A catalogue as translators edit it, in the order of the files that say its words."""
    file = io.BytesIO()
    write_po(file, catalogue, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_UNSAID))


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as programs read it."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def faults(catalogue: Catalog, words: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, one line each."""
    known = {_key(message) for message in words if message.id}
    present = {_key(message) for message in catalogue if message.id}
    for key in sorted(known - present):
        yield f"not in the catalogue: {key}"
    for key in sorted(present - known):
        yield f"no longer in the source: {key}"
    for message in catalogue:
        if message.id:
            yield from _message_faults(message)


def _message_faults(message: Message) -> Iterator[str]:
    key = _key(message)
    forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    given = (message.id,) if isinstance(message.id, str) else message.id
    if message.fuzzy:
        yield f"fuzzy: {key}"
    if not all(forms):
        yield f"not translated: {key}"
        return
    for form in forms:
        if sorted(_FIELD.findall(form)) != sorted(_FIELD.findall(given[-1])):
            yield f"other fields in braces than in English: {key}"
        if (form[0] == " ", form[-1] == " ") != (key[0] == " ", key[-1] == " "):
            yield f"other blanks at its ends than in English: {key}"


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
