"""The people of a province: own and attached, by group of sites; nobody in them is real."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.make_kpu_people import YEARS
from benchmarks.province.layout import FROM, Group, Layout

HEADINGS = (*("id", "name", "rank", "unit", "sex", "years", "qualifications", "trained_for", "from", "until", "team"),)
ABSENCE_HEADINGS = ("person", "dates", "reason")

RANKS = {"Aiptu": 8, "Aipda": 12, "Bripka": 26, "Brigpol": 22, "Briptu": 24, "Bripda": 22, "Bharada": 4}
ATTACHED_RANKS = {"Aipda": 4, "Bripka": 10, "Briptu": 14, "Bharada": 14}
"""How common the ranks below the officers are."""
OFFICERS = ("Ipda", "Iptu", "Ipda", "AKP", "Iptu")

SHARES = {"armed": 0.55, "experienced": 0.45, "driver": 0.19}
ATTACHED_SHARES = {"armed": 0.68, "experienced": 0.32, "driver": 0.18}
PER_SITE = {"danru": 6, "radio": 5, "policewoman": 4}
ATTACHED_PER_SITE = {"danru": 2, "radio": 1, "policewoman": 1}
"""Qualifications: part of a group's people, and people for each of its sites."""

REGU = 30
"""People of a group who make one regu, about."""
ABSENT = 0.15
"""Part of the own people who are absent once."""
REASONS = ("leave (cuti)", "sick (sakit)", "permission (izin)")


@dataclass
class Member:
    """One synthetic person."""

    rank: str
    unit: str
    sites: tuple[str, ...]
    team: str
    since: str = ""
    until: str = ""
    id: str = ""
    name: str = ""
    years: int = 0
    qualifications: set[str] = field(default_factory=set)

    def cells(self) -> tuple[str, ...]:
        """The row of the personnel file."""
        sex = "f" if "policewoman" in self.qualifications else "m"
        held = ";".join(sorted(self.qualifications))
        own = (self.id, self.name, self.rank, self.unit, sex, str(self.years), held)
        return (*own, ";".join(self.sites), self.since, self.until, self.team)


def make_members(layout: Layout, rng: random.Random) -> list[Member]:
    """Everybody, group by group."""
    members = [member for group in layout.groups for member in _contingents(layout, group, rng)]
    _identify(members, rng)
    return members


def _contingents(layout: Layout, group: Group, rng: random.Random) -> Iterator[Member]:
    """The own people of a group, and those attached to it from the quiet days on."""
    sites = layout.sites_of_members(group)
    officers = 6 + len(group.sites) // 2
    own = _enlist(group.own, officers, RANKS, f"Polres {group.number}", sites, group, rng)
    _award(own, SHARES, PER_SITE, len(group.sites), rng)
    attached = _enlist(group.attached, 1, ATTACHED_RANKS, f"BKO {group.number}", sites, group, rng)
    _award(attached, ATTACHED_SHARES, ATTACHED_PER_SITE, len(group.sites), rng)
    for member in attached:
        member.since = str(layout.date_of("quiet"))
        member.until = str(FROM + timedelta(days=layout.days + 2))
    yield from own
    yield from attached


def _enlist(
    number: int,
    officers: int,
    ranks: dict[str, int],
    unit: str,
    sites: tuple[str, ...],
    group: Group,
    rng: random.Random,
) -> list[Member]:
    leading = [OFFICERS[place % len(OFFICERS)] for place in range(min(officers, number))]
    others = rng.choices(list(ranks), list(ranks.values()), k=number - len(leading))
    regu = max(4, round(group.own / REGU))
    return [
        Member(rank, unit, sites, f"regu-{group.number}-{place % regu + 1}")
        for place, rank in enumerate((*leading, *others))
    ]


def _award(
    members: Sequence[Member], shares: dict[str, float], each: dict[str, int], sites: int, rng: random.Random
) -> None:
    """Deal qualifications to the people below the officers."""
    able = [member for member in members if member.rank not in OFFICERS]
    for name, count in each.items():
        for member in rng.sample(able, min(len(able), count * sites)):
            member.qualifications.add(name)
    for name, share in shares.items():
        for member in rng.sample(able, round(len(able) * share)):
            member.qualifications.add(name)


def _identify(members: Sequence[Member], rng: random.Random) -> None:
    """Service numbers that begin with year and month of birth, and letter codes for names."""
    taken: set[str] = set()
    for index, member in enumerate(members):
        least, most = YEARS[member.rank]
        member.years = max(rng.randint(least, most), 6 if "experienced" in member.qualifications else 0)
        letters = (index // 676, index // 26 % 26, index % 26)
        member.name = "Contoh " + "".join(chr(ord("A") + letter) for letter in letters)
        born = 2024 - 19 - member.years - rng.randint(0, 2)
        while not member.id or member.id in taken:
            member.id = f"{born % 100:02d}{rng.randint(1, 12):02d}{rng.randint(1, 9999):04d}"
        taken.add(member.id)


def make_absences(layout: Layout, members: Sequence[Member], rng: random.Random) -> list[tuple[str, ...]]:
    """Leave and sickness of some of the own people; nobody is absent around voting day."""
    own = [member for member in members if not member.since]
    busy = range(layout.first_day("voting") - 1, layout.first_day("voting") + 2)
    rows: list[tuple[str, ...]] = []
    for member in sorted(rng.sample(own, round(len(own) * ABSENT)), key=lambda one: one.id):
        length = rng.randint(1, 5)
        first = rng.randrange(max(1, layout.days - length))
        if not set(range(first, first + length)) & set(busy):
            since, until = FROM + timedelta(days=first), FROM + timedelta(days=first + length - 1)
            rows.append((member.id, f"{since}..{until}", rng.choice(REASONS)))
    return rows
