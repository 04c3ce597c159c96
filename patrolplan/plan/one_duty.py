"""The question why somebody is, or is not, on a duty."""

from __future__ import annotations

from pathlib import Path

from patrolplan.analysis.placing import Placing, placing
from patrolplan.errors import Complaint
from patrolplan.plan.duties import find_duty
from patrolplan.plan.loading import astray_remarks, left_out_remarks, load_operation, load_roster
from patrolplan.plan.naming import person_named
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
        ``POST@DATE:SHIFT``, or the id of a duty of the roster.

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
    problem = loaded.problem
    file = load_roster(problem, roster)
    who, slot = person_named(person, problem), find_duty(problem, file.roster, duty).slot
    remarks = (*left_out_remarks(roster, file), *astray_remarks(problem, roster, file.roster))
    return problem, placing(problem, file.roster, who, slot), (*loaded.warnings, *remarks)
