"""``patrolplan rules``."""

from __future__ import annotations

import click

from patrolplan.errors import InputError, nearest
from patrolplan.language import _


@click.command("rules")
@click.argument("name", required=False)
@click.option("--format", "format_", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
def command(name: str | None, format_: str) -> None:
    """List the rules, or print all about the rule NAME."""
    from patrolplan.formats.rules_markdown import write_catalogue, write_rule
    from patrolplan.rules.specs import SPECS
    from patrolplan.terminal import catalogue
    from patrolplan.terminal.console import output_console

    if name is not None and name not in SPECS:
        raise InputError(_('there is no rule "{name}".{nearest}').format(name=name, nearest=nearest(name, SPECS)))
    if format_ == "markdown":
        click.echo(write_catalogue(SPECS) if name is None else write_rule(SPECS[name]) + "\n", nl=False)
    elif name is None:
        catalogue.view(output_console(), SPECS)
    else:
        catalogue.view_rule(output_console(), SPECS[name])
