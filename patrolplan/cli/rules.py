"""``patrolplan rules``."""

from __future__ import annotations

import click

from patrolplan.errors import InputError, nearest


@click.command("rules")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the rules, or print all about the rule NAME."""
    from patrolplan.rules.specs import SPECS
    from patrolplan.terminal import catalogue
    from patrolplan.terminal.console import output_console

    if name is None:
        catalogue.view(output_console(), SPECS)
    elif name not in SPECS:
        raise InputError(f'there is no rule "{name}".{nearest(name, SPECS)}')
    else:
        catalogue.view_rule(output_console(), SPECS[name])
