"""``export --to html|pdf|papers`` as it is typed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.conftest import Run, environment
from tests.cli.operations import write_two_sites
from tests.papers.harbour import ARABIC, HEBREW, NAMES, write_harbour

KINDS = ("annex", "site", "card", "handover", "occurrence", "patrol", "command")


@pytest.fixture(autouse=True)
def _harbour(folder: Path) -> None:
    write_harbour(folder)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_report_shows_the_gaps_of_check(run: Run, folder: Path) -> None:
    assert run("export", "ops.yaml", "roster.csv", "--to", "html", "-o", "r.html").code == 0
    page = (folder / "r.html").read_text(encoding="utf-8")
    marked = re.findall(
        r'data-code="(\w+)" data-at="([^"]*)" data-short="(\d+)" data-from="([^"]*)" data-until="([^"]*)"', page
    )
    checked = run("check", "ops.yaml", "roster.csv", "--format", "json").findings
    gaps = [one for one in checked if one["severity"] == "gap"]
    for one in gaps:
        missing = round(one["required"] - one["actual"])
        assert any(
            (code, place, int(short)) == (one["code"], one["post"], missing)
            and start <= one["from"] < one["until"] <= end
            for code, place, short, start, end in marked
        ), one
    assert len(gaps) >= len(marked) == 4
    told = " ".join(run("check", "ops.yaml", "roster.csv").out.split())
    for place, when in re.findall(r"<bdi>([^<]*)</bdi></h3>\s*<p class=\"when\">([^<]*) <strong>", page):
        assert f"{place} {when.strip()}" in told


def test_indonesian_pages(run: Run) -> None:
    report = run("export", "ops.yaml", "roster.csv", "--to", "html", "--language", "id").out
    assert '<html lang="id">' in report and "Sen" in report
    card = run("export", "ops.yaml", "roster.csv", "--to", "html", "--paper", "annex", "--language", "id").out
    assert "Senin 3 Maret 2025" in card


def test_report_goes_to_standard_output_and_repeats_itself(run: Run) -> None:
    first = run("export", "ops.yaml", "roster.csv", "--to", "html")
    assert first.code == 0 and first.out.startswith("<!doctype html>")
    assert run("export", "ops.yaml", "roster.csv", "--to", "html").out == first.out


@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_as_pdf(kind: str, run: Run, folder: Path) -> None:
    arguments = ("--to", "pdf", "--paper", kind, "--date", "2025-03-04")
    assert run("export", "ops.yaml", "roster.csv", *arguments, "-o", "p.pdf").code == 0
    pdf = PdfReader(folder / "p.pdf")
    wide = kind in ("site", "command")
    sizes = {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pdf.pages}
    assert sizes == {(842, 595) if wide else (595, 842)}
    for page in pdf.pages:
        text = squeezed(page.extract_text())
        assert "RESTRICTED" in text and f"of{len(pdf.pages)}" in text and "roster.csv" in text
        assert "/Annots" not in page
    assert not any(name in pdf.trailer["/Root"] for name in ("/OpenAction", "/AA"))


def test_equal_input_gives_equal_pdf(run: Run, folder: Path) -> None:
    for name in ("p.pdf", "q.pdf"):
        run("export", "ops.yaml", "roster.csv", "--to", "pdf", "-o", name)
    assert (folder / "p.pdf").read_bytes() == (folder / "q.pdf").read_bytes()


def test_names_of_all_kinds_stand_in_the_pdf(run: Run, folder: Path) -> None:
    run("export", "ops.yaml", "roster.csv", "--to", "pdf", "-o", "p.pdf")
    text = squeezed("".join(page.extract_text() for page in PdfReader(folder / "p.pdf").pages))
    for name in (
        '=HYPERLINK("http://x")',
        "<script>alert(1)</script>",
        "#set text(red) *bold* $x$",
        "{{ 7*7 }}",
        "abcgnp.exe",
    ):
        assert squeezed(name) in text
    for name in (ARABIC, HEBREW):
        assert all(letter in text for letter in squeezed(name)), name
    assert "\u202e" not in text


def test_several_papers_in_one_file(run: Run, folder: Path) -> None:
    arguments = ["--paper", "command", "--paper", "card", "--date", "2025-03-04", "--site", "depot"]
    assert run("export", "ops.yaml", "roster.csv", "--to", "html", *arguments, "-o", "p.html").code == 0
    page = (folder / "p.html").read_text(encoding="utf-8")
    assert re.findall(r'<article class="sheet (\w+)', page) == ["card", "command"]
    assert run("export", "ops.yaml", "roster.csv", "--to", "pdf", *arguments, "-o", "p.pdf").code == 0
    assert len(PdfReader(folder / "p.pdf").pages) == 2


def test_a_folder_of_papers(run: Run, folder: Path) -> None:
    ran = run("export", "ops.yaml", "roster.csv", "--to", "papers", "--date", "2025-03-04", "-o", "papers")
    assert (ran.code, ran.out) == (0, "")
    names = sorted(path.name for path in (folder / "papers").iterdir())
    assert names == sorted(f"{kind}.{ending}" for kind in KINDS for ending in ("html", "pdf"))
    assert "annex.html" in ran.err
    assert run("export", "ops.yaml", "roster.csv", "--to", "papers", "--paper", "card", "-o", "papers").code == 0


def test_a_folder_with_somebody_elses_files_is_left_alone(run: Run, folder: Path) -> None:
    (folder / "papers").mkdir()
    (folder / "papers" / "card.html").write_text("<p>mine</p>", encoding="utf-8")
    said = run("export", "ops.yaml", "roster.csv", "--to", "papers", "--paper", "card", "-o", "papers").refused()
    assert "was not written by patrolplan" in said and "card.html" in said and "Nothing was written." in said
    assert [path.name for path in (folder / "papers").iterdir()] == ["card.html"]


def test_without_the_library_for_pdf(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    said = run("export", "ops.yaml", "roster.csv", "--to", "pdf", "-o", "p.pdf").refused()
    assert "pip install 'patrolplan[paper]'" in " ".join(said.split())
    ran = run("export", "ops.yaml", "roster.csv", "--to", "papers", "--date", "2025-03-04", "-o", "papers")
    assert ran.code == 0 and "pip install 'patrolplan[paper]'" in ran.err
    assert {path.suffix for path in (folder / "papers").iterdir()} == {".html"}


@pytest.mark.parametrize("paper", ["", "card", "command", "annex"])
@pytest.mark.parametrize("style", ["initials", "id"])
def test_names_that_are_not_to_be_known(style: str, paper: str, run: Run) -> None:
    arguments = ["--names", style, *(["--paper", paper] if paper else [])]
    page = run("export", "ops.yaml", "roster.csv", "--to", "html", *arguments).out
    assert "Contoh J." not in page and ARABIC not in page and "HYPERLINK" not in page
    assert "555-1" not in page
    assert ("P04" in page) == (style == "id")


def test_rounds_are_printed_only_where_they_are_given(run: Run, folder: Path) -> None:
    rounds = "date,duty,team,zone,checkpoint,arrive,leave\n2025-03-03,P03/2025-03-03/day,A,q,crane,07:05,07:10\n"
    (folder / "rounds.csv").write_text(rounds, encoding="utf-8")
    patrol = ("export", "ops.yaml", "roster.csv", "--to", "html", "--paper", "patrol")
    assert "crane" in run(*patrol, "--rounds", "rounds.csv").out
    assert "crane" not in run(*patrol).out
    run("export", "ops.yaml", "roster.csv", "--to", "papers", "-o", "papers")
    assert not any(b"crane" in path.read_bytes() for path in (folder / "papers").glob("*.html"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "paper"], "'paper' is not one of"),
        (["--to", "pdf", "--paper", "cards"], "'cards' is not one of"),
        (["--to", "papers"], "name a folder with -o"),
        (["--to", "papers", "-o", "roster.csv"], "this is a file; papers go into a folder"),
        (["--to", "papers", "-o", "none/papers"], "does not exist"),
        (["--to", "html", "-o", "ops.yaml"], "one of the files that the roster is made from"),
        (["--to", "pdf", "-o", "roster.csv"], "one of the files that the roster is made from"),
        (["--to", "html", "-o", "none/r.html"], "the folder does not exist"),
        (["--to", "html", "--date", "2025-03-04"], "html --paper or pdf or papers"),
        (["--to", "csv", "--paper", "card"], "--paper goes with"),
        (["--to", "html", "--rounds", "rounds.csv"], "--rounds goes with --to html --paper"),
        (["--to", "pdf", "--rounds", "none.csv"], "there is no such file"),
        (["--to", "pdf", "--date", "2025-04-04"], "outside the operation"),
        (["--to", "pdf", "--site", "depott"], 'Did you mean "depot"?'),
        (["--to", "pdf", "--person", "P77"], "nobody has the service number"),
        (["--to", "html", "--paper", "patrol", "--site", "depot"], "there is nothing to print"),
        (["--to", "html", "--names", "short"], "'short' is not one of"),
    ],
)
def test_what_cannot_be_exported(arguments: list[str], words: str, run: Run, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    said = run("export", "ops.yaml", "roster.csv", *arguments).refused()
    assert words in " ".join(said.split())
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_a_roster_with_rows_that_are_not_understood(run: Run, folder: Path) -> None:
    with (folder / "roster.csv").open("a", encoding="utf-8") as stream:
        stream.write("P99,harbour,gate,day,2025-03-03T07:00+07:00,2025-03-03T19:00+07:00,,duty\n")
    for arguments in (["--to", "html", "-o", "r.html"], ["--to", "pdf", "-o", "r.pdf"]):
        ran = run("export", "ops.yaml", "roster.csv", *arguments)
        assert ran.code == 0 and "roster.csv:30" in ran.err and "P99" in ran.err


def test_what_pages_need_is_loaded_only_for_pages(folder: Path) -> None:
    listening = (
        "import sys, json\nfrom patrolplan.cli import main\n"
        "for arguments in json.loads(sys.argv[1]):\n"
        "    try: main(arguments)\n"
        "    except SystemExit: pass\n"
        "    print('LOADED', sorted({'jinja2', 'babel', 'typst', 'ortools', 'numpy'} & set(sys.modules)))\n"
    )
    commands = [
        ["--help"],
        ["export", "--help"],
        ["check", "ops.yaml", "roster.csv"],
        ["export", "ops.yaml", "roster.csv"],
    ]
    commands.append(["export", "ops.yaml", "roster.csv", "--to", "pdf", "-o", "p.pdf"])
    done = subprocess.run(
        [sys.executable, "-c", listening, json.dumps(commands)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    loaded = [line for line in done.stdout.splitlines() if line.startswith("LOADED")]
    assert loaded[:4] == ["LOADED []"] * 4
    assert "typst" in loaded[4] and "ortools" not in loaded[4]


@pytest.mark.parametrize("kind", KINDS)
def test_an_operation_that_names_no_letterhead_ranks_or_tasks(kind: str, run: Run) -> None:
    write_two_sites(Path())
    rows = "P01,harbour,gate,day,2025-03-03T07:00+07:00,2025-03-03T19:00+07:00,,duty\n"
    Path("roster.csv").write_text("person,site,post,shift,start,end,duty,kind\n" + rows, encoding="utf-8")
    arguments = ("export", "ops.yaml", "roster.csv", "--paper", kind)
    if kind == "patrol":
        assert "nothing to print" in run(*arguments, "--to", "html").refused()
        return
    assert run(*arguments, "--to", "html").code == run(*arguments, "--to", "pdf", "-o", "p.pdf").code == 0
    assert PdfReader("p.pdf").pages


def test_every_name_stands_on_the_pages(run: Run) -> None:
    page = run("export", "ops.yaml", "roster.csv", "--to", "html").out
    assert all(
        name.split()[0].replace("<", "&lt;").replace('"', "&#34;").replace(">", "&gt;") in page for name in NAMES[:2]
    )
