"""Mix, for the solver: rows over those present with the quality and those without it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import gcd
from typing import cast

from patrolplan.model.link_rows import LinkRow, LinkRows, LinkTerm, Piece
from patrolplan.problem import Problem, Rule
from patrolplan.rules.mix.spec import Mix
from patrolplan.units import COST_SCALE, Span

_AS_ASKED, _ALL_HOLD, _NOBODY_NEW = 0, 1, 2
"""What may hold at a minute: enough with the quality, nobody without it, or nobody who was planned at all."""


def link(problem: Problem, rule: Rule, links: LinkRows) -> None:
    """Rows for every place and stretch of time in which somebody may be on duty there."""
    spec = cast(Mix, rule.spec)
    for posts in _places(problem, spec):
        for start, end in _spans(problem, rule):
            for piece in links.pieces(posts, start, end):
                if piece.keys:
                    _Present(problem, rule, spec, links, piece).bind()


class _Present:
    """Who may be, and who is known to be, at a place in a stretch of time."""

    def __init__(self, problem: Problem, rule: Rule, spec: Mix, links: LinkRows, piece: Piece) -> None:
        self.rule = rule
        self.spec = spec
        self.links = links
        self.price = COST_SCALE if rule.weight is None else rule.weight * piece.minutes
        by_mask: dict[tuple[int, int], list[int]] = {}
        for key in piece.keys:
            able = _holders(problem, rule, problem.last_date(problem.slots[key].end))
            masks = links.mask(able), links.mask(_lacking(problem, able))
            by_mask.setdefault(masks, []).append(key)
        self.able = [(one, tuple(keys)) for (one, _), keys in by_mask.items() if links.masks[one]]
        self.others = [(other, tuple(keys)) for (_, other), keys in by_mask.items() if links.masks[other]]
        known = {duty.person for duty in piece.known}
        able_known = {
            duty.person for duty in piece.known if duty.person in _holders(problem, rule, problem.last_date(duty.end))
        }
        self.known_able, self.known_others = len(able_known), len(known - able_known)
        self.is_old = bool(known) and all(duty.start < problem.start for duty in piece.known)

    def bind(self) -> None:
        """The rows; those of which only one needs to be kept stand in one choice."""
        if not self.spec.min and not self.is_old:
            self._add_share(None, None)
            return
        choice, pool = self.links.choice(3 if self.is_old else 2), self.links.pool()
        if self.spec.share:
            self._add_share(choice, pool)
        if self.spec.min:
            lower = self.spec.min - self.known_able
            self._add(self.able, 1, lower, (choice, {_ALL_HOLD: self.spec.min, _NOBODY_NEW: self.spec.min}), pool)
        self._add(
            self.others,
            -1,
            self.known_others,
            (choice, {_AS_ASKED: self._most_others(), _NOBODY_NEW: self._most_others()}),
            pool,
        )
        if self.is_old:
            dearest = 1 + self.known_others
            most = dearest * (self._most(self.able) + self._most(self.others))
            everybody = [*self.able, *self.others]
            self._add(everybody, -dearest, 0, (choice, {_AS_ASKED: most, _ALL_HOLD: most}), pool)

    def _add_share(self, choice: int | None, pool: int | None) -> None:
        """Holders make up the share; what is missing is rounded up to whole people."""
        share, step = self.spec.share, gcd(self.spec.share, 100)
        have, want = (100 - share) // step, share // step
        terms = [LinkTerm(mask, keys, have) for mask, keys in self.able if have]
        terms += [LinkTerm(mask, keys, -want) for mask, keys in self.others]
        lower = want * self.known_others - have * self.known_able
        most = want * (self._most(self.others) + self.known_others)
        freed = None if choice is None else (choice, {_ALL_HOLD: most, _NOBODY_NEW: most})
        self._row(terms, lower, freed, pool, 100 // step)

    def _add(
        self,
        parts: Iterable[tuple[int, tuple[int, ...]]],
        coefficient: int,
        lower: int,
        choice: tuple[int, dict[int, int]],
        pool: int,
    ) -> None:
        self._row([LinkTerm(mask, keys, coefficient) for mask, keys in parts], lower, choice, pool, 1)

    def _row(
        self,
        terms: list[LinkTerm],
        lower: int,
        choice: tuple[int, dict[int, int]] | None,
        pool: int | None,
        unit: int,
    ) -> None:
        level = 0 if self.rule.weight is None else self.rule.level
        options = choice and (
            choice[0],
            {one: shift for one, shift in choice[1].items() if one < self.links.choices[choice[0]]},
        )
        self.links.add(LinkRow(tuple(terms), lower, None, self.price, 0, level, self.rule.id, options, pool, unit))

    def _most(self, parts: Iterable[tuple[int, tuple[int, ...]]]) -> int:
        return sum(len(self.links.masks[mask]) * len(keys) for mask, keys in parts)

    def _most_others(self) -> int:
        return self._most(self.others) + self.known_others


@lru_cache(maxsize=1024)
def _holders(problem: Problem, rule: Rule, last: int) -> frozenset[int]:
    """People with the quality, to the end of a date."""
    spec = cast(Mix, rule.spec)
    least = problem.ranks.index(spec.rank_from) if spec.rank_from else None
    return frozenset(
        index
        for index, who in enumerate(problem.people)
        if any(who.holds(name, last) for name in spec.of)
        or (least is not None and who.rank is not None and who.rank >= least)
        or (spec.sex and who.sex == spec.sex)
    )


@lru_cache(maxsize=1024)
def _lacking(problem: Problem, able: frozenset[int]) -> frozenset[int]:
    """Everybody else."""
    return frozenset(range(len(problem.people))) - able


def _places(problem: Problem, spec: Mix) -> list[list[int]]:
    """Posts that count together, for each place."""
    if not spec.at:
        return [[index] for index in range(len(problem.posts))]
    found = []
    for name in spec.at:
        sites = {index for index, site in enumerate(problem.sites) if site.name == name}
        sites.update(problem.groups.get(name, ()))
        found.append(
            [index for index, post in enumerate(problem.posts) if post.site in sites or name in (post.key, post.name)]
        )
    return found


def _spans(problem: Problem, rule: Rule) -> list[Span]:
    """The rule's time within the horizon."""
    start, end = problem.start, problem.end
    spans = rule.during if rule.during is not None else ((start, end),)
    return [(max(start, one), min(end, other)) for one, other in spans if one < end and other > start]
