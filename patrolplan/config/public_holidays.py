"""Public holidays of the operation: of a country, and dates of its own.

The library of holidays is imported only where a country is named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from patrolplan.config.documents import HolidaysDoc
from patrolplan.errors import nearest
from patrolplan.language import _, later
from patrolplan.units import date_text

UNNAMED = later("public holiday")
"""Name of a date that is only listed."""


@dataclass
class Celebrated:
    """Date ordinals with the names of their holidays, and what deserves a word.

    Attributes
    ----------
    wrong, doubtful
        Key of the section with a message, for errors and for warnings.
    """

    days: dict[int, str] = field(default_factory=dict)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    doubtful: list[tuple[str, str]] = field(default_factory=list)


def public_holidays(doc: HolidaysDoc, first_day: int, last_day: int, language: str) -> Celebrated:
    """The holidays of an operation, and of the year before it for the sake of its history.

    Parameters
    ----------
    first_day, last_day
        First and last date of the operation.
    language
        ``en`` or ``id``: in which language they are named, if the library knows it for the country.
    """
    found = Celebrated()
    if doc.country:
        years = range(dt.date.fromordinal(first_day).year - 1, dt.date.fromordinal(last_day).year + 1)
        _add_country(found, doc, years, language)
    elif doc.region:
        found.wrong.append(("region", _("a region needs its country, such as {country: DE, region: BY}.")))
    for first, last in doc.not_:
        for day in range(first, last + 1):
            if found.days.pop(day, None) is None and not found.wrong and first_day <= day <= last_day:
                found.doubtful.append(("not", _("{day} is no holiday anyway.").format(day=date_text(day))))
    for first, last, name in doc.also:
        for day in range(first, last + 1):
            found.days[day] = name or found.days.get(day, _(UNNAMED))
    found.days = dict(sorted(found.days.items()))
    return found


def _add_country(found: Celebrated, doc: HolidaysDoc, years: Collection[int], language: str) -> None:
    import holidays
    from holidays.registry import COUNTRIES

    countries = {name: names[1] for names in COUNTRIES.values() for name in names[:3]}
    code = countries.get(doc.country) or countries.get(doc.country.upper())
    if code is None:
        hint = nearest(doc.country, countries) or " " + _("Write its code of two letters, such as ID.")
        found.wrong.append(
            (
                "country",
                _('no holidays are known of a country "{country}".{hint}').format(country=doc.country, hint=hint),
            )
        )
        return
    country: Any = getattr(holidays, code)
    regions = {name: name for name in country.subdivisions} | dict(country.subdivisions_aliases or {})
    if doc.region and doc.region not in regions:
        found.wrong.append(("region", _unknown_region(doc, code, regions)))
        return
    spoken = _language(country, language)
    listed = country(subdiv=regions.get(doc.region), years=years, language=spoken)
    found.days |= {date.toordinal(): str(name) for date, name in listed.items()}


def _unknown_region(doc: HolidaysDoc, code: str, regions: Mapping[str, str]) -> str:
    if not regions:
        return _("no regions are known of {code}; leave region out, and list its own dates under also.").format(
            code=code
        )
    hint = nearest(doc.region, regions)
    choice = "" if hint else " " + _("Known: {names}.").format(names=", ".join(sorted(set(regions.values()))))
    return _('{code} has no region "{region}".{hint}{choice}').format(
        code=code, region=doc.region, hint=hint, choice=choice
    )


def _language(country: Any, language: str) -> str | None:
    """The wanted language, else English, else the country's own; never what the computer is set to."""
    spoken: tuple[str, ...] = country.supported_languages or ()
    wanted = [one for one in spoken if one.partition("_")[0] == language]
    english = [one for one in spoken if one.startswith("en")]
    own: str | None = country.default_language
    return next(iter([*wanted, *english]), own)
