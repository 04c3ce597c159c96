"""A process beside this one: its answers, and its end."""

from __future__ import annotations

import multiprocessing
import os
import time
from itertools import count

from patrolplan.engine.executors import process_beside


def test_a_process_beside_answers_and_is_gone_when_it_is_left() -> None:
    others = set(multiprocessing.active_children())
    with process_beside() as beside:
        assert beside.submit(divmod, 7, 2).result() == (3, 1)
        (child,) = set(multiprocessing.active_children()) - others
        endless = beside.submit(time.sleep, 600)
        while not endless.running():
            time.sleep(0.01)
    assert child.pid is not None
    patience = count(600, -1)
    while is_there(child.pid) and next(patience):
        time.sleep(0.1)
    assert not is_there(child.pid)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
