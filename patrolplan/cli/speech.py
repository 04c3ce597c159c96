"""In which language a command speaks, and its help in that language."""

from __future__ import annotations

import copy
import gettext
import inspect
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from patrolplan.language import CATALOGUES, DOMAIN, ENGLISH, LANGUAGES, _, language_of, later, speaking, spoken

_OF_CLICK = (
    later("Aborted!"),
    later("Choose from:\n\t{choices}"),
    later("Commands"),
    later("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    later("Error: {message}"),
    later("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    later("Invalid value for {param_hint}: {message}"),
    later("Invalid value: {message}"),
    later("Missing argument"),
    later("Missing command."),
    later("Missing option"),
    later("No such command {name!r}."),
    later("No such option {name!r}."),
    later("Option {name!r} does not take a value."),
    later("Options"),
    later("Show the version and exit."),
    later("Show this message and exit."),
    later("Try '{command} {option}' for help."),
    later("Positional arguments"),
    later("Usage:"),
    later("default: {default}"),
    later("required"),
    later("{value!r} is not a valid {number_type}."),
    later("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    later("{value} is not in the range {range}."),
)
"""Words of click, which looks them up in the same catalogue."""


def language_option() -> click.Option:
    """The option that every command has; `speaking_as_asked` reads it before anything else."""
    return click.Option(
        ["--language"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help="Of what is printed and of papers. Default: that of the operation file, else of the computer.",
    )


@contextmanager
def speaking_as_asked(arguments: Sequence[str]) -> Iterator[None]:
    """Speak the language of a command while inside, click included.

    That is ``--language``; else English for programs (``--format`` other than text), so that what they read does not
    change with the computer; else what an operation file asks for; else that of the computer.
    """
    asked = _value_of("--language", arguments)
    for_programs = _value_of("--format", arguments) not in ("", "text")
    if asked not in LANGUAGES:
        asked = ENGLISH if for_programs else ""
    with speaking(asked or language_of(os.environ), settled=bool(asked)), _click_speaking():
        yield


def _value_of(option: str, arguments: Sequence[str]) -> str:
    """The last value that an option is given on a command line, empty if none."""
    found = ""
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == option:
            found = arguments[index + 1] if index + 1 < len(arguments) else ""
        elif argument.startswith(f"{option}="):
            found = argument.partition("=")[2]
    return found


def in_language(command: click.Command) -> click.Command:
    """A command with the option of the language, and its help in the language that is spoken."""
    found = copy.copy(command)
    found.params = [_translated(param) for param in command.params]
    if not any("--language" in param.opts for param in command.params):
        found.params.append(_translated(language_option()))
    found.help = translated_help(command.help)
    return found


def translated_help(text: str | None) -> str | None:
    """The help of a command, paragraph by paragraph."""
    return text if text is None or spoken() == ENGLISH else "\n\n".join(map(_, help_paragraphs(text)))


def help_paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text as the catalogue holds them: in one line each, unless marked to keep its lines."""
    found = inspect.cleandoc(text).split("\n\n")
    return [one if "\b" in one else " ".join(one.split()) for one in found if one.strip()]


def _translated(param: click.Parameter) -> click.Parameter:
    if not isinstance(param, click.Option) or not param.help or spoken() == ENGLISH:
        return param
    found = copy.copy(param)
    found.help = _(param.help)
    return found


@contextmanager
def _click_speaking() -> Iterator[None]:
    """Let click find its own words in the catalogue of the language that is spoken."""
    if spoken() == ENGLISH:
        yield
        return
    domain, variable = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, CATALOGUES)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = spoken()
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if variable is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = variable
