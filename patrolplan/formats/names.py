"""What people are called on what leaves the desk: in full, by initials, or by service number alone."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from patrolplan.problem import Person, Problem

STYLES = ("full", "initials", "id")
"""Ways to name people."""
_TAIL = 3
TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C))
"""Characters that turn the direction of writing, for `str.translate` to leave out."""
_ISOLATE, _END = "\u2068", "\u2069"


def named(problem: Problem, style: str) -> Problem:
    """The problem with its people named in one of `STYLES`.

    Initials of people who share theirs end with the last digits of the service number; by ``id`` nobody has a name.
    """
    if style == "full":
        return problem
    names = told_apart(problem.people) if style == "initials" else [""] * len(problem.people)
    return replace(
        problem, people=tuple(replace(who, name=name) for who, name in zip(problem.people, names, strict=True))
    )


def initials(name: str) -> str:
    """The first letter of every word with the marks on it, each with a full stop; empty if there is no letter."""
    return " ".join(f"{letter}." for word in name.translate(TURNING).split() if (letter := _first_letter(word)))


def are_initials(text: str, name: str) -> bool:
    """Whether a text may stand for a name as its initials."""
    short = initials(name)
    return bool(short) and (text == short or text.startswith(f"{short} "))


def call(who: Person) -> str:
    """What a person is called on one line: the name, or the service number where there is none."""
    return one_line(who.name or who.id)


def one_line(text: str) -> str:
    """Text of a file on one line, without characters that steer a device.

    A text written from right to left stands in isolation, so that it does not turn what follows it.
    """
    plain = text.translate(TURNING)
    plain = "".join("\ufffd" if unicodedata.category(one) == "Cs" else one for one in plain)
    plain = "".join(" " if unicodedata.category(one) == "Cc" else one for one in plain)
    plain = " ".join(plain.split())
    turned = any(unicodedata.bidirectional(one) in ("R", "AL", "AN") for one in plain)
    return f"{_ISOLATE}{plain}{_END}" if turned else plain


def unquoted(words: str, known: Collection[str]) -> str:
    """Words without what they quote, unless it is known.

    A finding about a row repeats what the row says, and that may be anybody's name or telephone number.
    """
    start, end = words.find('"'), words.rfind('"')
    if start >= end or words[start + 1 : end] in known:
        return words
    return f'{words[:start]}"…"{words[end + 1 :]}'


def told_apart(people: Sequence[Person]) -> list[str]:
    """Initials of people; those who share theirs are told apart by the end of the service number."""
    plain = [initials(who.name) or initials(who.id) for who in people]
    shared = Counter(plain)
    return [text if shared[text] == 1 else f"{text} {who.id[-_TAIL:]}" for text, who in zip(plain, people, strict=True)]


def _first_letter(word: str) -> str:
    """The first letter or digit and the combining marks on it; empty if there is none."""
    start = next((index for index, sign in enumerate(word) if unicodedata.category(sign)[0] in "LN"), None)
    if start is None:
        return ""
    end = start + 1
    while end < len(word) and unicodedata.category(word[end])[0] == "M":
        end += 1
    return word[start:end]
