"""``export`` in every format, and what comes back through ``check``, ``solve`` and ``init``."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.conftest import Run, Solved, environment, run_alone
from tests.cli.operations import PEOPLE, read_rows, write_two_sites

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ics


@pytest.fixture
def made(two_sites: Solved, run: Run) -> Any:
    """Exports the roster of two sites."""

    def _made(*arguments: object) -> Any:
        return run("export", two_sites.operation, two_sites.roster, *arguments)

    return _made


def judged(run: Run, operation: Path, roster: object) -> list[dict[str, Any]]:
    """The findings of a roster, without the rows of the file."""
    findings = run("check", operation, roster, "--format", "json").findings
    return [{name: value for name, value in one.items() if name != "row"} for one in findings]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["--excel"], "r.csv"),
        (["--excel", "--language", "id"], "r.csv"),
        (["--names", "initials"], "r.csv"),
        (["--names", "id", "--excel"], "r.csv"),
        (["--to", "xlsx"], "r.xlsx"),
        (["--to", "xlsx", "--names", "initials", "--language", "id"], "r.xlsx"),
        (["--to", "json"], "r.json"),
        (["--to", "json", "--names", "id"], "r.json"),
    ],
)
def test_what_is_exported_is_judged_the_same(
    arguments: list[str], name: str, made: Any, run: Run, two_sites: Solved
) -> None:
    ran = made(*arguments, "-o", name)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert judged(run, two_sites.operation, name) == judged(run, two_sites.operation, two_sites.roster)


def test_a_workbook_is_a_roster_to_begin_with_to_keep_and_to_continue(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder, ("personnel: people.csv", "personnel: people.csv\nhistory: old.xlsx"))
    old = folder / "old.csv"
    old.write_text("person,site,post,shift,start,end\nP01,harbour,gate,night,2025-03-02T19:00,2025-03-03T07:00\n")
    alone = write_two_sites(folder / "x" if (folder / "x").mkdir() is None else folder)
    assert run("export", alone, old, "--to", "xlsx", "-o", "old.xlsx").code == 0
    solved = run("solve", operation, "-o", "r.csv", "--time-limit", "2s", "--quiet")
    assert solved.code in (0, 1)
    first = [row for row in read_rows(folder / "r.csv") if row["person"] == "P01" and row["start"] < "2025-03-03T19"]
    assert first == [], "P01 rests after the night before the operation"
    assert run("export", operation, "r.csv", "--to", "xlsx", "-o", "r.xlsx").code == 0
    again = run("solve", operation, "--start", "r.xlsx", "-o", "s.csv", "--time-limit", "1s", "--quiet")
    assert again.code == solved.code


def test_excel_takes_the_separator_of_the_desk(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LANGUAGE", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for locale, separator in (("de_DE.UTF-8", ";"), ("en_GB.UTF-8", ","), ("C", ",")):
        monkeypatch.setenv("LC_ALL", locale)
        assert made("--excel").out.startswith(f"\ufeffperson{separator}name"), locale
    assert made("--excel", "--language", "id").out.startswith("\ufeffperson;name")
    assert made("--excel", "--layout", "grid", "--language", "id").out.startswith("\ufeffperson;name;rank")


def test_initials_and_numbers_stand_for_names(made: Any) -> None:
    initials = {row["name"] for row in csv.DictReader(io.StringIO(made("--names", "initials").out))}
    assert {"C. 2.", "C. 1. P01", "C. 1. P11"} <= initials
    assert {row["name"] for row in csv.DictReader(io.StringIO(made("--names", "id").out))} == {""}
    text = made("--to", "text", "--date", "2025-03-04", "--names", "id").out
    assert "Contoh" not in text and "P0" in text


def test_an_edited_grid_beside_the_table_is_told(made: Any, run: Run, two_sites: Solved) -> None:
    made("--to", "xlsx", "-o", "r.xlsx")
    book = load_workbook("r.xlsx")
    sheet = book["By person"]
    column = next(cell.column for cell in sheet[1] if str(cell.value).startswith("2025-03-05"))
    sheet.cell(4, column).value = "day depot/door"
    book.save("r.xlsx")
    said = [one for one in judged(run, two_sites.operation, "r.xlsx") if one["code"] == "PP901"]
    assert len(said) == 1
    assert 'the sheet "By person" says "day depot/door" for P03 on 2025-03-05' in said[0]["message"]
    assert 'delete the sheet "Table"' in said[0]["message"]


def test_a_folder_of_calendars(made: Any, folder: Path, two_sites: Solved) -> None:
    assert made("--to", "ics", "-o", "cal", "--alarm", "2h").code == 0
    rows = read_rows(two_sites.roster)
    people = {row["person"] for row in rows}
    assert {path.stem for path in (folder / "cal" / "people").iterdir()} == people
    assert {path.name for path in (folder / "cal" / "sites").iterdir()} == {"harbour.ics", "depot.ics"}
    for person in people:
        text = (folder / "cal" / "people" / f"{person}.ics").read_text(encoding="utf-8")
        found = {(event.begin.isoformat()[:16], event.end.isoformat()[:16]) for event in ics.Calendar(text).events}
        assert found == {(row["start"][:16], row["end"][:16]) for row in rows if row["person"] == person}
        assert text.count("TRIGGER:-PT2H") == len(found)
    before = {path: path.read_bytes() for path in folder.rglob("*.ics")}
    assert made("--to", "ics", "-o", "cal", "--alarm", "2h").code == 0
    assert {path: path.read_bytes() for path in folder.rglob("*.ics")} == before


def test_files_of_others_in_the_folder_stay(made: Any, folder: Path) -> None:
    (folder / "cal" / "sites").mkdir(parents=True)
    (folder / "cal" / "sites" / "depot.ics").write_text("mine", encoding="utf-8")
    assert "was not written by patrolplan" in " ".join(made("--to", "ics", "-o", "cal").refused().split())
    assert [path.name for path in folder.rglob("*.ics")] == ["depot.ics"], "nothing was written"


def test_one_calendar(made: Any, folder: Path, two_sites: Solved) -> None:
    own = [row for row in read_rows(two_sites.roster) if row["person"] == "P02"]
    assert made("--to", "ics", "--person", "P02", "-o", "p.ics").code == 0
    assert len(ics.Calendar((folder / "p.ics").read_text(encoding="utf-8")).events) == len(own)
    assert made("--to", "ics", "--person", "Contoh 2").out == (folder / "p.ics").read_bytes().decode()
    assert made("--to", "ics", "--site", "depot").out.count("BEGIN:VEVENT") == 14
    everybody = made("--to", "ics").out
    assert everybody.count("BEGIN:VEVENT") == len(read_rows(two_sites.roster))
    assert made("--to", "ics", "--person", "P02", "-o", "one").code == 0
    assert [path.name for path in (folder / "one").rglob("*.ics")] == ["P02.ics"]


def test_a_day_for_the_group_chat(made: Any, folder: Path) -> None:
    text = made("--to", "text", "--date", "2025-03-04", "--site", "depot").out
    assert text.startswith("*Tuesday 4 March 2025*\n\n*depot*\n_day 07:00-19:00_\ndoor: Contoh ")
    assert "harbour" not in text
    assert made("--to", "text", "--language", "id", "--date", "2025-03-04").out.startswith("*Selasa 4 Maret 2025*")
    assert made("--to", "text").out.count("2025*") == 7
    pytest.importorskip("typst")
    assert made("--to", "png", "--date", "2025-03-04", "-o", "d.png").code == 0
    assert (folder / "d.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "xlsx"], "needs a file: -o NAME.xlsx"),
        (["--to", "png", "--date", "2025-03-04"], "needs a file: -o NAME.png"),
        (["--to", "png", "-o", "d.png"], "say which with --date"),
        (["--to", "json", "--excel"], "--excel goes with --to csv"),
        (["--to", "xlsx", "-o", "r.xlsx", "--layout", "grid"], "--layout grid goes with --to csv"),
        (["--date", "2025-03-04"], "--date goes with --to text or png"),
        (["--to", "json", "--site", "depot"], "--site goes with --to text or png or ics"),
        (["--to", "text", "--person", "P01"], "--person goes with --to ics"),
        (["--to", "csv", "--alarm", "2h"], "--alarm goes with --to ics"),
        (["--to", "ics", "--alarm", "2"], "needs a unit"),
        (["--to", "ics", "--person", "P01", "--site", "depot"], "not both"),
        (["--to", "ics", "--person", "P99"], 'nobody has the service number or name "P99"'),
        (["--to", "text", "--date", "2026-03-04"], "outside the operation"),
        (["--to", "text", "--site", "depott"], 'Did you mean "depot"?'),
        (["--to", "xls"], "xls"),
        (["--names", "nick"], "nick"),
        (["--language", "de"], "de"),
        (["--to", "xlsx", "-o", "none/r.xlsx"], "the folder does not exist"),
        (["--to", "xlsx", "-o", "."], "this is a folder"),
    ],
)
def test_what_cannot_be_exported(arguments: list[str], words: str, made: Any, folder: Path) -> None:
    said = made(*arguments).refused()
    assert words in " ".join(said.split())
    assert not list(folder.iterdir())


def test_the_roster_itself_is_not_written_over(run: Run, folder: Path, two_sites: Solved) -> None:
    content = two_sites.roster.read_bytes()
    ran = run("export", two_sites.operation, two_sites.roster, "--excel", "-o", two_sites.roster)
    assert ran.code == 2 and two_sites.roster.read_bytes() == content


def test_checking_a_csv_loads_no_library_for_workbooks(two_sites: Solved, folder: Path) -> None:
    program = (
        "import sys; from patrolplan.cli import group\n"
        f"group.main(['check', {str(two_sites.operation)!r}, {str(two_sites.roster)!r}], standalone_mode=False)\n"
        "print([name for name in ('openpyxl', 'xlsxwriter', 'icalendar', 'typst', 'babel') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


# -- show ------------------------------------------------------------------------------------------------------------


def test_clients_and_costs(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    operation = write_two_sites(
        folder,
        ("  timezone: Asia/Pontianak", "  timezone: Asia/Pontianak\n  client: Port authority"),
        ("  depot:\n", "  depot:\n    client: Contoh Ltd\n"),
        ("rules:\n", "rules:\n  - cost: {pay: 1000, night: 25%}\n"),
    )
    roster = folder / "r.csv"
    roster.write_text(
        "person,site,post,shift,start,end\n"
        "P01,depot,door,day,2025-03-03T07:00,2025-03-03T19:00\n"
        "P02,harbour,gate,night,2025-03-03T19:00,2025-03-04T07:00\n"
    )
    lines = [line.split() for line in run("show", operation, roster, "--by", "client").out.splitlines()]
    assert ["Port", "authority", "224", "12", "212", "5.4", "0", "15,000"] in lines
    assert ["Contoh", "Ltd", "168", "12", "156", "7.1", "0", "12,000"] in lines
    assert ["in", "all", "392", "24", "368", "6.1", "0", "27,000"] in lines
    cost = run("show", operation, roster, "--by", "cost").out
    assert "Pay in all 27,000: hours of duty 24,000, premiums 3,000" in cost
    assert ["P02", "Contoh", "2", "full", "12", "12,000", "3,000", "15,000"] in [
        line.split() for line in cost.splitlines()
    ]


def test_costs_without_pay(run: Run, two_sites: Solved) -> None:
    assert "The file has no pay" in run("show", two_sites.operation, two_sites.roster, "--by", "cost").out


# -- init ------------------------------------------------------------------------------------------------------------


def grid_of_hr(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["JADWAL JAGA"])
    sheet.append(["Bulan: Nopember 2024"])
    sheet.append(["No", "NRP", "Nama", "Pangkat", *range(1, 31)])
    for number in range(6):
        cells = ["PMLL"[(day + number) % 4] for day in range(30)]
        sheet.append([number + 1, 80010000 + number, f"=Contoh {number}", "Bripka", *cells])
    sheet.append(["", "", "Jumlah", "", *[3] * 30])
    sheet.append(["P", "=", "Pagi 07.00 - 19.00 WIB"])
    sheet.append(["M", "=", "Malam 19.00 - 07.00 WIB"])
    book.save(path)


def test_init_from_an_old_grid(run: Run, folder: Path) -> None:
    grid_of_hr(folder / "old.xlsx")
    ran = run("init", "new", "--from", "old.xlsx")
    assert (ran.code, ran.err) == (0, "")
    text = (folder / "new" / "ops.yaml").read_text(encoding="utf-8")
    assert '  P: {start: "07:00", end: "19:00"}\n  M: {start: "19:00", end: "07:00", night: true}\n' in text
    assert "  from: 2024-11-01 07:00\n  until: 2024-12-01 07:00\n" in text
    assert "{shift: P, staff: 1}   # 1 to 2 people" in text or "{shift: P, staff: 2}" in text
    people = read_rows(folder / "new" / "people.csv")
    assert [row["id"] for row in people] == [str(80010000 + number) for number in range(6)]
    assert people[0]["name"] == "=Contoh 0" and people[0]["rank"] == "Bripka"
    valid = run("validate", "new/ops.yaml")
    assert (valid.code, valid.err) == (0, "")
    assert run("init", "new", "--from", "old.xlsx").code == 2, "nothing is written over"


def test_init_from_our_own_export_takes_the_old_roster_as_it_was(run: Run, two_sites: Solved) -> None:
    assert run("init", "new", "--from", two_sites.roster).code == 0
    found = run("check", "new/ops.yaml", two_sites.roster, "--format", "json").findings
    assert not [one for one in found if one["code"].startswith("PP9")], "every row is understood"
    assert not [one for one in found if one["severity"] == "hard"]
    assert not [one for one in found if one["code"] == "PP101"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", None, "no such file"),
        ("people.csv", PEOPLE, "not a roster that a draft can be made from"),
        ("empty.csv", "", "empty"),
        ("days.csv", "name,1,2,3,4\nA,D,N,O,D\n", "of which month"),
    ],
)
def test_what_no_draft_is_made_of(name: str, content: str | None, words: str, run: Run, folder: Path) -> None:
    if content is not None:
        (folder / name).write_text(content, encoding="utf-8")
    assert words in " ".join(run("init", "new", "--from", name).refused().split())
    assert not (folder / "new").exists()


def test_a_pipe_gets_the_calendar(two_sites: Solved, folder: Path) -> None:
    ran = run_alone(["export", two_sites.operation, two_sites.roster, "--to", "ics", "--person", "P02"], folder)
    assert ran.code == 0 and ran.out.startswith("BEGIN:VCALENDAR")
    data = run_alone(["export", two_sites.operation, two_sites.roster, "--to", "json"], folder)
    assert len(json.loads(data.out)["stretches"]) == len(read_rows(two_sites.roster))


def test_a_grid_that_was_edited_by_hand_alone_is_read(made: Any, run: Run, two_sites: Solved) -> None:
    made("--to", "xlsx", "-o", "r.xlsx")
    book = load_workbook("r.xlsx")
    for name in book.sheetnames[1:]:
        del book[name]
    sheet = book["By person"]
    book.save("same.xlsx")
    assert judged(run, two_sites.operation, "same.xlsx") == judged(run, two_sites.operation, two_sites.roster)
    column = next(cell.column for cell in sheet[1] if str(cell.value).startswith("2025-03-05"))
    gone = next(row for row in range(2, 14) if str(sheet.cell(row, column).value or "").endswith("depot/door"))
    sheet.cell(gone, column).value = None
    book.save("changed.xlsx")
    gaps = [one for one in judged(run, two_sites.operation, "changed.xlsx") if one["code"] == "PP101"]
    assert [one["post"] for one in gaps] == ["depot/door"]


def test_findings_name_people_as_wished(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder)
    (folder / "r.csv").write_text(
        "person,name,site,post,shift,start,end\nP02,Contoh 3,harbour,gate,night,2025-03-03T19:00,2025-03-04T07:00\n"
    )
    run("export", operation, "r.csv", "--to", "xlsx", "--names", "id", "-o", "r.xlsx")
    book = load_workbook("r.xlsx")
    values = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert not [text for text in values if "Contoh" in text]
    assert [text for text in values if text.startswith('P02 is P02, but the row says "P03"')]


def test_money_is_written_as_the_language_does(run: Run, folder: Path) -> None:
    operation = write_two_sites(folder, ("rules:\n", "rules:\n  - cost: {pay: 1000}\n"))
    roster = folder / "r.csv"
    roster.write_text(
        "person,site,post,shift,start,end\nP01,depot,door,day,2025-03-03T07:00,2025-03-03T19:00\n", encoding="utf-8"
    )
    for side in ("client", "cost"):
        said = run("show", operation, roster, "--by", side, "--language", "id").out
        assert "12.000" in said and "12,000" not in said


@pytest.mark.parametrize("style", ["initials", "id"])
@pytest.mark.parametrize(
    "form", [["--to", "csv"], ["--excel"], ["--to", "json"], ["--to", "xlsx"], ["--to", "html"], ["--layout", "grid"]]
)
def test_what_rows_say_beside_the_roster_is_not_given_away(form: list[str], style: str, run: Run, folder: Path) -> None:
    operation = write_two_sites(folder)
    (folder / "old.csv").write_text(
        "person,name,site,post,shift,start,end,kind,note\n"
        "P01,Nadia Secret,harbour,gate,day,2025-03-03T07:00,2025-03-03T19:00,duty,call Jan Secret 0812-555\n"
        "Jan Secret,,harbour,gate,day,2025-03-03T07:00,2025-03-03T19:00,duty,\n"
        'P02,,harbour,"Jan ""Secret"" post",day,2025-03-03T07:00,2025-03-03T19:00,duty,\n',
        encoding="utf-8",
    )
    ending = next((one for one in ("json", "xlsx", "html") if one in form), "csv")
    assert run("export", operation, "old.csv", *form, "--names", style, "-o", f"new.{ending}").code == 0
    data = (folder / f"new.{ending}").read_bytes()
    if ending == "xlsx":
        with zipfile.ZipFile(folder / "new.xlsx") as parts:
            data = b"".join(parts.read(name) for name in parts.namelist())
    assert b"P01" in data or style == "initials"
    assert b"Secret" not in data and b"0812" not in data
    assert b"Secret" in (folder / "old.csv").read_bytes()
    full = run("export", operation, "old.csv", *(form if form != ["--to", "xlsx"] else []), "--names", "full")
    assert ("0812" in full.out) is (form in (["--to", "csv"], ["--excel"], ["--to", "json"], ["--to", "xlsx"]))


def test_calendars_and_duty_cards_agree_who_relieves_whom(run: Run, folder: Path) -> None:
    """Two come and two go: each relieves one, by service number, and who stays relieves nobody."""
    operation = write_two_sites(folder)
    rows = [
        f"{person},harbour,gate,{shift},2025-03-{times}"
        for shift, times, people in (
            ("day", "03T07:00,2025-03-03T19:00", ("P01", "P02", "P05")),
            ("night", "03T19:00,2025-03-04T07:00", ("P03", "P04", "P05")),
        )
        for person in people
    ]
    (folder / "r.csv").write_text("\n".join(["person,site,post,shift,start,end", *rows, ""]), encoding="utf-8")
    told = {}
    for person in ("P01", "P02", "P03", "P04", "P05"):
        ran = run("export", operation, "r.csv", "--to", "ics", "--person", person, "--names", "id")
        words = " ".join(str(event.description or "") for event in ics.Calendar(ran.out).events)
        told[person] = re.findall(r"(?:relieve|relieved by) (P\d\d(?:, P\d\d)*)\.", words)
    assert told == {"P01": ["P03"], "P02": ["P04"], "P03": ["P01"], "P04": ["P02"], "P05": []}


def test_kinds_of_work_at_some_posts_are_said_in_the_language(run: Run, folder: Path) -> None:
    fairness = "rules:\n  - fairness: {of: [nights], at: harbour/gate}\n"
    operation = write_two_sites(folder, ("rules:\n", fairness))
    (folder / "r.csv").write_text(
        "person,site,post,shift,start,end\nP02,harbour,gate,night,2025-03-03T19:00,2025-03-04T07:00\n"
    )
    assert run("export", operation, "r.csv", "--to", "xlsx", "--language", "id", "-o", "r.xlsx").code == 0
    heads = [str(cell.value) for cell in load_workbook("r.xlsx")["Pemerataan"][1]]
    assert "malam di harbour/gate" in heads, heads
    assert not [head for head in heads if "nights" in head]


@pytest.mark.parametrize("style", ["full", "initials", "id"])
def test_who_signs_and_serves_is_named_as_wished(style: str, run: Run, folder: Path) -> None:
    operation = write_two_sites(folder)
    name = next(line.split(",")[1] for line in PEOPLE.splitlines() if line.startswith("P02,"))
    with operation.open("a", encoding="utf-8") as file:
        file.write(f"signatures:\n  - {{role: Planner, name: {name}}}\n")
    (folder / "r.csv").write_text(
        "person,site,post,shift,start,end\nP02,harbour,gate,night,2025-03-03T19:00,2025-03-04T07:00\n"
    )
    ran = run("export", operation, "r.csv", "--to", "html", "--paper", "annex", "--names", style)
    assert ran.code == 0 and (name in ran.out) is (style == "full")
