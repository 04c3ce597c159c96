"""Whom and what the cells of a roster mean: people, posts, shifts and kinds by the words that planners write."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from patrolplan.errors import Place, nearest
from patrolplan.findings import Finding, Severity
from patrolplan.formats.names import are_initials
from patrolplan.language import _, later
from patrolplan.problem import Problem

KINDS = ("duty", "standby", "training")
"""What a stretch may be."""
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?e\+\d+", re.IGNORECASE)
_ROUNDED_HINT = later(
    "A spreadsheet has rounded it: format the column as text, or leave the cell empty beside the name."
)


class UnreadError(Exception):
    """Why a row or a cell cannot be used."""


class RosterNames:
    """Finds people, posts and shifts of a problem by name, and collects what is wrong with a file.

    Parameters
    ----------
    file
        Name of the roster file, for messages.
    """

    def __init__(self, problem: Problem, file: str) -> None:
        self.findings: list[Finding] = []
        self._problem = problem
        self._file = file
        self._people = Names((who.id, index) for index, who in enumerate(problem.people))
        self._short = Names((who.id.lstrip("0"), index) for index, who in enumerate(problem.people))
        self._full_names = Names((who.name, index) for index, who in enumerate(problem.people) if who.name)
        self._shifts = Names((shift.name, index) for index, shift in enumerate(problem.shifts))
        self._sites = Names(
            (name, index) for index, site in enumerate(problem.sites) for name in {site.name, site.title} if name
        )
        self._posts = Names(
            (name, index) for index, post in enumerate(problem.posts) for name in {post.name, post.title} if name
        )
        self._keys = Names((post.key, index) for index, post in enumerate(problem.posts))

    def note(self, line: int, severity: Severity, message: str, person: str = "", column: int = 0) -> None:
        """Keep what is wrong at a line, and column, of the file."""
        place = Place(self._file, line, column)
        self.findings.append(Finding("PP901", severity, message, person=person, place=place, row=line))

    def person(self, number: str, name: str, line: int) -> int:
        """Whom a service number means, or a name that only one person bears; leading zeros may be lost."""
        if not number:
            if not name:
                raise UnreadError(_("the row names nobody."))
            return self._full_names.one(name, later("person"), _("people are called"))
        person = self._people.find(number)
        if person is None:
            person = self._short.find(number.lstrip("0")) if number.isdigit() else None
        if person is None:
            hint = f" {_(_ROUNDED_HINT)}" if _ROUNDED.fullmatch(number) else self._people.nearest(number)
            raise UnreadError(_('nobody has the service number "{number}".{hint}').format(number=number, hint=hint))
        who = self._problem.people[person]
        if name and who.name and folded(name) != folded(who.name) and not are_initials(name, who.name):
            message = _('{id} is {name}, but the row says "{other}"; the service number counts.').format(
                id=who.id, name=who.name, other=name
            )
            self.note(line, Severity.SOFT, message, who.id)
        return person

    def kind(self, text: str) -> str:
        """Duty, standby or training; duty if nothing is said."""
        kind = text.lower() or "duty"
        if kind not in KINDS:
            raise UnreadError(
                _('the kind "{text}" is not known; it is duty, standby or training.{nearest}').format(
                    text=text, nearest=nearest(text, KINDS)
                )
            )
        return kind

    def shift(self, text: str) -> int | None:
        """The shift of a name, or None if nothing is said."""
        return self._shifts.one(text, later("shift"), _("shifts are called")) if text else None

    def post(self, site: str, post: str) -> int | None:
        """The post of a name with its site, of a key ``site/post``, or of a name that only one post bears."""
        problem = self._problem
        if not post:
            if site:
                self._sites.one(site, later("site"), _("sites are called"))
            return None
        by_key = self._keys.find(post)
        if by_key is not None and (not site or self._sites.find(site) in (None, problem.posts[by_key].site)):
            return by_key
        if not site:
            return self._posts.one(post, later("post"), _("posts are called"), " " + _("Name the site, too."))
        where = self._sites.one(site, later("site"), _("sites are called"))
        here = problem.sites[where].name
        inside = Names(
            (name, index)
            for index, one in enumerate(problem.posts)
            if one.site == where
            for name in {one.name, one.title}
            if name
        )
        found = inside.find(post)
        if found is None:
            raise UnreadError(
                _('{here} has no post "{post}".{nearest}').format(here=here, post=post, nearest=inside.nearest(post))
            )
        return found

    def shift_that_runs(self, start: int, end: int, post: int | None) -> int | None:
        """The shift, of the post first, that runs exactly then; None if there is none."""
        problem = self._problem
        day = problem.zone.local(start)[0]
        served = problem.posts[post].shifts if post is not None else ()
        shifts: Iterable[int] = (*served, *range(len(problem.shifts)))
        return next((shift for shift in shifts if problem.shift_span(shift, day) == (start, end)), None)


class Names:
    """Finds an index by name, whatever its case and spaces."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._folded: dict[str, set[int]] = defaultdict(set)
        for name, index in pairs:
            self._exact[name].add(index)
            self._folded[folded(name)].add(index)

    def find(self, name: str) -> int | None:
        """The only index with a name, or None."""
        for found in (self._exact.get(name), self._folded.get(folded(name))):
            if found is not None and len(found) == 1:
                return next(iter(found))
        return None

    def one(self, name: str, noun: str, many: str, remedy: str = "") -> int:
        """The only index with a name; refuses unknown and ambiguous ones."""
        found = self.find(name)
        if found is not None:
            return found
        twins = self._folded.get(folded(name))
        if twins:
            raise UnreadError(f'{len(twins)} {many} "{name}".{remedy or " " + _("Write the service number.")}')
        raise UnreadError(
            _('the {noun} "{name}" is not defined.{nearest}').format(
                noun=_(noun), name=name, nearest=self.nearest(name)
            )
        )

    def nearest(self, name: str) -> str:
        """A guess at what was meant, as a sentence, or an empty text."""
        return nearest(name, self._exact)


def folded(text: str) -> str:
    """A name without its case and spare spaces."""
    return " ".join(text.casefold().split())
