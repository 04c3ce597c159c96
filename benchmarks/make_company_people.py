"""Writes the synthetic personnel files of ``examples/company``, with semicolons and a mark as spreadsheets save them.

Nobody in them is real. The same files come out on every run: ``python -m benchmarks.make_company_people [FOLDER]``.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "examples" / "company"
SEED = 20250303
FULL_TIME, PART_TIME = 40, 12
WOMEN = 13
QUALIFIED = {"shift_leader": 10, "control_room": 11, "dog_handler": 6, "first_aid": 30, "driver": 24, "english": 18}
EXPIRING = ("2025-03-14", "2025-03-16", "2025-03-21", "2025-03-23", "2025-03-28")
"""First-aid certificates that run out during the operation, one guard each."""
RENEWED = ("2025-09-30", "2026-02-28", "2026-06-30")
SEASONED_YEARS, STEADY_YEARS = 6, 2
"""Years that shift leaders and control room operators, and that dog handlers have served at least."""
HEADINGS = ("No.", "Name", "Sex", "Certificates", "Years", "Contract", "Trained for", "Not at", "From", "Until")
ABSENCES = (
    ("2025-03-03..2025-03-09", "", "holiday"),
    ("2025-03-10..2025-03-16", "", "holiday"),
    ("2025-03-17..2025-03-23", "", "holiday"),
    ("2025-03-24..2025-03-30", "", "holiday"),
    ("2025-03-05..2025-03-07", "", "sick"),
    ("2025-03-18..2025-03-20", "", "sick"),
    ("2025-03-13..2025-03-14", "", "first aid course"),
    ("2025-03-20..2025-03-21", "", "first aid course"),
    ("", "2025-03-22", "wedding: home by the evening before"),
)
"""Dates, or a date on which no duty starts, and the reason; one guard each."""


@dataclass
class Guard:
    """One synthetic guard; qualifications carry their last date, or none."""

    id: str
    name: str
    years: int
    contract: str
    sex: str = "m"
    qualifications: dict[str, str] = field(default_factory=dict)
    trained_for: str = ""
    not_at: str = ""
    since: str = ""
    until: str = ""


def make_guards(rng: random.Random) -> list[Guard]:
    """All guards in the order of their service numbers; the lower the number, the longer the service."""
    total = FULL_TIME + PART_TIME
    numbers = sorted(rng.sample(range(110, 9900), total))
    years = sorted((rng.randint(0, 24) for _ in range(total)), reverse=True)
    part_time = set(rng.sample(range(total), PART_TIME))
    women = set(rng.sample(range(total), WOMEN))
    guards = [
        Guard(
            id=f"{number:05d}",
            name=f"Contoh {chr(ord('A') + index // 26)}{chr(ord('A') + index % 26)}",
            years=served,
            contract="part" if index in part_time else "full",
            sex="f" if index in women else "m",
        )
        for index, (number, served) in enumerate(zip(numbers, years, strict=True))
    ]
    qualify(guards, rng)
    limit_sites(guards, rng)
    return guards


def qualify(guards: Sequence[Guard], rng: random.Random) -> None:
    """Deal the qualifications; a leader works full time and neither handles a dog nor sits in the control room."""
    seasoned = [guard for guard in guards if guard.years >= SEASONED_YEARS and guard.contract == "full"]
    leaders = rng.sample(seasoned, QUALIFIED["shift_leader"])
    grant("shift_leader", leaders)
    operators = rng.sample(without(seasoned, leaders), QUALIFIED["control_room"])
    grant("control_room", operators)
    steady = [guard for guard in guards if guard.years >= STEADY_YEARS and guard.contract == "full"]
    grant("dog_handler", rng.sample(without(steady, [*leaders, *operators]), QUALIFIED["dog_handler"]))
    others = rng.sample(without(guards, [*leaders, *operators]), QUALIFIED["first_aid"] - len(leaders) - len(operators))
    trained = [*leaders, *operators, *others]
    for index, guard in enumerate(trained):
        guard.qualifications["first_aid"] = RENEWED[index % len(RENEWED)]
    for guard, date in zip(rng.sample(trained, len(EXPIRING)), EXPIRING, strict=True):
        guard.qualifications["first_aid"] = date
    grant("driver", rng.sample(guards, QUALIFIED["driver"]))
    grant("english", rng.sample(guards, QUALIFIED["english"]))


def grant(qualification: str, holders: Iterable[Guard]) -> None:
    """Let the holders have a qualification that does not expire."""
    for guard in holders:
        guard.qualifications[qualification] = ""


def without(guards: Sequence[Guard], excluded: Sequence[Guard]) -> list[Guard]:
    """The guards that are not excluded."""
    return [guard for guard in guards if guard not in excluded]


def limit_sites(guards: Sequence[Guard], rng: random.Random) -> None:
    """Some part-timers know only one or two sites, two guards are not wanted at one, one joins and one leaves."""
    part_time = [guard for guard in guards if guard.contract == "part"]
    for guard, sites in zip(rng.sample(part_time, 4), ("tower", "tower", "tower;terminal", "terminal"), strict=True):
        guard.trained_for = sites
    scarce = {"shift_leader", "control_room", "dog_handler"}
    plain = [one for one in guards if one.contract == "full" and not scarce & set(one.qualifications)]
    first, second, joins, leaves = rng.sample(plain, 4)
    first.not_at, second.not_at = "data-centre", "tower"
    joins.since, leaves.until = "2025-03-10", "2025-03-29"


def write_guards(path: Path, guards: Sequence[Guard]) -> None:
    """Write the personnel file."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(HEADINGS)
        for guard in guards:
            held = ";".join(f"{name}:{last}".rstrip(":") for name, last in guard.qualifications.items())
            own = (guard.id, guard.name, guard.sex, held, guard.years, guard.contract)
            writer.writerow((*own, guard.trained_for, guard.not_at, guard.since, guard.until))


def write_absences(path: Path, guards: Sequence[Guard], rng: random.Random) -> None:
    """Write the absences, each of another guard who works the four weeks through."""
    absent = rng.sample([one for one in guards if not (one.since or one.until)], len(ABSENCES))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(("person", "dates", "starts", "reason"))
        for guard, (dates, starts, reason) in zip(absent, ABSENCES, strict=True):
            writer.writerow((guard.id, dates, starts, reason))


def main(folder: Path) -> None:
    """Write both files into a folder."""
    rng = random.Random(SEED)
    guards = make_guards(rng)
    write_guards(folder / "guards.csv", guards)
    write_absences(folder / "absences.csv", guards, rng)
    print(f"{len(guards)} guards written to {folder}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
