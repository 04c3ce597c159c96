"""No words that a person reads are left out of the catalogues."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.language.unwrapped import unwrapped

PACKAGE = Path(__file__).parents[2] / "patrolplan"

NOBODY_READS = (
    "cli/__init__.py",  # the list of commands is taken whole
    "config/json_schema.py",  # for editors
    "engine/",
    "formats/junit.py",  # names of cases and suites, which other programs remember
    "formats/rules_markdown.py",  # a page of the documentation
    "formats/sarif.py",  # texts about codes, for viewers
    "model/",
    "plan/drafting.py",  # a first operation file, drafted
    "plan/starting.py",  # a first operation file
)
SPOKEN_IN_THE_ENGINE = ("engine/cluster.py", "engine/conductor.py", "engine/conflict.py", "engine/crew.py")

TECHNICAL = {
    "analysis/fairness.py": ["{} at {}"],
    "formats/daysheet.py": [r"\n#let facts .*"],
    "cli/export.py": ["html --paper", "--layout grid", "{} --paper"],
    "cli/export_pages.py": ["<meta .*>", "{}.(html|pdf)"],
    "formats/paper_html.py": ["default-src .*", r"\.w.*%\}"],
    "formats/report_html.py": ["default-src .*", "'sha256-{}'", "<script .*>"],
    "formats/grid_dates.py": ["[a-zä ]+"],
    "formats/ics.py": ["{}.ics", r"site\n{}\n{}", "{}-{}@patrolplan"],
    "formats/xlsx.py": ["begins with"],
    "formats/xlsx_paper.py": ["{}[dhm: ]+"],
    "analysis/reasons.py": ["could move", "leaves short"],
    "cli/versions.py": [".*{}.*"],  # versions
    "config/editing.py": ["patrolplan: 1", r"extends: \[{}\]", "{}-(elsewhere|what-if)", "MORE-{}-"],
    "config/folder.py": ["{}.yaml"],
    "config/merging.py": ["{}.yaml", "the change"],
    "config/rounds.py": ["4 km/h"],
    "rounds/walks.py": ["no safe step .*"],  # caught, never shown
    "config/people.py": ["[a-z. ]+"],  # headings of tables
    "config/rotations.py": [", weight: {}", r"\{id: {}, pattern: .*"],
    "config/shape.py": ["dates: {}", "during: .*"],
    "config/source.py": [r"\[A-Za-z_\].*", "(mapping|could|did|exceeded|found) .*", "True|False|Null|Yes|No|On|Off"],
    "engine/cluster.py": ["import signal; .*"],
    "language.py": ["[A-Z][a-z]+", "no catalogue for {}", 'the field "{}" of a date pattern is not known'],
    "plan/exporting.py": ["(people|sites)/{}"],
    "plan/old_roster.py": ["[a-z, ]+", r"\(\?<!.*"],
    "plan/files.py": [".{}.{}.tmp", "patrolplan export {} {} --to {} -o {}"],
    "plan/provenance.py": [r"{}, {} \({}\), patrolplan {}"],
    "plan/publishing.py": ["{}-{}.csv"],
    "plan/solving.py": ["{}.{}.csv", "{}.{}-{}.csv"],
    "proof.py": ["level {}", "within {} on level {}"],
    "rules/cost/spec.py": ["{}h per {}"],
    "rules/fields.py": ["[a-z0-9, ]+", "one letter per date, O for off"],
    "terminal/replanview.py": ["patrolplan check {} {}"],
    "terminal/postings.py": ["patrolplan show {} {} --by post"],
    "terminal/summary.py": ["patrolplan (check|show) {} {}( --by site)?"],
    "units.py": ["any {} days"],
}
"""Per file, patterns of texts that are the same in every language."""

EVERYWHERE = re.compile(r"(bold|dim|reverse)( \w+| {})*|[EMdyHm' :.,-]+")
"""Styles, and patterns of dates."""


def sources() -> list[str]:
    """Files whose words a person may read."""
    found = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
    read = [path for path in found if not path.startswith(NOBODY_READS) and not path.endswith("/encode.py")]
    return [*read, *SPOKEN_IN_THE_ENGINE]


@pytest.mark.parametrize("path", sources())
def test_every_sentence_is_marked_for_translation(path: str) -> None:
    text = (PACKAGE / path).read_text(encoding="utf-8")
    allowed = [one.replace("{}", r"\{\}") for one in TECHNICAL.get(path, ())]
    left = [
        f"{path}:{line}: {words}"
        for line, words in unwrapped(text)
        if not EVERYWHERE.fullmatch(words) and not any(re.fullmatch(one, words, re.DOTALL) for one in allowed)
    ]
    assert left == [], "wrap them in _(), with constant words and .format() behind"


def test_sentences_without_a_mark_are_found() -> None:
    source = '''
"""Documentation."""
LABELS = ("Cover", later("Fairness"))
def view(console, posts):
    """More of it."""
    say(console, ("Proof", "bold"), "nothing found", hang=2)
    say(console, "roster", f"{posts} open", f"{posts:,.0f}", _("all is well"), f"{posts}/{posts}")
    raise InputError("no such post")
    command(help="Said by click, which is asked for it.")
    return _("one" if posts == 1 else "many more"), plural(posts, "post"), "PP101", {"key": "value"}
'''
    assert [words for _line, words in unwrapped(source)] == [
        "Cover",
        "Proof",
        "nothing found",
        "roster",
        "{} open",
        "no such post",
    ]
