"""The language in which a person is spoken to: catalogues of words, numbers, dates and weekdays.

Words in the source are English and are wrapped in `_` (or `plural`, or `later` where they are constants); a catalogue
in ``locale/`` beside this module gives them in another language. The language is a setting of the process, chosen once
by the command line; whoever makes papers in another one does it inside `speaking`.

Babel is imported only where another language than English is spoken.
"""

from __future__ import annotations

import datetime as dt
import gettext
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

ENGLISH = "en"
LANGUAGES = (ENGLISH, "id")
"""Languages that have a catalogue, by their ISO 639-1 code."""
DOMAIN = "patrolplan"
CATALOGUES = Path(__file__).parent / "locale"

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PATTERN = re.compile(r"'[^']*'|EEEE|EEE|cccc|ccc|MMMM|MMM|LLLL|LLL|MM|M|dd|d|yyyy|y|HH|H|mm|[A-Za-z]")

_spoken = ENGLISH
_fallback = ENGLISH
"""What is spoken where an operation file asks for nothing."""
_is_settled = True
"""Whether the language stays, whatever an operation file asks for."""


def spoken() -> str:
    """Code of the language that is spoken now."""
    return _spoken


def speak(language: str, *, settled: bool = True) -> None:
    """Speak a language from now on.

    Parameters
    ----------
    settled
        Whether it stays so; if not, an operation file may ask for another one (see `suggest`).

    Raises
    ------
    ValueError
        If there is no catalogue for it.
    """
    global _spoken, _fallback, _is_settled
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language}")
    _spoken = _fallback = language
    _is_settled = settled


def suggest(language: str | None) -> None:
    """Speak what an operation file asks for, if nobody has settled the language; None asks for nothing."""
    global _spoken
    if not _is_settled:
        _spoken = language if language in LANGUAGES else _fallback


@contextmanager
def speaking(language: str, *, settled: bool = True) -> Iterator[None]:
    """Speak a language while inside; `settled` as for `speak`."""
    global _spoken, _fallback, _is_settled
    before = _spoken, _fallback, _is_settled
    speak(language, settled=settled)
    try:
        yield
    finally:
        _spoken, _fallback, _is_settled = before


def language_of(environment: Mapping[str, str]) -> str:
    """The language a computer is set to (``LC_ALL``, ``LC_MESSAGES``, ``LANG``), English if it has no catalogue."""
    setting = next((environment[name] for name in _LOCALE_VARIABLES if environment.get(name)), "")
    code = re.split(r"[_.@-]", setting)[0].lower()
    return code if code in LANGUAGES else ENGLISH


def _(words: str) -> str:
    """Words in the language that is spoken; fill in what stands in braces with `str.format` afterwards."""
    if _spoken == ENGLISH:
        return words
    catalogue = _catalogue(_spoken)
    found = catalogue.gettext(words)
    # early releases of Python 3.11 do not find words here that are also counted somewhere
    return found if found != words else catalogue.ngettext(words, words, 1)


def later(words: str, many: str = "") -> str:
    """Words of a constant as they are, marked for the catalogue; wrap them in `_` where they are said.

    Parameters
    ----------
    many
        The form for several, of words that are counted.
    """
    return words


def plural(one: str, many: str, number: int, **more: object) -> str:
    """Either form in the language that is spoken, with ``{n}`` filled in by the number, and further names by `more`."""
    form = plural_form(one, many, number)
    return form.format(n=number if _spoken == ENGLISH else _Count(number), **more)


def plural_form(one: str, many: str, number: int) -> str:
    """Either form in the language that is spoken, as it is."""
    if _spoken == ENGLISH:
        return one if number == 1 else many
    return _catalogue(_spoken).ngettext(one, many, number)


class _Count(int):
    """A whole number that is written with the separators of the language."""

    def __format__(self, pattern: str) -> str:
        return figures(format(int(self), pattern))


def figures(text: str) -> str:
    """Numbers that are written the English way (``1,234.5``) with the separators of the language (``1.234,5``)."""
    return text if _spoken == ENGLISH else text.translate(_separators(_spoken))


def has_decimal_comma() -> bool:
    """Whether decimals have a comma: in the language that is spoken, in English as the computer is set for numbers."""
    from babel import Locale, UnknownLocaleError, default_locale

    code = _spoken if _spoken != ENGLISH else default_locale("LC_NUMERIC") or ENGLISH
    try:
        symbols = Locale.parse(code).number_symbols
    except (UnknownLocaleError, ValueError):
        return False
    return bool(symbols.get("latn", {}).get("decimal") == ",")


def date_words(date: dt.date, pattern: str) -> str:
    """A date or moment written after a Unicode (CLDR) pattern, such as ``EEE d MMM``, in the language spoken."""
    return _date_words(_spoken, date, pattern)


def weekday_letters(date: dt.date) -> str:
    """The weekday in two letters, for the head of a narrow column: ``Mo``."""
    return _(_WEEKDAY_LETTERS[date.weekday()])


_WEEKDAY_LETTERS = (later("Mo"), later("Tu"), later("We"), later("Th"), later("Fr"), later("Sa"), later("Su"))


@lru_cache(maxsize=8192)
def _date_words(language: str, date: dt.date, pattern: str) -> str:
    if language == ENGLISH:
        return _PATTERN.sub(lambda field: _english_field(field[0], date), pattern)
    from babel.dates import format_date, format_datetime

    if isinstance(date, dt.datetime):
        return format_datetime(date, pattern, locale=language)
    return format_date(date, pattern, locale=language)


def _english_field(field: str, date: dt.date) -> str:
    """One field of a pattern in English."""
    if field.startswith("'"):
        return field[1:-1] or "'"
    month, weekday = _MONTHS[date.month - 1], _WEEKDAYS[date.weekday()]
    clock = date if isinstance(date, dt.datetime) else None
    known = {
        "EEEE": weekday,
        "cccc": weekday,
        "EEE": weekday[:3],
        "ccc": weekday[:3],
        "MMMM": month,
        "LLLL": month,
        "MMM": month[:3],
        "LLL": month[:3],
        "MM": f"{date.month:02d}",
        "M": str(date.month),
        "dd": f"{date.day:02d}",
        "d": str(date.day),
        "yyyy": f"{date.year:04d}",
        "y": str(date.year),
    }
    if clock is not None:
        known |= {"HH": f"{clock.hour:02d}", "H": str(clock.hour), "mm": f"{clock.minute:02d}"}
    if field not in known:
        raise ValueError(f'the field "{field}" of a date pattern is not known')
    return known[field]


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGUES, [language], fallback=True)


@cache
def _separators(language: str) -> dict[int, str]:
    from babel import Locale

    symbols = Locale.parse(language).number_symbols["latn"]
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"]})
