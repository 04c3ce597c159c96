"""``patrolplan export --to html|pdf|papers``: the report, and the papers that are handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from patrolplan.cli.choosing import chosen_people, chosen_sites
from patrolplan.cli.output import remark, remark_rows, write_bytes, write_result
from patrolplan.errors import Complaint, InputError, Place
from patrolplan.formats.paper import Paper
from patrolplan.language import _
from patrolplan.papers.names import Names
from patrolplan.plan.files import refuse_bad_target
from patrolplan.plan.loading import load_operation, load_roster, sources_of
from patrolplan.plan.naming import chosen_days
from patrolplan.plan.provenance import origin_of, proof_of
from patrolplan.problem import Problem

MARK = '<meta name="generator" content="patrolplan">'
"""Stands in every page that this program writes."""


def write_html(operation: Path, roster: Path, options: Mapping[str, Any]) -> None:
    """Write the report, or papers where some are named."""
    _refuse_inputs(operation, roster, options)
    if options["papers"]:
        from patrolplan.formats.paper_html import papers_html

        write_result(papers_html(_papers(operation, roster, options, options["papers"])), options["output"])
        return
    from patrolplan.formats.report_html import report_html
    from patrolplan.papers.report import build_report
    from patrolplan.plan.checking import check

    checked = check(operation, roster)
    _refuse_sources(operation, roster, checked.problem, options)
    remark(checked.warnings)
    remark_rows(roster, checked.file.findings)
    report = build_report(
        checked.problem,
        checked.audit,
        names=Names(checked.problem, options["names"]),
        origin=origin_of(operation, roster),
        levels=proof_of(roster),
    )
    text = report_html(report)
    write_result(text, options["output"])


def write_pdf(operation: Path, roster: Path, options: Mapping[str, Any]) -> None:
    """Write papers as PDF, the annex to the duty order where none are named."""
    from patrolplan.formats.paper_pdf import papers_pdf, refuse_without_library

    refuse_without_library()
    _refuse_inputs(operation, roster, options)
    papers = _papers(operation, roster, options, options["papers"] or ("annex",))
    write_bytes(papers_pdf(papers), options["output"])


def write_papers(operation: Path, roster: Path, options: Mapping[str, Any]) -> None:
    """Write a folder of papers, each as HTML, and as PDF where the library for it is there."""
    from patrolplan.formats.paper_html import papers_html
    from patrolplan.formats.paper_pdf import can_make_pdf, papers_pdf
    from patrolplan.papers.kinds import KINDS

    folder: Path | None = options["output"]
    if folder is None:
        raise click.UsageError(_("--to papers writes several files; name a folder with -o."))
    _refuse_bad_folder(folder)
    papers = _papers(operation, roster, options, options["papers"] or tuple(KINDS))
    with_pdf = can_make_pdf()
    content: dict[Path, str | bytes] = {}
    for paper in papers:
        if paper.sheets:
            content[folder / f"{paper.kind}.html"] = papers_html([paper])
            if with_pdf:
                content[folder / f"{paper.kind}.pdf"] = papers_pdf([paper])
    _refuse_foreign(content)
    folder.mkdir(exist_ok=True)
    for path, data in content.items():
        if isinstance(data, str):
            write_result(data, path)
        else:
            write_bytes(data, path)
    _say_written(folder, content, with_pdf)


def _refuse_inputs(operation: Path, roster: Path, options: Mapping[str, Any]) -> None:
    """Say before the work begins that a page would be written over what it is made from, or cannot be written."""
    if options["output"] is not None:
        refuse_bad_target(options["output"], (operation, roster))


def _refuse_sources(operation: Path, roster: Path, problem: Problem, options: Mapping[str, Any]) -> None:
    """The same for the files that the operation names; a folder for papers is none of them."""
    output = options["output"]
    if output is not None and not output.is_dir():
        refuse_bad_target(output, sources_of(operation, problem, roster))


def _refuse_bad_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError([Complaint(_("this is a file; papers go into a folder."), Place(str(folder)))], str(folder))
    if not folder.resolve().parent.is_dir():
        message = _("cannot be written: the folder above it does not exist; make it first.")
        raise InputError([Complaint(message, Place(str(folder)))], str(folder))


def _refuse_foreign(content: Mapping[Path, str | bytes]) -> None:
    """Say before anything is written which files of the folder are not papers of an earlier run."""
    foreign = [path for path in content if path.exists() and not _is_own(path)]
    if foreign:
        message = _("was not written by patrolplan; move it away, or name another folder.")
        raise InputError([Complaint(message, Place(str(path))) for path in foreign], str(foreign[0].parent))


def _is_own(path: Path) -> bool:
    if not path.is_file():
        return False
    start = path.read_bytes()
    return MARK.encode() in start[:4096] if path.suffix == ".html" else b"patrolplan" in start


def _say_written(folder: Path, content: Mapping[Path, str | bytes], with_pdf: bool) -> None:
    click.echo(f"{folder}: {', '.join(path.name for path in content)}", err=True)
    if not with_pdf:
        click.echo(_("For PDF beside the pages: pip install 'patrolplan[paper]'"), err=True)


def _papers(operation: Path, roster: Path, options: Mapping[str, Any], kinds: Sequence[str]) -> list[Paper]:
    from patrolplan.formats.rounds_table import read_visits
    from patrolplan.papers.kinds import KINDS, make_paper
    from patrolplan.papers.scope import Scope
    from patrolplan.tables import read_table

    loaded = load_operation(operation)
    problem = loaded.problem
    _refuse_sources(operation, roster, problem, options)
    remark(loaded.warnings)
    file = load_roster(problem, roster)
    remark_rows(roster, file.findings)
    visits = read_visits(read_table(options["rounds"])) if options["rounds"] is not None else None
    people = chosen_people(options["people"], problem)
    scope = Scope(
        problem,
        file.roster,
        Names(problem, options["names"]),
        chosen_days(problem, options["dates"]),
        chosen_sites(problem, options["sites"]) or range(len(problem.sites)),
        people or range(len(problem.people)),
        origin_of(operation, roster),
        bool(people),
    )
    wanted = [kind for kind in KINDS if kind in kinds]
    papers = [make_paper(kind, scope, visits) for kind in wanted]
    if not any(paper.sheets for paper in papers):
        raise InputError(_("there is nothing to print for these dates, sites and people."))
    return papers
