"""One short label for each post, the same throughout a view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, takewhile

from patrolplan.problem import Problem
from patrolplan.terminal.console import clean


class PostLabels:
    """Labels of posts that fit a room and are told apart; posts of one name at two sites get two labels.

    Parameters
    ----------
    posts
        Indices of the posts that need a label.
    room
        Characters of a label.
    """

    def __init__(self, problem: Problem, posts: Iterable[int], room: int) -> None:
        room = max(1, room)
        self._problem = problem
        chosen = sorted(set(posts))
        named = {post: clean(problem.posts[post].name) for post in chosen}
        names = list(named.values())
        self._shared = {name for name in names if names.count(name) > 1}
        self._labels: dict[int, str] = {}
        same_start = {name: [one for one in names if one[:room] == name[:room]] for name in names}
        taken: set[str] = set()
        for post in sorted(chosen, key=lambda one: (named[one] in self._shared, len(named[one]) > room, one)):
            name = named[post]
            forms = (
                _numbered(name, room) if name in self._shared else _forms(name, room, _shared_start(same_start[name]))
            )
            label = next(one for one in forms if one not in taken)
            self._labels[post] = label
            taken.add(label)

    def __getitem__(self, post: int) -> str:
        """The label of a post."""
        return self._labels[post]

    def legend(self) -> list[str]:
        """What the labels mean that are not simply the post's name."""
        found = []
        for post, label in sorted(self._labels.items()):
            one = self._problem.posts[post]
            name = clean(one.name)
            if label != name or name in self._shared:
                found.append(f"{label} {clean(one.key) if name in self._shared else name}")
        return found


def _forms(name: str, room: int, alike: int) -> Iterator[str]:
    """The name's beginning; where others begin alike, with what first tells them apart behind it; then with numbers."""
    rest = name[alike:].lstrip("-_. ")
    if alike < len(name) and alike >= room:
        for tail in range(1, min(room, len(rest) + 1)):
            yield name[: room - tail] + rest[:tail]
    yield name[:room]
    yield from _numbered(name, room)


def _shared_start(names: Sequence[str]) -> int:
    """How many characters all names have in common at their beginning."""
    return len(list(takewhile(lambda one: len(set(one)) == 1, zip(*names, strict=False))))


def _numbered(name: str, room: int) -> Iterator[str]:
    for number in count(1):
        yield name[: max(0, room - len(str(number)))] + str(number)
