"""Employee shift scheduling instances of Curtois and Qu (2014).

`instance` and `score` read and score them on the format's own terms and know nothing of patrolplan's rules. `convert`
writes them as operations, and `audited` takes the same score from patrolplan's audit.
"""
