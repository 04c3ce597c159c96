"""Papers as one HTML file that prints on A4: no script, and nothing asked of a network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from markupsafe import Markup

from patrolplan.formats.pages import environment, template_text
from patrolplan.formats.paper import Column, Paper

_STEPS = 200
"""Column widths are classes, one for each two-hundredth, so that no style has to stand in an element."""


def papers_html(papers: Sequence[Paper]) -> str:
    """The page as text; every word of the papers is escaped."""
    style = template_text("paper.css") + _widths()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        environment()
        .get_template("paper.html")
        .render(
            papers=papers,
            language=papers[0].language if papers else "en",
            title=" · ".join(
                dict.fromkeys([*(paper.title for paper in papers), *(paper.operation for paper in papers)])
            ),
            style=Markup(style),
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
            column_classes=_column_classes,
        )
    )


def _widths() -> str:
    return "".join(f".w{step}{{width:{100 * step / _STEPS:g}%}}" for step in range(1, _STEPS + 1)) + "\n"


def _column_classes(columns: Sequence[Column]) -> list[str]:
    """The class of each column's width."""
    total = sum(column.share for column in columns)
    return [f"w{max(1, round(_STEPS * column.share / total))}" for column in columns]
