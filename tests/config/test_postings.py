"""Relief, breaks and ways in the operation file: what holds where."""

from __future__ import annotations

from pathlib import Path

import pytest

from patrolplan.config import load
from patrolplan.errors import InputError
from patrolplan.problem import Problem
from tests.docs.snippets import lay


def loaded(tmp_path: Path, text: str) -> Problem:
    return load(lay(tmp_path, text, {})).problem


SITES = """
relief: 6h
breaks:
  - {name: meal, length: 30m, between: "10:00-14:00"}
sites:
  hospital:
    relief: {max: 4h, step: 15m}
    posts:
      ward: {relief: 2h, needs: [{staff: 1}]}
      hall: {relief: none, needs: [{staff: 1}]}
      tour: {kind: patrol, needs: [{staff: 1}]}
      chief: {kind: command, needs: [{staff: 1}]}
  depot:
    breaks: []
    posts:
      door: {needs: [{staff: 1}]}
"""


def test_the_nearest_relief_holds_and_binds_static_posts(tmp_path: Path) -> None:
    problem = loaded(tmp_path, SITES)
    found = {post.key: post.relief and (post.relief.most, post.relief.step) for post in problem.posts}
    assert found == {
        "hospital/entrance": (240, 15),
        "hospital/ward": (120, 30),
        "hospital/hall": None,
        "hospital/tour": None,
        "hospital/chief": None,
        "depot/door": (360, 30),
    }
    lines = (tmp_path / "ops.yaml").read_text(encoding="utf-8").splitlines()
    door = problem.posts[problem.post_index["depot/door"]].relief
    assert door is not None and lines[door.place.line - 1] == "relief: 6h"


def test_breaks_of_a_site_stand_instead_of_the_operations_and_leave_out_command(tmp_path: Path) -> None:
    problem = loaded(tmp_path, SITES)
    (meal,) = problem.breaks
    assert {problem.posts[post].name for post in meal.posts} == {"entrance", "ward", "hall", "tour"}
    assert len(meal.windows) == 28 and all(end - start == 240 for start, end in meal.windows)


def test_a_break_on_fridays_at_named_posts(tmp_path: Path) -> None:
    text = """
breaks:
  - {name: prayer, length: 15m, between: "11:45-12:45", days: fri, at: hospital/entrance}
"""
    problem = loaded(tmp_path, text)
    (prayer,) = problem.breaks
    assert [problem.zone.day_text(problem.zone.local(start)[0])[:3] for start, _ in prayer.windows] == ["Fri"] * 4


def test_ways_come_from_places_and_from_minutes(tmp_path: Path) -> None:
    text = """
relief: 4h
sites:
  hospital:
    walks: [{between: [entrance, hall], time: 9m}]
    posts:
      entrance: {location: [-6.19440, 106.82290]}
      ward: {location: [-6.19440, 106.82425], needs: [{staff: 1}]}
      hall: {needs: [{staff: 1}]}
"""
    problem = loaded(tmp_path, text)
    at = problem.post_index
    assert problem.walks == {
        (at["hospital/entrance"], at["hospital/ward"]): 2,
        (at["hospital/entrance"], at["hospital/hall"]): 9,
    }, "149 m are 2 minutes"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("relief: 4", "needs a unit"),
        ("relief: {step: 30m}", '"max" is missing'),
        ("relief: {max: 4h, step: 2m}", "at least 5m"),
        ('breaks: [{length: 30m, between: "10:00"}]', "not a window"),
        ('breaks: [{length: 30m, between: "10:00-14:00", at: hospital/entrence}]', 'Did you mean "hospital/entrance"?'),
        ("sites: {hospital: {walks: [{between: [entrance, gate], time: 3m}]}}", 'has no post "gate"'),
        ("sites: {hospital: {posts: {entrance: {unloved: -1}}}}", "at least 0"),
        ("sites: {hospital: {posts: {entrance: {location: [106.8, -6.2]}}}}", "latitude"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        loaded(tmp_path, text)
    assert words in str(refused.value)


def test_what_does_nothing_is_said(tmp_path: Path) -> None:
    path = lay(tmp_path, "sites: {hospital: {posts: {entrance: {unloved: 2}}}}", {})
    assert any("nobody is relieved" in one.message for one in load(path).warnings)
