"""Bad input is answered in plain words with exit code 2, and nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.operations import HEAD, MINIMAL, PEOPLE, TWO_SITES, line_of, write_two_sites

Spoil = Callable[[Path], None]

_ALIASES = "patrolplan: 1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


def listing(folder: Path) -> dict[str, int]:
    """Every file below a folder with its time of change."""
    return {str(path.relative_to(folder)): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def swap(old: str, new: str) -> Spoil:
    assert old in TWO_SITES
    return lambda folder: (folder / "ops.yaml").write_text(TWO_SITES.replace(old, new, 1), encoding="utf-8") and None


def content(name: str, data: bytes) -> Spoil:
    return lambda folder: (folder / name).write_bytes(data) and None


def people(old: str, new: str) -> Spoil:
    assert old in PEOPLE
    return content("people.csv", PEOPLE.replace(old, new, 1).encode())


def huge(name: str) -> Spoil:
    def make(folder: Path) -> None:
        with (folder / name).open("wb") as stream:
            stream.truncate(100 * 1024 * 1024)

    return make


def gone(name: str) -> Spoil:
    return lambda folder: (folder / name).unlink()


def a_folder(name: str) -> Spoil:
    def make(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return make


def presets_in_a_circle(folder: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        (folder / f"{one}.yaml").write_text(f"extends: [{other}.yaml]\n", encoding="utf-8")
    swap("patrolplan: 1", "patrolplan: 1\nextends: [a.yaml]")(folder)


def a_link_outside(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}-outside.yaml"
    outside.write_text("rules: []\n", encoding="utf-8")
    (folder / "inside.yaml").symlink_to(outside)
    swap("patrolplan: 1", "patrolplan: 1\nextends: [inside.yaml]")(folder)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(gone("ops.yaml"), "ops.yaml there is no such file", id="missing"),
        pytest.param(a_folder("ops.yaml"), "ops.yaml this is a folder", id="folder"),
        pytest.param(content("ops.yaml", b""), "the file is empty", id="empty"),
        pytest.param(content("ops.yaml", b"\n# nothing\n"), "the file is empty", id="only a comment"),
        pytest.param(content("ops.yaml", b"{[}"), "ops.yaml:1:", id="not YAML"),
        pytest.param(content("ops.yaml", b"just words"), "must hold keys and values", id="a sentence"),
        pytest.param(content("ops.yaml", b"- 1\n- 2\n"), "must hold keys and values", id="a list"),
        pytest.param(swap("  name: Two", "\tname: Two"), "ops.yaml:3:1 a tab stands in the indentation", id="tab"),
        pytest.param(swap("  timezone:", "  name: Again\n  timezone:"), '"name" stands twice', id="key twice"),
        pytest.param(swap("rules:", "rulse:"), 'Did you mean "rules"?', id="unknown key"),
        pytest.param(swap("requires: [armed]", "requires: [amred]"), 'Did you mean "armed"?', id="unknown reference"),
        pytest.param(swap("shift: night", "shift: nihgt"), 'Did you mean "night"?', id="unknown shift"),
        pytest.param(swap("person: P03", "person: P93"), 'unknown person "P93"', id="unknown person"),
        pytest.param(swap("until: 2025-03-10", "until: 2025-03-01"), "ends (until) before", id="ends before"),
        pytest.param(swap("until: 2025-03-10", "until: 2035-03-10"), "days", id="ten years"),
        pytest.param(swap("needs: [{staff: 1}]", "needs: [{staff: -1}]"), "-1", id="negative staff"),
        pytest.param(swap("needs: [{staff: 1}]", "needs: [{staff: many}]"), "many", id="staff in words"),
        pytest.param(swap("Asia/Pontianak", "Asia/Pontianack"), "Asia/Pontianak", id="unknown time zone"),
        pytest.param(swap("rest: 11h", "rest: 11"), "a bare number needs a unit", id="no unit"),
        pytest.param(people("P02", "P01"), '"P01" is listed twice', id="person twice"),
        pytest.param(people("id,name", "number,name"), "id", id="no column id"),
        pytest.param(people("armed", "amred"), 'Did you mean "armed"?', id="unknown qualification"),
        pytest.param(gone("people.csv"), 'there is no file "people.csv"', id="no people"),
        pytest.param(a_folder("people.csv"), "people.csv", id="people are a folder"),
        pytest.param(content("people.csv", b""), "the file is empty", id="people are empty"),
        pytest.param(content("people.csv", b"\xff\xfe\x00\xd8\x00"), "people.csv", id="people are not text"),
        pytest.param(content("people.csv", b"id,name\nP1,\x80\x81\n"), "not UTF-8", id="people are not UTF-8"),
        pytest.param(huge("ops.yaml"), "100 MB", id="huge operation"),
        pytest.param(huge("people.csv"), "100 MB", id="huge people"),
        pytest.param(content("ops.yaml", bytes(range(256))), "not UTF-8", id="binary"),
        pytest.param(content("ops.yaml", b"PK\x03\x04\x00\x00"), "binary", id="zip"),
        pytest.param(content("ops.yaml", _ALIASES.encode()), "200,000 values", id="alias bomb"),
        pytest.param(content("ops.yaml", b"a: &a [*a]"), "inside the value that it names", id="alias of itself"),
        pytest.param(content("ops.yaml", b"a: " + b"[" * 5000), "nested more than", id="deep"),
        pytest.param(content("ops.yaml", b"a: !!python/object/apply:os.getcwd []"), "tags", id="tag"),
        pytest.param(swap("patrolplan: 1", "patrolplan: 1\nextends: [ops.yaml]"), "extends", id="extends itself"),
        pytest.param(presets_in_a_circle, "extends", id="extends in a circle"),
        pytest.param(swap("patrolplan: 1", "patrolplan: 1\nextends: [../x.yaml]"), "outside the folder", id="parent"),
        pytest.param(swap("patrolplan: 1", "patrolplan: 1\nextends: [/etc/passwd]"), "outside the folder", id="root"),
        pytest.param(swap("people.csv", "../people.csv"), "outside the folder", id="people outside"),
        pytest.param(a_link_outside, "outside the folder", id="link outside"),
        pytest.param(swap("patrolplan: 1", "patrolplan: 2"), "patrolplan: 2", id="later format"),
        pytest.param(swap("patrolplan: 1\n", ""), "patrolplan: 1", id="no format"),
    ],
)
def test_a_bad_operation(spoil: Spoil, words: str, run: Run, folder: Path) -> None:
    write_two_sites(folder)
    (folder / "r.csv").write_text(HEAD, encoding="utf-8")
    spoil(folder)
    before = listing(folder)
    for arguments in (
        ["solve", "ops.yaml", "--time-limit", "1s"],
        ["validate", "ops.yaml"],
        ["validate", "--resolved", "ops.yaml"],
        ["check", "ops.yaml", "r.csv", "--output-file", "found.txt"],
        ["show", "ops.yaml", "r.csv"],
        ["export", "ops.yaml", "r.csv", "-o", "copy.csv"],
    ):
        said = run(*arguments).refused()
        assert words in " ".join(said.split()), said
        writes = arguments[0] == "solve" or "-o" in arguments or "--output-file" in arguments
        assert ("Nothing was written." in said) == writes
    assert listing(folder) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="whoever may read everything is refused nothing")
def test_a_closed_file(run: Run, folder: Path) -> None:
    write_two_sites(folder).chmod(0)
    assert "cannot be read" in run("solve", "ops.yaml").refused()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b"\n\n", "the file is empty", id="blank"),
        pytest.param(b"garbage\nmore garbage\n", "this is not a roster", id="garbage"),
        pytest.param(bytes(range(256)), "not UTF-8", id="binary"),
        pytest.param(b"PK\x03\x04\x00\x00", "binary", id="zip"),
        pytest.param(b"person,start\nP01,1\n", "no column end", id="no end"),
        pytest.param(b"person,person,start,end\n", "stands twice", id="heading twice"),
        pytest.param(b"person,start,end\nP01,1,2,3\n", "4 cells under 3 headings", id="too many cells"),
        pytest.param(b'person,start,end\nP01,"1,2\n', "not a table", id="open quote"),
        pytest.param(b"person,start,end\nP01,03/04/2025 07:00,03/04/2025 19:00\n", "03/04/2025", id="two dates"),
        pytest.param(b'{"roster": []}', "this is not a roster", id="JSON"),
    ],
)
def test_a_bad_roster(data: bytes, words: str, run: Run, folder: Path) -> None:
    write_two_sites(folder)
    (folder / "bad.csv").write_bytes(data)
    before = listing(folder)
    for arguments in (
        ["check", "ops.yaml", "bad.csv", "--output-file", "found.txt"],
        ["show", "ops.yaml", "bad.csv"],
        ["export", "ops.yaml", "bad.csv", "-o", "copy.csv"],
        ["solve", "ops.yaml", "--start", "bad.csv", "--time-limit", "1s"],
        ["solve", "ops.yaml", "--from", "2025-03-06", "--keep", "bad.csv", "--time-limit", "1s"],
    ):
        said = run(*arguments).refused()
        assert words in " ".join(said.split()), said
    assert listing(folder) == before


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_no_roster_at_all(name: str, run: Run, folder: Path) -> None:
    for command in ("check", "show", "export"):
        said = run(command, MINIMAL, name).refused()
        assert "there is no such file" in said or "this is a folder" in said
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--time-limit", "soon"], '"soon" is not a time; write it like 60s'),
        (["--time-limit", "0s"], "is not a time"),
        (["--time-limit", "-5s"], "is not a time"),
        (["--time-limit", "1e9999"], "is not a time"),
        (["--gap", "150%"], "is not a share"),
        (["--gap", "nan"], "is not a share"),
        (["--workers", "0"], "workers"),
        (["--seed", "-1"], "seed"),
        (["--from", "2025-05-01"], "the planned window lies outside the operation"),
        (["--until", "2025-02-01"], "the planned window lies outside the operation"),
        (["--from", "2025-03-06", "--until", "2025-03-05"], "the planned window is empty"),
        (["--from", "tomorrow"], '"tomorrow" is not a date or moment'),
        (["--from", "2025-02-30"], "not a date of the calendar"),
        (["--keep", "none.csv"], "there is no such file"),
        (["--start", "none.csv"], "there is no such file"),
        (["--format", "xml"], "xml"),
    ],
)
def test_bad_options_of_solve(arguments: list[str], words: str, run: Run, folder: Path) -> None:
    write_two_sites(folder)
    before = listing(folder)
    said = run("solve", "ops.yaml", *arguments).refused()
    assert words in " ".join(said.split()), said
    assert listing(folder) == before


def test_validate_judges_every_file(run: Run, folder: Path) -> None:
    write_two_sites(folder)
    (folder / "bad.yaml").write_text("patrolplan: 1\n", encoding="utf-8")
    ran = run("validate", "bad.yaml", "ops.yaml", "none.yaml")
    assert ran.code == 2
    assert "ops.yaml is valid" in ran.out
    assert "bad.yaml" in ran.err and "none.yaml" in ran.err
    assert run("validate", "ops.yaml", MINIMAL).code == 0


def test_all_mistakes_are_told_with_their_lines(run: Run, folder: Path) -> None:
    write_two_sites(folder, ("rest: 11h", "rest: 11"), ("staff: 2", "staff: -2"), people=PEOPLE.replace("P02", "P01"))
    said = run("solve", "ops.yaml").refused()
    assert "3 errors" in said
    for words in ("staff: -2", "rest: 11"):
        assert f"ops.yaml:{line_of(folder / 'ops.yaml', words)}" in said
    assert "people.csv:3" in said
    assert "^" in said


@pytest.mark.parametrize("ending", ["xlsx", "XLS", "ods", "json"])
@pytest.mark.parametrize(
    "command",
    [
        ["solve", "ops.yaml"],
        ["replan", "ops.yaml", "old.csv"],
        ["replan", "ops.yaml", "old.csv", "--swap", "gate@2025-03-03:night=P02"],
        ["postings", "ops.yaml", "old.csv"],
        ["rounds", "ops.yaml", "old.csv"],
    ],
)
def test_csv_is_not_written_under_the_name_of_another_format(
    command: list[str], ending: str, run: Run, folder: Path
) -> None:
    write_two_sites(folder)
    (folder / "old.csv").write_text("person,site,post,shift,start,end\n", encoding="utf-8")
    before = listing(folder)
    said = " ".join(run(*command, "-o", f"new.{ending}").refused().split())
    assert "name a file that ends with .csv, such as new.csv." in said
    kind = "json" if ending == "json" else "xlsx"
    assert (f"patrolplan export ops.yaml new.csv --to {kind} -o new.{kind}" in said) is (command[0] != "rounds")
    assert listing(folder) == before


@pytest.mark.parametrize("name", ["new", "new.", "new.csv", "new.txt"])
def test_any_other_name_is_fine(name: str, run: Run, folder: Path) -> None:
    write_two_sites(folder)
    ran = run("solve", "ops.yaml", "-o", name, "--deterministic", "--workers", "1", "--quiet", "--time-limit", "2s")
    assert ran.code in (0, 1) and (folder / name).read_bytes().startswith(b"person,")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "new.xlsx"], "--to xlsx"),
        (["--excel", "-o", "new.xls"], "--to xlsx"),
        (["--to", "xlsx", "-o", "new.xls"], "name it new.xlsx"),
        (["--to", "xlsx", "-o", "new.csv"], "--to csv"),
        (["--to", "html", "-o", "new.pdf"], "--to pdf"),
        (["--to", "papers", "-o", "new.pdf"], "--to pdf"),
        (["--to", "json", "-o", "new.html"], "--to html"),
    ],
)
def test_export_writes_nothing_under_the_name_of_another_format(
    arguments: list[str], words: str, run: Run, folder: Path
) -> None:
    write_two_sites(folder)
    (folder / "old.csv").write_text("person,site,post,shift,start,end\n", encoding="utf-8")
    before = listing(folder)
    assert words in run("export", "ops.yaml", "old.csv", *arguments).refused()
    assert listing(folder) == before
