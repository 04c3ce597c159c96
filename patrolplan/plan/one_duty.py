"""The question why somebody is, or is not, on a duty."""

from __future__ import annotations

from pathlib import Path

from patrolplan.analysis.placing import Placing, placing
from patrolplan.errors import Complaint
from patrolplan.plan.loading import load_operation, load_roster
from patrolplan.plan.naming import duty_named, person_named
from patrolplan.problem import Problem


def explain_duty(
    operation: Path, roster: Path, person: str, duty: str
) -> tuple[Problem, Placing, tuple[Complaint, ...]]:
    """Say why somebody is, or is not, on a duty.

    Parameters
    ----------
    person
        Service number, name or part of it.
    duty
        ``POST@DATE:SHIFT``.

    Returns
    -------
    tuple
        The facts, the answer, and what deserves a look about the operation.

    Raises
    ------
    InputError
        If a file cannot be read, or a name is not known.
    """
    loaded = load_operation(operation)
    who, slot = person_named(person, loaded.problem), duty_named(duty, loaded.problem)
    answer = placing(loaded.problem, load_roster(loaded.problem, roster).roster, who, slot)
    return loaded.problem, answer, loaded.warnings
