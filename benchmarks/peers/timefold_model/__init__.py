"""A roster by Timefold, from an operation as plain numbers (`benchmarks.peers.task`).

Runs as a program of its own, ``python -m benchmarks.peers.timefold_model TASK.json ANSWER.json SECONDS SEED``, with a
Python that has the package ``timefold`` and Java 17 or later; it needs nothing of patrolplan. One planning entity for
each person and date, whose value is the work done then (a shift at a post), or nothing; so default moves change a date
of a person, and swap two dates of a person or one date of two people. Construction heuristic and local search are
Timefold's defaults.
"""
