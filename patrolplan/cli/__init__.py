"""The command line: the only place that writes to the screen or ends the program."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

import patrolplan
from patrolplan.cli.speech import in_language, speaking_as_asked
from patrolplan.cli.versions import show
from patrolplan.errors import EXIT_BUG, EXIT_INPUT, EXIT_TIME, InputError
from patrolplan.language import _

COMMANDS = {
    "solve": "make a roster",
    "check": "audit any roster: cover to the minute, every rule",
    "validate": "check an operation file, without making a roster",
    "postings": "settle who stands where inside a shift, and who relieves whom",
    "show": "look at a roster by site, post, person, day, cover or fairness",
    "export": "write a roster for a spreadsheet or another program",
    "explain": "why gaps are open, what closes them, and why somebody is or is not on a duty",
    "staffing": "how many people are needed, of which kind and when; what a change would save",
    "replan": "repair a roster with the fewest changes; who can step in, who can swap",
    "publish": "publish a roster as a numbered version that what follows takes as given",
    "diff": "who gains and loses which duty between two rosters",
    "rounds": "draw patrol sheets that keep their promises and cannot be foreseen",
    "init": "write a first operation to edit",
    "schema": "print the JSON Schema of the operation file, for editors",
    "rules": "the rules that an operation file may use",
}


class _Commands(click.Group):
    """Commands are loaded when they are called, so that nothing heavy loads before it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"patrolplan.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return in_language(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(words)) for name, words in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show, help="Show the versions.")
def group() -> None:
    """Rosters for places guarded day and night.

    Describe sites, people and rules in a YAML file; solve makes the roster, check audits it.

    Exit codes: 0 done, without gaps. 1 findings: gaps, broken rules, proved infeasible. 2 bad input or usage, nothing
    written. 3 no roster in time. 4 a bug.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the program with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    with speaking_as_asked(given):
        sys.exit(_run(given))


def _run(arguments: list[str]) -> int:
    """Run a command; returns its exit code."""
    try:
        code = in_language(group).main(arguments, prog_name="patrolplan", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        _complain(error, _writes(arguments))
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = EXIT_INPUT
    except (click.Abort, KeyboardInterrupt):
        print(_("Stopped."), file=sys.stderr)
        code = EXIT_TIME
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        print(_("The output cannot be written: {reason}.").format(reason=error.strerror or error), file=sys.stderr)
        code = EXIT_INPUT
    except Exception as error:
        _confess(error)
        code = EXIT_BUG
    return code if isinstance(code, int) else 0


def _writes(arguments: Sequence[str]) -> bool:
    """Whether the command was to write a file."""
    name = next((one for one in arguments if one in COMMANDS), "")
    return name in ("solve", "postings", "replan", "publish", "rounds", "init") or any(
        one.startswith(("-o", "--output")) for one in arguments
    )


def _complain(error: InputError, writes: bool) -> None:
    from patrolplan.terminal import complaints
    from patrolplan.terminal.console import error_console

    complaints.view(error_console(), error, writes=writes)


def _confess(error: Exception) -> None:
    """Say that this is a bug, and where, without a traceback unless asked for."""
    if os.environ.get("PATROLPLAN_TRACEBACK"):
        traceback.print_exc()
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}:{frame.lineno}"
    version = patrolplan.__version__
    what = f"{type(error).__name__}: {error} ({place})"
    lines = (
        _("This is a bug in patrolplan {version}, not in your input: {what}.").format(version=version, what=what),
        _(
            "Files written before are untouched. PATROLPLAN_TRACEBACK=1 before the same command shows where it "
            "happened."
        ),
    )
    print("\n".join(lines), file=sys.stderr)
