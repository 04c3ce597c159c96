"""What people are called on what is handed out: in full, by initials, or by service number alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from patrolplan.formats.names import TURNING, told_apart
from patrolplan.problem import Problem
from patrolplan.terminal.console import clean


def shown(text: str) -> str:
    """Text from a file on one line, without characters that turn the direction of writing or steer a device."""
    return clean(" ".join(text.translate(TURNING).split()))


class Names:
    """Names of the people of a problem in one style.

    Parameters
    ----------
    style
        One of `STYLES`.
    """

    def __init__(self, problem: Problem, style: str = "full") -> None:
        self.style = style
        self._ranks = problem.ranks
        self._people = problem.people
        if style == "initials":
            self._names = tuple(shown(name) for name in told_apart(problem.people))
        else:
            self._names = tuple(shown(who.id if style == "id" or not who.name else who.name) for who in problem.people)

    @property
    def in_full(self) -> bool:
        """Whether people are named in full, so that number, unit and phone may stand beside the name."""
        return self.style == "full"

    def name(self, person: int) -> str:
        """The name of a person without rank."""
        return self._names[person]

    def rank(self, person: int) -> str:
        """The rank of a person, empty if there is none."""
        rank = self._people[person].rank
        return "" if rank is None else shown(self._ranks[rank])

    def ranked(self, person: int) -> str:
        """Rank and name."""
        return f"{self.rank(person)} {self.name(person)}".strip()

    def number(self, person: int) -> str:
        """The service number, where it may be shown; empty by initials, which are not to give people away."""
        return "" if self.style == "initials" else shown(self._people[person].id)

    def within(self, words: str) -> str:
        """Words from elsewhere, with the full names in them replaced by those of the style."""
        if self.in_full:
            return shown(words)
        return self._full_names.sub(lambda found: self._by_full_name[found[0]], shown(words))

    @property
    def all(self) -> Sequence[str]:
        """What everybody is called."""
        return self._names

    @cached_property
    def _by_full_name(self) -> dict[str, str]:
        return {shown(who.name): self._names[index] for index, who in enumerate(self._people) if shown(who.name)}

    @cached_property
    def _full_names(self) -> re.Pattern[str]:
        longest_first = sorted(self._by_full_name, key=len, reverse=True)
        return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first) or r"(?!)")

    def phone(self, person: int) -> str:
        """The telephone number, where people are named in full."""
        return shown(self._people[person].phone) if self.in_full else ""
