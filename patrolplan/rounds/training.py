"""Finding ways of walking: price, draw, count, mix, and price again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from patrolplan.rounds.lane import Clock, Floats, Lane
from patrolplan.rounds.mixture import Game, best_mixture, detections, gains, softened
from patrolplan.rounds.safety import Safety
from patrolplan.rounds.symmetry import alike, evened
from patrolplan.rounds.tally import Tally, tally
from patrolplan.rounds.walks import Prices, Teams, Visits, Walker

_PATIENT = 0.5
"""How much of the watcher's last mixture stays in the next one that is priced."""
_SHARP = 0.5
"""How much the program's own dual counts in it; the rest is a softened one, in which near-by ages count, too."""

_AGAIN = 4
"""How often the walks of each way are drawn again in the end."""


@dataclass(frozen=True)
class Effort:
    """How hard to look.

    Attributes
    ----------
    ways
        Most ways of walking that are tried.
    copies
        Walks drawn of each.
    width
        Walks that grow side by side for each that is drawn.
    sharpness
        How much the best price counts, in units of noise.
    """

    ways: int = 32
    copies: int = 16
    width: int = 64
    sharpness: float = 60.0


@dataclass(frozen=True, eq=False)
class Style:
    """How a team walks: several ways, and how often each is taken."""

    ways: tuple[Prices, ...]
    shares: Floats

    def draw(self, count: int, rng: np.random.Generator) -> list[Prices]:
        """Prices for so many duties."""
        chosen = rng.choice(len(self.ways), size=count, p=self.shares)
        return [self.ways[one] for one in chosen]


@dataclass(frozen=True, eq=False)
class Trained:
    """A style, the game that it was made for, and how many ways of walking were tried."""

    style: Style
    game: Game
    tried: int


class Course:
    """Duty after duty of many copies of a team; from the beginning again where the duties end."""

    def __init__(self, walker: Walker, copies: int) -> None:
        self.walker, self.copies = walker, copies
        self.teams = walker.begin(copies)

    def run(self, prices: list[Prices]) -> tuple[Teams, Visits]:
        """One duty with such prices: the teams as they began it, and what they visited."""
        before = self.teams
        visits, after = self.walker.walk(before, prices)
        more = before.duty + 1 < len(self.walker.clock.shifts.begins)
        self.teams = after if more else self.walker.begin(self.copies)
        return before, visits


def train(
    clock: Clock, safety: Safety, effort: Effort, rng: np.random.Generator, go_on: Callable[[], bool] = lambda: True
) -> Trained:
    """Find ways of walking and their mixture.

    Parameters
    ----------
    go_on
        Asked before each further way of walking.
    """
    lane = clock.lane
    course = Course(Walker(clock, safety, effort.width, rng), effort.copies)
    classes = alike(lane)
    flat = np.zeros((lane.size, int(lane.promise.max()) + 1), np.float32)
    ways, sums = [Prices(flat)], [_sums(course, Prices(flat), classes)]
    game = best_mixture(lane, sums)
    against = game.against
    while len(ways) < effort.ways and game.value > 0 and go_on():
        fresh = _SHARP * game.against + (1 - _SHARP) * softened(lane, sums, game.shares)
        against = evened(_PATIENT * against + (1 - _PATIENT) * fresh, classes)
        ways.append(_priced(lane, game, sums, against, effort.sharpness))
        sums.append(_sums(course, ways[-1], classes))
        game = best_mixture(lane, sums)
    game = _measured_again(course, ways, sums, game, classes)
    used = [index for index, share in enumerate(game.shares) if share > 1e-9]
    shares = game.shares[used]
    return Trained(Style(tuple(ways[index] for index in used), shares / shares.sum()), game, len(ways))


def _measured_again(
    course: Course, ways: list[Prices], sums: list[Tally], game: Game, classes: list[list[int]]
) -> Game:
    """The mixture of the ways that were taken, after more walks of each: what looked good by luck loses its share."""
    used = [index for index, share in enumerate(game.shares) if share > 1e-9]
    more = []
    for index in used:
        total = sums[index]
        for _ in range(_AGAIN):
            total = total + _sums(course, ways[index], classes)
        more.append(total)
    again = best_mixture(course.walker.clock.lane, more)
    shares = np.zeros(len(ways))
    shares[used] = again.shares
    return Game(again.value, shares, again.against)


def _priced(lane: Lane, game: Game, sums: list[Tally], against: Floats, sharpness: float) -> Prices:
    """The way of walking that earns most against a watcher's mixture."""
    earned = gains(lane, game.value, against)
    detection = detections(lane, game.value)[:, None]
    rate = sum(
        share * float((against * (one.caught - detection * one.reached)).sum()) / one.slots
        for share, one in zip(game.shares, sums, strict=True)
    )
    scale = sharpness / max(1e-12, float(np.abs(earned).max()))
    return Prices((earned * scale).astype(np.float32), rate * scale)


def _sums(course: Course, prices: Prices, classes: list[list[int]]) -> Tally:
    shifts = course.walker.clock.shifts
    before, visits = course.run([prices] * course.copies)
    length = shifts.ends[before.duty] - shifts.begins[before.duty]
    sums = tally(course.walker.clock, before, visits, length)
    return Tally(evened(sums.reached, classes), evened(sums.caught, classes), sums.slots)
