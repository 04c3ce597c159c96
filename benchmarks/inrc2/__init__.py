"""Instances of the Second International Nurse Rostering Competition.

`instance` and `score` read and score them on the format's own terms and know nothing of patrolplan's rules. `convert`
writes them as operations, and `audited` takes the same score from patrolplan's audit.
"""
