"""Which people, sites and posts are meant by what was written on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from patrolplan.errors import InputError, nearest
from patrolplan.language import _
from patrolplan.plan.naming import people_named
from patrolplan.problem import Problem


def chosen_people(wanted: Sequence[str], problem: Problem) -> list[int]:
    """Indices of the people who are meant.

    Raises
    ------
    InputError
        If somebody is not found, or several people may be meant.
    """
    return [index for one in wanted for index in people_named(one, problem)]


def chosen_sites(problem: Problem, wanted: Sequence[str]) -> list[int]:
    """Indices of the sites of these names.

    Raises
    ------
    InputError
        If there is no such site.
    """
    names = [site.name for site in problem.sites]
    for one in wanted:
        if one not in names:
            raise InputError(_('there is no site "{one}".{nearest}').format(one=one, nearest=nearest(one, names)))
    return [names.index(one) for one in wanted]


def chosen_posts(problem: Problem, wanted: Sequence[str], sites: Sequence[int]) -> list[int]:
    """Indices of the posts of these keys or names, at some sites (none: at all); all of them where nothing is wanted.

    Raises
    ------
    InputError
        If there is no such post.
    """
    inside = [number for number, post in enumerate(problem.posts) if not sites or post.site in sites]
    known = [text for number in inside for text in (problem.posts[number].key, problem.posts[number].name)]
    for one in wanted:
        if one not in known:
            raise InputError(_('there is no post "{one}".{nearest}').format(one=one, nearest=nearest(one, known)))
    return [
        number
        for number in inside
        if not wanted or problem.posts[number].key in wanted or problem.posts[number].name in wanted
    ]
