"""Which faults are planted, and whose tests are to find them."""

from __future__ import annotations

import ast
from pathlib import Path

from benchmarks.mutation import ROOT, arguments, difference, files, own_faults, subject, total, without_meaning
from patrolplan.rules.specs import SPECS

SOURCE = '''
def early(days: list[int], *, first_day: int) -> bool:
    """Whether a day comes too early."""
    return any(day < first_day and day for day in days if day)
'''


def planted() -> set[str]:
    return {difference(SOURCE, fault.applied(SOURCE))[1] for fault in own_faults(SOURCE)}


def test_names_are_swapped_and_conditions_left_out() -> None:
    assert planted() == {
        "return all(day < first_day and day for day in days if day)",
        "return any(day < last_day and day for day in days if day)",
        "return any(True and day for day in days if day)",
        "return any(day < first_day and True for day in days if day)",
        "return any(day < first_day and day for day in days if True)",
    }


def test_arguments_and_statements_are_left_out() -> None:
    source = "def f():\n    add(rule, upper=1)\n"
    changed = {difference(source, fault.applied(source))[1] for fault in own_faults(source)}
    assert changed == {"add(rule)", "pass"}


def test_texts_annotations_and_decorators_are_left_alone() -> None:
    source = '@cached\ndef f(person: int) -> str:\n    return f"{person}"\n'
    assert {span[0] for span in without_meaning(ast.parse(source))} == {(1, 1), (2, 14), (2, 22), (3, 11)}


def test_every_rule_is_tried_on_both_sides() -> None:
    found = list(files(()))
    assert all((ROOT / file).is_file() for file in found)
    assert [subject(file) for file in found[: 2 * len(SPECS)]] == [name for name in SPECS for _ in range(2)]


def test_a_shared_module_is_tested_by_the_rules_that_use_it() -> None:
    chosen = arguments(Path("patrolplan/model/chains.py"), 10)[4]
    assert chosen == "test_settled or [variety: or [variety]"


def test_what_changes_nothing_counts_neither_way() -> None:
    parts = [{"faults": 8, "killed": 6, "equivalent": 1}, {"faults": 2, "killed": 2, "equivalent": 0}]
    assert total(parts) == {"faults": 10, "killed": 8, "equivalent": 1, "kill_rate": 0.889}
