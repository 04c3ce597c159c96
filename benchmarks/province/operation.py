"""The operation file of a province."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.operation_file import Document, OperationFiles
from benchmarks.province.force import ABSENCE_HEADINGS, HEADINGS, make_absences, make_members
from benchmarks.province.layout import CREW, FROM, PHASES, SITE_PEOPLE, Group, Layout, posts_of_site
from patrolplan.errors import InputError

FEWEST = 40
LATER = list(PHASES[1:])
OPERATION = "ops.yaml"
RESERVE = {"campaign": 0.05, "quiet": 0.05, "voting": 0.12, "recapitulation": 0.07}
"""People on call in each shift, of all people."""
TITLES = {
    "armed": "carries a service firearm (senpi)",
    "experienced": "experienced in security",
    "danru": "squad leader",
    "radio": "radio operator",
    "driver": "driver",
    "policewoman": "policewoman (polwan)",
}


def make_province(people: int, sites: int, days: int, seed: int) -> OperationFiles:
    """A province of a size; the same for the same seed.

    Raises
    ------
    InputError
        If so few people could not guard so many sites.
    """
    if people < FEWEST * sites or sites < 1 or days < 8:
        raise InputError(f"A province has at least {FEWEST} people for each site, one site and 8 days.")
    layout, rng = Layout(people, sites, days), random.Random(seed)
    members = make_members(layout, rng)
    absences = make_absences(layout, members, rng)
    tables = {
        "personnel": [HEADINGS, *(member.cells() for member in members)],
        "absences": [ABSENCE_HEADINGS, *absences],
    }
    return OperationFiles(_document(layout), tables)


def _document(layout: Layout) -> Document:
    clock = "07:00"
    return {
        "patrolplan": 1,
        "extends": ["polri/two-shift-12h"],
        "operation": {
            "name": f"Province of {layout.people} people and {layout.sites} sites",
            "timezone": "Asia/Pontianak",
            "from": f"{FROM} {clock}",
            "until": f"{FROM + timedelta(days=layout.days)} {clock}",
        },
        "phases": dict(layout.phases()),
        "qualifications": {name: {"title": title} for name, title in TITLES.items()},
        "sites": {name: site for group in layout.groups for name, site in _sites(layout, group)},
        "groups": {group.name: [*group.site_names, group.command] for group in layout.groups},
        "rules": _rules(layout),
    }


# -- sites -------------------------------------------------------------------------------------------------------


def _sites(layout: Layout, group: Group) -> list[tuple[str, Document]]:
    """The guarded sites of a group, its padal and its patrols."""
    heads = layout.heads(group)
    found = [(name, _guarded(heads[name])) for name in group.site_names]
    padal = {
        "kind": "command",
        "priority": "vital",
        "needs": _needs(heads[group.command], lambda n: {"rank": {"Ipda": n}}),
    }
    found.append((group.command, {"posts": {"padal": padal}}))
    most = max(heads[group.mobile].values()) // CREW
    crews = {f"patrol-{crew + 1}": _crew(heads[group.mobile], crew) for crew in range(most)}
    found.append((group.mobile, {"posts": crews}))
    return found


def _guarded(heads: Mapping[str, int]) -> Document:
    posts: dict[str, dict[str, int]] = {}
    for phase in PHASES:
        for post, number in posts_of_site(heads[phase]).items():
            posts.setdefault(post, {})[phase] = number
    return {"posts": {post: _post(post, numbers) for post, numbers in posts.items()}}


def _post(name: str, heads: Mapping[str, int]) -> Document:
    """One post of a site with what its people must be."""
    if name == "danru":
        return {"kind": "command", "priority": "vital", "requires": ["danru"], "needs": _needs(heads)}
    if name == "control-room":
        return {"priority": "high", "requires": ["radio"], "needs": _needs(heads)}
    if name == "gate":
        return {"priority": "high", "needs": _needs(heads, lambda n: {"qualified": {"armed": (n + 1) // 2}})}
    if name == "patrol":
        return {"kind": "patrol", "needs": _needs(heads, lambda n: {"qualified": {"experienced": n // 2}})}
    if name == "lobby":
        return {"needs": [*_needs(heads), {"between": "07:00-19:00", "qualified": {"policewoman": 1}}]}
    return {"needs": _needs(heads)}


def _crew(heads: Mapping[str, int], crew: int) -> Document:
    """A pair that drives between the sites in the phases that have so many pairs."""
    here = {phase: CREW for phase, number in heads.items() if number > crew * CREW}
    wanted = {"driver": 1, "experienced": 1, "armed": 1}
    return {"kind": "patrol", "needs": _needs(here, lambda n: {"qualified": wanted})}


def _needs(heads: Mapping[str, int], asked: Any = None) -> list[Document]:
    """One need for each number, in the phases that have it."""
    phases: dict[int, list[str]] = {}
    for phase, number in heads.items():
        phases.setdefault(number, []).append(phase)
    needs = [
        {"phase": names, "staff": number, **(asked(number) if asked is not None else {})}
        for number, names in phases.items()
    ]
    if len(needs) == 1 and set(heads) == set(PHASES):
        needs[0].pop("phase")
    return needs


# -- rules -------------------------------------------------------------------------------------------------------


def _rules(layout: Layout) -> list[Document]:
    """Those of the real case, with a padal for each group."""
    guarded = [name for group in layout.groups for name in group.site_names]
    rules: list[Document] = [
        {"hours": {"id": "hours-campaign", "max": "48h per week", "during": "campaign"}},
        {"hours": {"id": "hours-later", "max": "60h per week", "during": LATER}},
        {"rest": {"id": "rest-later", "min": "24h", "during": LATER}},
        {
            "succession": {
                "id": "nights-then-home",
                "forbid": {"night": "day"},
                "within": "36h",
                "during": "campaign",
                "weight": 2,
            }
        },
    ]
    rules += [
        {"command": {"id": f"padal-{group.number}", "rank": "Ipda", "at": [group.name]}} for group in layout.groups
    ]
    rules += [
        {
            "reserve": {
                "id": f"reserve-{phase}",
                "count": max(1, round(share * layout.people)),
                "response": "60m",
                "during": phase,
            }
        }
        for phase, share in RESERVE.items()
    ]
    rules += [
        {"mix": {"id": "experienced-at-every-site", "of": "experienced", "at": guarded, "share": "25%", "weight": 2}},
        {"teams": {"id": "regu", "weight": 1}},
        {"fairness": {"id": "fair", "of": ["hours", "nights", "weekends"], "weight": 1}},
    ]
    return rules


# -- command -----------------------------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--people", type=int, default=5200, help="default 5200")
    parser.add_argument("--sites", type=int, help=f"default one for each {SITE_PEOPLE} people")
    parser.add_argument("--days", type=int, default=28, help="default 28")
    parser.add_argument("--seed", type=int, default=1, help="who is what, and who is absent when (default 1)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.set_defaults(run=run)


def sites_for(people: int) -> int:
    """How many sites so many people guard."""
    return max(1, round(people / SITE_PEOPLE))


def run(given: argparse.Namespace) -> int:
    """Write a province into a folder."""
    sites = sites_for(given.people) if given.sites is None else given.sites
    files = make_province(given.people, sites, given.days, given.seed).write(given.output / OPERATION)
    print(f"{given.people} people and {sites} sites written to {files[0].parent}", file=sys.stderr)
    return 0
