"""``python -m benchmarks patrol FOLDER``: public multi-robot patrolling maps as rounds, next to a fixed tour."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import circumstances
from patrolplan.errors import EXIT_DONE, InputError
from patrolplan.rounds.bound import least_value
from patrolplan.rounds.lane import SELF, Lane, Shifts, make_clock
from patrolplan.rounds.pool import PoolEffort, make_pool, pool_clock
from patrolplan.rounds.report import tour_idleness
from patrolplan.rounds.safety import Safety
from patrolplan.rounds.seams import Seam, ground_seam, middle_seam
from patrolplan.rounds.tours import make_tour, safe_tours, short_cycle, split
from patrolplan.rounds.training import Course, Effort, train
from patrolplan.rounds.walks import Walker
from patrolplan.rounds.watcher import Watched, chance, idleness, no_evidence, observe

SLOTS_PER_LEG = 2
"""Slots for the middle one of all legs of a map."""
PROMISE = 1.5
"""The promise, as a multiple of the fixed tour of one team over the number of teams."""
DUTIES = 4
LENGTH = 8
"""Length of a duty, in promises."""
EFFORT = PoolEffort(rounds=12, walks=64)
HISTORIES, DEALT = 6, 40
"""Fresh histories, and duties in each."""


@dataclass(frozen=True)
class Map:
    """A map: legs between neighbours, in the map's own unit (pixels)."""

    name: str
    resolution: float
    legs: dict[tuple[int, int], int]
    size: int


def read_map(path: Path) -> Map:
    """Read a ``.graph`` file: a head of six lines, then each vertex with its neighbours.

    Raises
    ------
    InputError
        If it is no such file.
    """
    try:
        words = path.read_text(encoding="utf-8").split()
        size, resolution = int(words[0]), float(words[3])
        at, legs = 6, {}
        for _ in range(size):
            vertex, degree = int(words[at]), int(words[at + 3])
            at += 4
            for _ in range(degree):
                legs[vertex, int(words[at])] = int(words[at + 2])
                at += 3
    except (OSError, ValueError, IndexError) as error:
        raise InputError(f"{path}: this is no map of a patrolling benchmark ({error}).") from None
    return Map(path.stem, resolution, legs, size)


def shortest(given: Map) -> np.ndarray:
    """Shortest ways between all vertices (Floyd and Warshall), in the map's unit."""
    ways = np.full((given.size, given.size), 1e9)
    np.fill_diagonal(ways, 0)
    for (one, other), cost in given.legs.items():
        ways[one, other] = cost
    for middle in range(given.size):
        ways = np.minimum(ways, ways[:, [middle]] + ways[[middle]])
    return ways


def lane_of(given: Map, teams: int) -> tuple[Lane, float]:
    """The map in slots, and the length of a slot in its unit."""
    unit = float(np.median(list(given.legs.values()))) / SLOTS_PER_LEG
    inner = np.maximum(1, np.ceil(shortest(given) / unit - 1e-9)).astype(np.int64)
    np.fill_diagonal(inner, SELF)
    one = np.ones(given.size, np.int64)
    table = np.vstack([inner, one[None]])
    bare = Lane(table, 0 * one, one, one, one.astype(float))
    tour = make_tour(bare, short_cycle(bare)).length
    promise = int(PROMISE * tour / teams) + int(np.sort(inner, axis=None)[given.size * given.size // 2])
    return Lane(table, 0 * one, promise * one, max(1, promise // 3) * one, one.astype(float)), unit


History = tuple[np.ndarray, np.ndarray, int]
"""Stops and departures of duties one after the other, and when the last one ends."""


def pooled(own: Lane, seams: list[Seam], length: int, seed: list[int]) -> list[History]:
    """Fresh duties dealt from the best pool of walks; none if there is none."""
    pools = [
        make_pool(pool_clock(own, length, (), seam), EFFORT, np.random.default_rng([*seed, number]))
        for number, seam in enumerate(seams)
    ]
    found = [pool for pool in pools if pool is not None]
    if not found:
        return []
    best, rng = min(found, key=lambda pool: pool.value), np.random.default_rng([*seed, 9])
    histories = []
    for _ in range(HISTORIES):
        hand = list(best.deal(DEALT, rng))
        slots = [slots + length * number for number, (_, slots) in enumerate(hand)]
        histories.append((np.concatenate([stops for stops, _ in hand]), np.concatenate(slots), length * DEALT))
    return histories


def walked(own: Lane, shifts: Shifts, seed: list[int]) -> list[History]:
    """Fresh duties by ways of walking."""
    clock, rng = make_clock(own, shifts), np.random.default_rng(seed)
    safety = Safety(clock, safe_tours(own, shifts))
    style = train(clock, safety, Effort(ways=8, copies=4, width=16), rng).style
    course = Course(Walker(clock, safety, 16, rng), 8)
    stops: list[list[np.ndarray]] = [[] for _ in range(8)]
    slots: list[list[np.ndarray]] = [[] for _ in range(8)]
    for _ in shifts.begins:
        _, visits = course.run(style.draw(8, rng))
        for copy in range(8):
            held = visits.stops[copy] >= 0
            stops[copy].append(visits.stops[copy][held])
            slots[copy].append(visits.slots[copy][held])
    return [(np.concatenate(a), np.concatenate(b), shifts.end) for a, b in zip(stops, slots, strict=True)]


def measured(given: Map, teams: int, seed: int) -> dict[str, Any]:
    """One map with so many teams."""
    began = time.process_time()
    lane, unit = lane_of(given, teams)
    length = LENGTH * int(lane.promise[0])
    shifts = Shifts(tuple(length * one for one in range(DUTIES)), tuple(length * (one + 1) for one in range(DUTIES)))
    parts = split(lane, teams, shifts)
    row: dict[str, Any] = {"map": given.name, "checkpoints": given.size, "teams": teams}
    seconds = unit * given.resolution  # at one metre a second
    row |= {"promise": lane.promise[0] * seconds, "attack": lane.attack[0] * seconds}
    if parts is None:
        return row | {"status": "refused"}
    worst, average, caught = 0.0, [], 1.0
    seams = [middle_seam(lane), ground_seam(lane, parts)]
    for team, part in enumerate(parts):
        own = lane.part(part)
        ends = [seam.part(part) for seam in seams if seam is not None]
        drawn = pooled(own, ends, length, [seed, teams, team]) or walked(own, shifts, [seed, teams, team])
        for place in range(len(part)):
            watched = Watched(int(own.promise[place]), int(own.attack[place]))
            evidence = no_evidence(watched, 1)
            for stops, slots, end in drawn:
                seen = slots[stops == place]
                idle = idleness(seen, [(0, end)])
                worst, average = max(worst, idle.worst), [*average, idle.average]
                observe(evidence, watched, seen.astype(float), end)
            odds = chance(evidence, 100)
            caught = min(caught, 1.0 if odds is None else odds.watcher)
    tour = tour_idleness(lane, teams, shifts, 1)
    assert tour is not None and worst <= lane.promise[0], "a promise is broken"
    return row | {
        "status": "kept",
        "worst": worst * seconds,
        "average": float(np.mean(average)) * seconds,
        "tour_worst": tour.worst * seconds,
        "tour_average": tour.average * seconds,
        "detection_watcher": caught,
        "tour_detection_watcher": tour.detection,
        "bound": 1 - least_value(lane, teams),
        "cpu_seconds": time.process_time() - began,
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("folder", type=Path, help="folder of the maps (*.graph)")
    parser.add_argument("--teams", type=int, nargs="+", default=[1, 2, 4], help="numbers of teams (default 1 2 4)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="store the results in this file")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Measure all maps of a folder and print a table."""
    paths = sorted(given.folder.glob("*.graph"))
    if not paths:
        raise InputError(f"{given.folder}: there are no maps (*.graph) here.")
    print("| map | places | teams | promise s | worst s | tour | average s | tour | watcher caught | tour | bound |")
    print("| --- |" + " ---: |" * 10)
    rows = []
    for path in paths:
        for teams in given.teams:
            rows.append(measured(read_map(path), teams, given.seed))
            print(table_row(rows[-1]), flush=True)
            if given.json is not None:
                report = {"kind": "patrol", "circumstances": circumstances(), "seed": given.seed, "rows": rows}
                given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return EXIT_DONE


def table_row(row: dict[str, Any]) -> str:
    """One line of the table."""
    head = f"| {row['map']} | {row['checkpoints']} | {row['teams']} | {row['promise']:.0f} |"
    if row["status"] != "kept":
        return head + " refused |" + " – |" * 6
    cells = [f"{row[key]:.0f}" for key in ("worst", "tour_worst", "average", "tour_average")]
    cells += [f"{100 * row[key]:.0f} %" for key in ("detection_watcher", "tour_detection_watcher", "bound")]
    return head + "".join(f" {cell} |" for cell in cells)
