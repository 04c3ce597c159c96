"""Instances of the Second International Nurse Rostering Competition: reader and scorer, on the format's own terms.

Nothing here knows patrolplan's rules or its search: what the scorer finds stands beside patrolplan's own audit.
"""
