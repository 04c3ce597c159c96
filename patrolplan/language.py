"""The language in which a person is spoken to: catalogues of words, dates and weekdays.

Words in the source are English and are wrapped in `_` (or `plural`); a catalogue in ``locale/`` beside this module
gives them in another language. The language is a setting of the process, chosen once by the command line; whoever
makes papers in another one does it inside `speaking`.
"""

from __future__ import annotations

import datetime as dt
import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ENGLISH = "en"
LANGUAGES = (ENGLISH, "id")
"""Languages that have a catalogue, by their ISO 639-1 code."""
DOMAIN = "patrolplan"
CATALOGUES = Path(__file__).parent / "locale"

_spoken = ENGLISH


def spoken() -> str:
    """Code of the language that is spoken now."""
    return _spoken


def speak(language: str) -> None:
    """Speak a language from now on.

    Raises
    ------
    ValueError
        If there is no catalogue for it.
    """
    global _spoken
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language}")
    _spoken = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language while inside."""
    before = _spoken
    speak(language)
    try:
        yield
    finally:
        speak(before)


def _(words: str) -> str:
    """Words in the language that is spoken; fill in what stands in braces with `str.format` afterwards."""
    return words if _spoken == ENGLISH else _catalogue(_spoken).gettext(words)


def plural(one: str, many: str, number: int) -> str:
    """Either form in the language that is spoken, with ``{n}`` filled in by the number."""
    if _spoken == ENGLISH:
        return (one if number == 1 else many).format(n=number)
    return _catalogue(_spoken).ngettext(one, many, number).format(n=number)


def date_words(date: dt.date, pattern: str) -> str:
    """A date or moment written after a Unicode (CLDR) pattern, such as ``EEE d MMM``, in the language spoken."""
    from babel.dates import format_date

    return format_date(date, pattern, locale=_spoken)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGUES, [language], fallback=True)
