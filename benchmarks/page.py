"""``python -m benchmarks page``: docs/benchmarks.md, with the tables that the files of results give."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.best_known import percent
from benchmarks.growth import FIT_FROM, exponent
from benchmarks.peers.judge import best_of
from benchmarks.peers.table import levels_text, number_text
from patrolplan.errors import EXIT_DONE

HERE = Path(__file__).parent
TEMPLATE = HERE / "page_template.md"
RESULTS = HERE / "results"
PUBLISHED = HERE / "published"
NOT_YET = "Not measured yet with this version."
MEBIBYTES_PER_GIBIBYTE = 1024

Report = Mapping[str, Any]
Row = Mapping[str, Any]

METHODS = {
    "ejection_chain_10": "ejection chain, 10 min",
    "ejection_chain_60": "60 min",
    "branch_and_price": "branch and price",
    "gurobi_60": "Gurobi, 60 min",
    "ip_vns_10": "IP + VNS, 10 min",
    "ip_vns_60": "60 min",
    "fix_and_optimise_10": "fix and optimise, 10 min",
    "fix_and_optimise_60": "60 min",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "--results", type=Path, default=RESULTS, help="folder of the results; default the project's own"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print the page."""
    print(page(given.results), end="")
    return EXIT_DONE


def page(results: Path) -> str:
    """The page with the tables of all files of results in a folder."""
    reports = read_reports(results)
    parts = {
        "curtois": instances(reports, "curtois"),
        "curtois_published": published_curtois(reports),
        "inrc2": instances(reports, "inrc2"),
        "inrc2_published": published_inrc2(reports),
        "peers": peers(reports),
        "growth": growth(reports),
        "patrol": maps(reports),
        "ahead": ahead(reports),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return text


def read_reports(folder: Path) -> list[Report]:
    """Files of results in the order of their names; files of other measurements are left alone."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [one for one in found if one.get("kind") in ("instances", "peers", "growth", "patrol")]


def of_family(reports: Iterable[Report], family: str) -> list[Report]:
    """Campaigns over one family of instances, the shortest time limit first."""
    return sorted((one for one in reports if one.get("family") == family), key=lambda one: float(one["time_limit"]))


def read_published(family: str) -> list[Row]:
    """What others published on a family."""
    with (PUBLISHED / f"{family}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- tables ----------------------------------------------------------------------------------------------------------


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A table of Markdown; all columns after the first ones are numbers."""
    marks = ["---" if position < left else "---:" for position in range(len(headings))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (headings, marks, *rows))


def instances(reports: Iterable[Report], family: str) -> str:
    """One table for each campaign over a family."""
    parts = [f"{circumstances_text(one)}\n\n{_campaign(one)}" for one in of_family(reports, family)]
    return "\n\n".join(parts) or NOT_YET


def _campaign(report: Report) -> str:
    headings = ("instance", "best known", "cost", "distance", "bound", "gap", "first s", "best s", "s", "MiB", "status")
    return table(headings, (_instance(one) for one in report["results"]))


def _instance(one: Row) -> Sequence[str]:
    broken = f", {one['hard']} hard constraints broken" if one["hard"] else ""
    return (
        short_name(one["instance"]),
        whole(one["best_known"]),
        whole(one["cost"]),
        "–" if one["distance"] is None else percent(one["distance"]),
        whole(one["bound"]),
        "–" if one["gap"] is None else percent(one["gap"]),
        number_text(one["first_roster_seconds"]) or "–",
        number_text(one["best_seconds"]) or "–",
        number_text(one["wall_seconds"]) or "–",
        whole(one["memory_mib"]),
        one["status"] + broken,
    )


def circumstances_text(report: Report) -> str:
    """Date, machine, versions and limits in a sentence or two."""
    limits = f"{report['time_limit']:g} s each, {report['workers']} workers, seed {report['seed']}"
    return f"{report['date']}: {limits}. {machine_text(report)}"


def machine_text(report: Report) -> str:
    """Machine and versions in two sentences."""
    machine, versions = report["machine"], report["versions"]
    memory = f", {machine['memory_mib'] / MEBIBYTES_PER_GIBIBYTE:.0f} GiB" if machine["memory_mib"] else ""
    names = {
        "patrolplan": "patrolplan",
        "python": "Python",
        "ortools": "OR-Tools",
        "timefold": "Timefold",
        "java": "Java",
    }
    made_with = ", ".join(f"{title} {versions[name]}" for name, title in names.items() if name in versions)
    return f"{machine['cores']} cores ({machine['processor']}){memory}. {made_with}."


def published_curtois(reports: Iterable[Report]) -> str:
    """What others published on the instances of Curtois and Qu; bold where it costs less than ours."""
    ours = longest(reports, "curtois")
    headings = ("instance", "people × days × shifts", "best known", *METHODS.values())
    return table(headings, (_published(row, ours) for row in read_published("curtois")))


def _published(row: Row, ours: Mapping[str, Row]) -> Sequence[str]:
    mine = ours.get(row["instance"])
    size = f"{row['people']} × {row['days']} × {row['shifts']}"
    return (row["instance"], size, marked(row["cost"], mine), *(marked(row[method], mine) for method in METHODS))


def published_inrc2(reports: Iterable[Report]) -> str:
    """What others published on instances of the competition."""
    ours = longest(reports, "inrc2")
    rows = (
        (row["instance"], marked(row["cost"], ours.get(row["instance"])), whole(row["bound"]))
        for row in read_published("inrc2")
    )
    return table(("instance", "cost", "bound"), rows)


def longest(reports: Iterable[Report], family: str) -> dict[str, Row]:
    """Results by instance, each of the campaign with the longest time limit that ran it."""
    return {short_name(one["instance"]): one for report in of_family(reports, family) for one in report["results"]}


def marked(cost: str, mine: Row | None) -> str:
    """A published cost, bold if it is lower than ours, or if we have no valid roster."""
    if not cost:
        return "–"
    if mine is None:
        return whole(cost)
    is_ahead = mine["cost"] is None or mine["hard"] or int(cost) < mine["cost"]
    return f"**{whole(cost)}**" if is_ahead else whole(cost)


def short_name(instance: str) -> str:
    """``5`` for Instance5; other names as they are."""
    return instance.removeprefix("Instance")


def whole(value: float | str | None) -> str:
    """A number for people: ``4,631``, ``3,223.5``, or a dash."""
    return "–" if value in (None, "") else f"{float(value):,.10g}"  # type: ignore[arg-type]


# -- side by side ----------------------------------------------------------------------------------------------------


def peers(reports: Iterable[Report]) -> str:
    """One table for each comparison with other solvers."""
    found = [one for one in reports if one["kind"] == "peers"]
    return "\n\n".join(f"{circumstances_text(one)}\n\n{_side_by_side(one)}" for one in found) or NOT_YET


def _side_by_side(report: Report) -> str:
    headings = ("operation", "solver", "cost by level", "bound by level", "result", "first s", "best s", "s", "MiB")
    return table(headings, _contests(report["results"]), left=5)


def _contests(results: Sequence[Row]) -> Iterator[Sequence[str]]:
    for operation in dict.fromkeys(one["operation"] for one in results):
        together = [one for one in results if one["operation"] == operation and one["status"] != "skipped"]
        best = best_of(together)
        for one in together:
            mark = " *" if any(one is other for other in best) else ""
            yield (
                operation,
                one["contender"] + mark,
                levels_text(one["costs"]),
                levels_text(one["bounds"]) if one["bounds"] else "–",
                _verdict(one),
                *(number_text(one[name]) or "–" for name in ("first_roster_seconds", "best_seconds", "wall_seconds")),
                whole(one["memory_mib"]),
            )


def _verdict(one: Row) -> str:
    if one["hard"]:
        return f"{one['hard']} hard rules broken"
    return "proved optimal" if one["proved"] else str(one["status"])


# -- growth ----------------------------------------------------------------------------------------------------------


def growth(reports: Iterable[Report]) -> str:
    """One table for each run of made-up provinces, and the powers of their people with which the time grows."""
    found = [one for one in reports if one["kind"] == "growth"]
    return "\n\n".join(_growth(one) for one in found) or NOT_YET


def _growth(report: Report) -> str:
    seeds = f"province of seed {report['province_seed']}, search of seed {report['seed']}"
    about = f"{report['date']}: {report['days']} days, {report['workers']} workers, {seeds}. {machine_text(report)}"
    times = ("read s", "first s", "without an avoidable gap s")
    headings = ("people", "sites", "person-shifts", *times, "cost by level", "bound by level", "s", "MiB")
    return "\n\n".join((about, _powers(report["results"]), table(headings, map(_force, report["results"]), left=0)))


def _powers(results: Sequence[Row]) -> str:
    large = [one for one in results if one["people"] >= FIT_FROM]
    whole_time = exponent([(one["people"], one["gap_free_seconds"]) for one in large])
    if whole_time is None:
        return "Not every size came to a roster without an avoidable gap."
    alone = exponent([(one["people"], one["gap_free_seconds"] - one["read_seconds"]) for one in large])
    beside = "" if alone is None else f", without reading the input with the power {alone:.2f}"
    return (
        f"From {FIT_FROM} people on the time to a roster without an avoidable gap grows with the power "
        f"{whole_time:.2f} of the people{beside}."
    )


def _force(one: Row) -> Sequence[str]:
    return (
        whole(one["people"]),
        whole(one["sites"]),
        whole(one["needed_person_shifts"]),
        *(number_text(one[name]) or "–" for name in ("read_seconds", "first_roster_seconds", "gap_free_seconds")),
        levels_text(one["cost"]),
        levels_text(one["bound"]),
        number_text(one["whole_seconds"]),
        whole(one["memory_mib"]),
    )


# -- patrolling maps -------------------------------------------------------------------------------------------------


def maps(reports: Iterable[Report]) -> str:
    """One table for each run of patrolling maps as rounds."""
    found = [one for one in reports if one["kind"] == "patrol"]
    return "\n\n".join(_maps(one) for one in found) or NOT_YET


def _maps(report: Report) -> str:
    about = report["circumstances"]
    headings = ("map", "places", "teams", "promise s", "worst s", "of a tour", "average s", "of a tour")
    odds = ("watcher caught", "of a tour", "bound", "CPU s")
    rows = table((*headings, *odds), (_map(one) for one in report["rows"]))
    return f"{about['date']}: seed {report['seed']}, one process. {machine_text(about)}\n\n{rows}"


def _map(one: Row) -> Sequence[str]:
    head = (one["map"], whole(one["checkpoints"]), whole(one["teams"]), f"{one['promise']:.0f}")
    if one["status"] != "kept":
        return (*head, "refused", *["–"] * 7)
    idle = (f"{one[name]:.0f}" for name in ("worst", "tour_worst", "average", "tour_average"))
    odds = (percent(one[name]) for name in ("detection_watcher", "tour_detection_watcher", "bound"))
    return (*head, *idle, *odds, f"{one['cpu_seconds']:.0f}")


# -- who is ahead ----------------------------------------------------------------------------------------------------


def ahead(reports: Sequence[Report]) -> str:
    """Where published costs are lower than ours, or proved where ours are not, and where a peer did better."""
    lines = [
        *_published_ahead(reports, "curtois", "Curtois and Qu"),
        *_published_ahead(reports, "inrc2", "the competition"),
    ]
    for report in reports:
        if report["kind"] == "peers":
            lines.append(_peers_ahead(report))
    return "\n".join(f"- {line}" for line in lines)


def _published_ahead(reports: Iterable[Report], family: str, title: str) -> Iterator[str]:
    ours = longest(reports, family)
    known = [row for row in read_published(family) if row["instance"] in ours]
    if not known:
        yield f"Instances of {title}: {NOT_YET[0].lower()}{NOT_YET[1:]}"
        return
    lower = [row["instance"] for row in known if "**" in marked(row["cost"], ours[row["instance"]])]
    proved = [row for row in known if row.get("optimal") == "yes" or row.get("bound") == row["cost"]]
    unproved = [row["instance"] for row in proved if ours[row["instance"]]["status"] != "optimal"]
    yield (
        f"Instances of {title}: the best known cost is below ours on {len(lower)} of {len(known)}{_listed(lower)}. "
        f"Others have proved {len(proved)} optimal; of these we have not proved {len(unproved)}{_listed(unproved)}."
    )


def _listed(names: Sequence[str]) -> str:
    return f" ({', '.join(names)})" if names else ""


def _peers_ahead(report: Report) -> str:
    results = report["results"]
    operations = dict.fromkeys(one["operation"] for one in results)
    better, sooner = [], []
    for operation in operations:
        together = [one for one in results if one["operation"] == operation]
        mine = next((one for one in together if one["contender"] == "patrolplan"), None)
        if mine is None:
            continue
        others = [one for one in together if one is not mine]
        if not any(one is mine for one in best_of(together)):
            better.append(operation)
        elif any(one["proved"] and (not mine["proved"] or one["seconds"] < mine["seconds"]) for one in others):
            sooner.append(operation)
    return (
        f"Side by side, {report['time_limit']:g} s: another solver has a better roster on {len(better)} of "
        f"{len(operations)} operations{_listed(better)}, and proves a roster as good as ours optimal sooner, or alone, "
        f"on {len(sooner)}{_listed(sooner)}."
    )
