"""Every kind of paper by its name."""

from __future__ import annotations

from collections.abc import Sequence

from patrolplan.formats.paper import Paper
from patrolplan.formats.rounds_table import Visit
from patrolplan.papers.annex import annex
from patrolplan.papers.cards import duty_cards
from patrolplan.papers.command_chart import command_charts
from patrolplan.papers.patrol import patrol_sheets
from patrolplan.papers.scope import Scope
from patrolplan.papers.site_roster import site_rosters
from patrolplan.papers.watches import handover_sheets, occurrence_pages

KINDS = {
    "annex": annex,
    "site": site_rosters,
    "card": duty_cards,
    "handover": handover_sheets,
    "occurrence": occurrence_pages,
    "patrol": patrol_sheets,
    "command": command_charts,
}
"""Kinds of papers, in the order in which they are printed."""


def make_paper(kind: str, scope: Scope, visits: Sequence[Visit] | None = None) -> Paper:
    """A paper of one kind, in the language that is spoken.

    Parameters
    ----------
    visits
        The rounds for patrol sheets, if they are to be printed.
    """
    return patrol_sheets(scope, visits) if kind == "patrol" else KINDS[kind](scope)
