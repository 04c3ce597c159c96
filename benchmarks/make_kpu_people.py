"""Writes the synthetic personnel files of ``examples/kpu-kalteng``; nobody in them is real.

The same files come out on every run: ``python -m benchmarks.make_kpu_people [FOLDER]``. Numbers of people by rank
and by qualification are given below; names are letter codes and service numbers follow the police scheme (year and
month of birth, four digits), so that those of people born after 1999 begin with a zero.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "examples" / "kpu-kalteng"
SEED = 20241107
LATER_PHASES = ("quiet", "voting", "recapitulation", "plenary")
CAMPAIGN_REGU = ("regu-1", "regu-2", "regu-3", "regu-4")
LATER_REGU = ("regu-1", "regu-2", "regu-3")
OFFICERS = frozenset({"AKP", "Iptu", "Ipda"})
HEADINGS = ("id", "name", "rank", "unit", "sex", "years", "qualifications", "contract", "from", "until", "team")
ABSENCE_HEADINGS = ("person", "dates", "from", "until", "starts", "reason")

YEARS = {
    "AKP": (14, 20),
    "Iptu": (9, 26),
    "Ipda": (3, 28),
    "Aiptu": (21, 29),
    "Aipda": (17, 23),
    "Bripka": (12, 18),
    "Brigpol": (8, 12),
    "Briptu": (4, 8),
    "Bripda": (1, 4),
    "Bharada": (1, 5),
}
"""Years of service by rank: fewest and most."""

LIKELY = {
    "policewoman": {"Bripka": 2.0, "Brigpol": 2.5, "Briptu": 2.5, "Bripda": 2.5},
    "danru": {"Aiptu": 3.0, "Aipda": 3.0, "Bripka": 3.0},
    "experienced": {"Aiptu": 4.0, "Aipda": 4.0, "Bripka": 4.0, "Brigpol": 2.0, "Briptu": 0.5},
    "armed": {"Aipda": 2.0, "Bripka": 2.5, "Brigpol": 2.5, "Briptu": 2.5, "Bripda": 1.5, "Bharada": 2.5},
    "radio": {"Bripka": 1.5, "Brigpol": 2.5, "Briptu": 2.5, "Bripda": 2.0},
    "driver": {"Bripka": 2.0, "Brigpol": 2.0, "Briptu": 2.5, "Bripda": 2.0, "Bharada": 2.0},
    "first_aid": {"Bripka": 1.5, "Brigpol": 2.0, "Briptu": 2.0, "Bripda": 2.0, "Bharada": 1.5},
}
"""How readily a rank holds a qualification; a random number below 1 is added. In the order in which they are dealt."""

ABSENCES = (
    ("Bripka", "", "2024-11-08..2024-11-12", "leave (cuti)"),
    ("Brigpol", "", "2024-11-09..2024-11-10", "permission (izin): wedding in the family"),
    ("Briptu", "", "2024-11-11..2024-11-13", "sick (sakit)"),
    ("Bripda", "", "2024-11-11..2024-11-15", "training: firearms course"),
    ("Bripda", "", "2024-11-11..2024-11-15", "training: firearms course"),
    ("Aipda", "", "2024-11-12..2024-11-16", "leave (cuti)"),
    ("Brigpol", "policewoman", "2024-11-13..2024-11-14", "sick (sakit)"),
    ("Bripka", "", "2024-11-14..2024-11-18", "leave (cuti)"),
    ("Iptu", "", "2024-11-15..2024-11-17", "leave (cuti)"),
    ("Briptu", "", "2024-11-15", "permission (izin)"),
    ("Bharada", "", "2024-11-16..2024-11-19", "sick (sakit)"),
    ("Aiptu", "", "2024-11-18..2024-11-22", "leave (cuti)"),
    ("Briptu", "", "2024-11-18..2024-11-20", "sick (sakit)"),
    ("Brigpol", "", "2024-11-19 08:00/2024-11-19 16:00", "court: witness"),
    ("Bripka", "", "2024-11-20 08:00/2024-11-20 13:00", "court: witness"),
    ("Bripda", "policewoman", "2024-11-20..2024-11-22", "leave (cuti)"),
    ("Briptu", "", "starts 2024-11-21", "permission (izin): religious service by day"),
    ("Brigpol", "", "2024-11-21..2024-11-25", "sick (sakit): operation"),
    ("Bripka", "", "2024-11-22..2024-11-24", "permission (izin): burial in the family"),
    ("Bripda", "", "2024-11-24..2024-11-25", "sick (sakit)"),
    ("Aipda", "", "2024-11-29..2024-11-30", "permission (izin)"),
    ("Briptu", "", "2024-11-29..2024-12-01", "sick (sakit)"),
)
"""Rank, qualification, time and reason; nobody is absent on 26-28 November or in the plenary."""


@dataclass(frozen=True)
class Contingent:
    """One personnel file: how many of each rank and of each qualification, and from when to when."""

    file: str
    unit: str
    ranks: Mapping[str, int]
    qualified: Mapping[str, int]
    since: str = ""
    until: str = ""


OWN = Contingent(
    "people.csv",
    "Ditsamapta",
    {"AKP": 2, "Iptu": 4, "Ipda": 4, "Aiptu": 8, "Aipda": 12, "Bripka": 26, "Brigpol": 22, "Briptu": 24, "Bripda": 22}
    | {"Bharada": 4},
    {"armed": 70, "experienced": 60, "danru": 24, "radio": 20, "driver": 24, "first_aid": 16, "policewoman": 10},
)
ATTACHED = Contingent(
    "attached.csv",
    "BKO-1",
    {"Iptu": 1, "Ipda": 1, "Aipda": 4, "Bripka": 10, "Briptu": 14, "Bharada": 14},
    {"armed": 30, "experienced": 14, "danru": 6, "radio": 4, "driver": 8, "first_aid": 6, "policewoman": 4},
    since="2024-11-24",
    until="2024-12-12",
)
REINFORCEMENT = Contingent(
    "reinforcement.csv",
    "BKO-2",
    {"Ipda": 1, "Bripka": 6, "Briptu": 10, "Bharada": 13},
    {"armed": 22, "experienced": 8, "danru": 4, "radio": 2, "driver": 6, "first_aid": 4, "policewoman": 4},
    since="2024-12-06",
    until="2024-12-12",
)
CONTINGENTS = (OWN, ATTACHED, REINFORCEMENT)


@dataclass
class Member:
    """One synthetic person; `regu` is the team of the campaign and `later` that from 24 November."""

    contingent: Contingent
    rank: str
    later: str
    regu: str = ""
    id: str = ""
    name: str = ""
    years: int = 0
    qualifications: set[str] = field(default_factory=set)

    @property
    def grade(self) -> str:
        """Officer, private or other, the kinds that are dealt evenly to the regu."""
        return "officer" if self.rank in OFFICERS else "private" if self.rank == "Bharada" else "other"


def make_members() -> list[Member]:
    """Everybody of the three files, in the order of the files."""
    rng = random.Random(SEED)
    members: list[Member] = []
    for contingent in CONTINGENTS:
        fresh = enlist(contingent, members)
        for qualification in LIKELY:
            award(qualification, fresh, members, rng)
        members += fresh
    identify(members, rng)
    return members


def enlist(contingent: Contingent, before: Sequence[Member]) -> list[Member]:
    """People of a contingent by rank, dealt to the regu; the own regu 4 is shared out among the others later."""
    fresh: list[Member] = []
    for rank, number in contingent.ranks.items():
        for _ in range(number):
            member = Member(contingent, rank, later="")
            known = [*before, *fresh]
            if contingent is OWN:
                member.regu = emptiest(CAMPAIGN_REGU, ((one.regu, one.grade) for one in known), member.grade)
            member.later = member.regu
            if member.regu not in LATER_REGU:
                member.later = emptiest(LATER_REGU, ((one.later, one.grade) for one in known), member.grade)
            fresh.append(member)
    return fresh


def emptiest(teams: Sequence[str], known: Iterable[tuple[str, str]], grade: str) -> str:
    """The team with the fewest people of a grade, then with the fewest in all."""
    pairs = list(known)
    of_grade, size = Counter(team for team, one in pairs if one == grade), Counter(team for team, _ in pairs)
    return min(teams, key=lambda team: (of_grade[team], size[team], teams.index(team)))


def award(qualification: str, fresh: Sequence[Member], before: Sequence[Member], rng: random.Random) -> None:
    """Give a qualification to as many of a contingent as it says, evenly over the regu and to likely ranks."""
    scores = {id(member): likelihood(qualification, member) + rng.random() for member in fresh}
    for _ in range(fresh[0].contingent.qualified[qualification]):
        holders = [member for member in (*before, *fresh) if qualification in member.qualifications]
        regu, later = Counter(one.regu for one in holders), Counter(one.later for one in holders)
        open_ones = [one for one in fresh if qualification not in one.qualifications]
        chosen = min(open_ones, key=lambda one: (regu[one.regu], later[one.later], -scores[id(one)]))
        chosen.qualifications.add(qualification)


def likelihood(qualification: str, member: Member) -> float:
    """How readily somebody takes up a qualification; squad leaders seldom operate the radio or drive."""
    busy = 1.5 if "danru" in member.qualifications and qualification in ("radio", "driver", "first_aid") else 0.0
    return LIKELY[qualification].get(member.rank, 0.0) - busy


def identify(members: Sequence[Member], rng: random.Random) -> None:
    """Give everybody years of service, a service number and a letter code for a name."""
    taken: set[str] = set()
    for index, member in enumerate(members):
        least, most = YEARS[member.rank]
        seasoned = "experienced" in member.qualifications
        member.years = max(rng.randint(least, most), 6 if seasoned else 0)
        member.name = f"Contoh {chr(ord('A') + index // 26)}{chr(ord('A') + index % 26)}"
        born = 2024 - 19 - member.years - rng.randint(0, 2)
        number = ""
        while not number or number in taken:
            number = f"{born % 100:02d}{rng.randint(1, 12):02d}{rng.randint(1, 1200):04d}"
        taken.add(number)
        member.id = number


def write_people(path: Path, members: Sequence[Member]) -> None:
    """Write one personnel file; the own people also carry their regu of the later phases."""
    own = any(member.regu for member in members)
    later = tuple(f"team@{phase}" for phase in LATER_PHASES) if own else ()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow((*HEADINGS, *later))
        for member in members:
            unit, since, until = member.contingent.unit, member.contingent.since, member.contingent.until
            sex = "f" if "policewoman" in member.qualifications else "m"
            held = ";".join(name for name in OWN.qualified if name in member.qualifications)
            person = (member.id, member.name, member.rank, unit, sex, member.years, held, "", since, until)
            writer.writerow((*person, member.regu or member.later, *(member.later for _ in later)))


def write_absences(path: Path, members: Sequence[Member]) -> None:
    """Write the absences of some of the own people."""
    rng = random.Random(SEED + 1)
    free = [member for member in members if member.contingent is OWN]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(ABSENCE_HEADINGS)
        for rank, qualification, when, reason in ABSENCES:
            woman = qualification == "policewoman"
            suited = [m for m in free if m.rank == rank and ("policewoman" in m.qualifications) == woman]
            member = rng.choice(suited)
            free.remove(member)
            writer.writerow((member.id, *absence_cells(when), reason))


def absence_cells(when: str) -> tuple[str, str, str, str]:
    """The cells dates, from, until, starts of an absence as it stands in `ABSENCES`."""
    if when.startswith("starts "):
        return "", "", "", when.removeprefix("starts ")
    since, _, until = when.partition("/")
    return ("", since, until, "") if until else (since, "", "", "")


def main(folder: Path) -> None:
    """Write all files into a folder."""
    members = make_members()
    for contingent in CONTINGENTS:
        write_people(folder / contingent.file, [one for one in members if one.contingent is contingent])
    write_absences(folder / "absences.csv", members)
    print(f"{len(members)} people written to {folder}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
