"""What clients get for their contract, and what the roster costs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from patrolplan.analysis.clients import Delivery, deliveries
from patrolplan.analysis.earnings import Income, budgets, incomes, pay_at_sites, pay_rules, total
from patrolplan.audit import complete
from patrolplan.language import _, figures
from patrolplan.problem import Problem
from patrolplan.roster import Roster
from patrolplan.terminal.console import number_text, say, shorten
from patrolplan.terminal.coverview import share_text
from patrolplan.terminal.table import Column, print_table

_NAME = 32


def view_clients(
    console: Console,
    problem: Problem,
    roster: Roster,
    sites: Sequence[int] | None = None,
    days: Sequence[int] | None = None,
) -> None:
    """Print contracted, delivered and open hours of every client and site, with pay and premiums if the file has any.

    Parameters
    ----------
    sites
        Indices of sites; None for all, and for what several ask for together.
    days
        Consecutive date ordinals; None for the whole operation.
    """
    found = [one for one in deliveries(problem, roster, days) if sites is None or one.site in sites]
    clients = list(dict.fromkeys(one.client for one in found))
    has_clients = any(clients)
    lines: list[tuple[str, list[Delivery], str]] = []
    for client in clients:
        own = [one for one in found if one.client == client]
        if has_clients:
            lines.append((client or _("no client"), own, "bold"))
        lines += [(("  " if has_clients else "") + _place(problem, one), [one], "") for one in own]
    if len(lines) > 1:
        lines.append((_("in all"), found, "bold"))
    print_table(console, _columns(lines))
    say(console, (_("Person-hours of staff: contracted by the needs, delivered of these, and on duty beyond."), "dim"))
    if any(one.site is None for one in found):
        say(console, (_("What several sites ask for together is beyond what each asks for by itself."), "dim"))
    if pay_rules(problem):
        words = _("Pay with premiums of the duties at each site, without overtime; show --by cost has all of it.")
        say(console, (words, "dim"))


def _place(problem: Problem, one: Delivery) -> str:
    return _("several sites together") if one.site is None else problem.sites[one.site].title


def _columns(lines: Sequence[tuple[str, list[Delivery], str]]) -> list[Column]:
    def hours(pick: str) -> list[str]:
        return [number_text(sum(getattr(one, pick) for one in own) / 60) for _name, own, _style in lines]

    styles = [style for _name, _own, style in lines]
    lacking = [any(one.open for one in own) for _name, own, _style in lines]
    red = ["bold red" if is_open else style for is_open, style in zip(lacking, styles, strict=True)]
    columns = [
        Column(_("client") + " / " + _("site"), [shorten(name, _NAME) for name, _own, _s in lines], 0, False, styles),
        Column(_("contracted"), hours("contracted"), styles=styles),
        Column(_("delivered"), hours("delivered"), styles=styles),
        Column(_("open"), hours("open"), styles=red),
        Column("%", [_share(own) for _name, own, _style in lines], rank=2, styles=styles),
        Column(_("beyond"), hours("beyond"), rank=3, styles=styles),
    ]
    if any(one.pay is not None for _name, own, _style in lines for one in own):
        paid = [figures(f"{sum(one.pay or 0 for one in own):,}") for _name, own, _style in lines]
        columns.append(Column(_("pay"), paid, rank=1, styles=styles))
    return columns


def _share(own: Sequence[Delivery]) -> str:
    asked, missing = sum(one.contracted for one in own), sum(one.open for one in own)
    return share_text(1 - missing / asked).removesuffix(" %") if asked else ""


def view_costs(
    console: Console,
    problem: Problem,
    roster: Roster,
    people: Sequence[int] | None = None,
    days: Sequence[int] | None = None,
) -> None:
    """Print what is paid in all, at every site, and to everybody, most first.

    Parameters
    ----------
    people
        Indices of people, who alone are shown then; None for everybody.
    days
        Consecutive date ordinals, without overtime then; None for the whole operation.
    """
    if not pay_rules(problem):
        say(console, _("The file has no pay: give people a pay, or add the rule cost (patrolplan rules cost)."))
        return
    found = incomes(problem, roster, days)
    shown = found if people is None else [one for one in found if one.person in people]
    if people is None:
        _print_sums(console, problem, found, days is None)
        console.print()
        _print_sites(console, problem, roster, found, days)
        console.print()
    print_table(console, _person_columns(problem, sorted(shown, key=lambda one: (-one.earned.total, one.person))))
    if days is not None:
        say(console, (_("Without overtime, which is counted over whole periods."), "dim"))


def _print_sites(
    console: Console, problem: Problem, roster: Roster, found: Sequence[Income], days: Sequence[int] | None
) -> None:
    at_sites = pay_at_sites(problem, complete(problem, roster), days) or {}
    overtime = total(found).overtime
    rows = [(problem.sites[site].title, pay) for site, pay in at_sites.items() if site is not None and pay]
    rows.sort(key=lambda row: -row[1])
    rows += [(_("without a site"), at_sites[None])] if at_sites.get(None) else []
    rows += [(_("overtime"), overtime)] if overtime else []
    places = Column(_("site"), [shorten(name, _NAME) for name, _pay in rows], right=False)
    print_table(console, [places, Column(_("pay"), [figures(f"{pay:,}") for _name, pay in rows])])


def _print_sums(console: Console, problem: Problem, found: Sequence[Income], with_budgets: bool) -> None:
    sums = total(found)
    parts = (
        (sums.basic, _("hours of duty")),
        (sums.premiums, _("premiums")),
        (sums.standby, _("standby")),
        (sums.overtime, _("overtime")),
    )
    listed = ", ".join(f"{name} " + figures(f"{amount:,}") for amount, name in parts if amount)
    say(
        console,
        (_("Pay in all {amount}").format(amount=figures(f"{sums.total:,}")), "bold"),
        f": {listed}" if listed else "",
    )
    for budget in budgets(problem) if with_budgets else ():
        left = budget - sums.basic - sums.premiums - sums.standby
        words = (
            _("Budget {budget}, without overtime: {amount} left")
            if left >= 0
            else _("Budget {budget}, without overtime: {amount} above it")
        )
        line = words.format(budget=figures(f"{budget:,}"), amount=figures(f"{abs(left):,}"))
        say(console, (line, "" if left >= 0 else "bold red"))


def _person_columns(problem: Problem, found: Sequence[Income]) -> list[Column]:
    people = [problem.people[one.person] for one in found]
    columns = [
        Column(_("person"), [shorten(who.id, 16) for who in people], right=False),
        Column(_("name"), [shorten(who.name, 24) for who in people], rank=2, right=False),
        Column(_("contract"), [shorten(who.contract, 10) for who in people], rank=5, right=False),
        Column(_("hours"), [number_text(one.minutes / 60) for one in found]),
        Column(_("basic"), [figures(f"{one.earned.basic:,}") for one in found], rank=1),
        Column(_("premiums"), [figures(f"{one.earned.premiums:,}") for one in found], rank=1),
    ]
    if any(one.earned.standby for one in found):
        columns.append(Column(_("standby"), [figures(f"{one.earned.standby:,}") for one in found], rank=4))
    if any(one.earned.overtime for one in found):
        columns.append(Column(_("overtime"), [figures(f"{one.earned.overtime:,}") for one in found], rank=3))
    return [*columns, Column(_("pay"), [figures(f"{one.earned.total:,}") for one in found])]
