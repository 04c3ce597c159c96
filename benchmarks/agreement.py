"""Whether patrolplan's audit and a scorer that knows nothing of it say the same."""

from __future__ import annotations

import sys
from collections.abc import Callable


def agree(found: object, audited: Callable[[], object]) -> bool:
    """Compare a score with that of the audit; where they differ, or the audit is not understood, say so.

    Parameters
    ----------
    found
        What the scorer says.
    audited
        Takes the score from the audit; a ValueError says that a finding has no meaning in the format.
    """
    try:
        other = audited()
    except ValueError as error:
        print(f"patrolplan's audit is not understood: {error}", file=sys.stderr)
        return False
    if other != found:
        print(f"patrolplan's audit and the scorer differ:\n{other}\n{found}", file=sys.stderr)
        return False
    return True
