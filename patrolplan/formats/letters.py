"""Letters by which shifts are told apart where there is no room for their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count


def shift_letters(names: Sequence[str]) -> list[str]:
    """Upper-case letters of shifts: the first of each name, two where that is not enough, else a number behind it."""
    words = [name or "?" for name in names]
    firsts = [word[0].upper() for word in words]
    shared = Counter(firsts)
    pairs = [first + _second(word, words) for first, word in zip(firsts, words, strict=True)]
    doubled = Counter(pairs)
    letters = [
        first if shared[first] == 1 else pair if doubled[pair] == 1 and len(pair) == 2 else ""
        for first, pair in zip(firsts, pairs, strict=True)
    ]
    for index, first in enumerate(firsts):
        numbered = (f"{first}{number}" for number in count(1))
        letters[index] = letters[index] or next(mark for mark in numbered if mark not in letters)
    return letters


def _second(word: str, words: Sequence[str]) -> str:
    """The first later character that no other word with the same first letter has in that place."""
    rivals = [other for other in words if other != word and other[0].upper() == word[0].upper()]
    for index, character in enumerate(word[1:], 1):
        if character.isalnum() and all(other[index : index + 1] != character for other in rivals):
            return character
    return ""
