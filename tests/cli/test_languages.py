"""In which language a command speaks: the option over the file over the locale; programs always get English."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patrolplan.language import spoken
from tests.cli.conftest import Run, Solved, run_alone
from tests.cli.operations import MINIMAL, write_two_sites

INDONESIAN = ("operation:\n", "operation:\n  language: id\n")
ENGLISH = ("operation:\n", "operation:\n  language: en\n")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch, _plain_environment: None) -> None:
    monkeypatch.setenv("COLUMNS", "300")


def said(run: Run, path: Path, *more: object) -> str:
    """The language in which `validate` speaks."""
    out = run("validate", path, *more).out
    assert ("is valid" in out) != ("sah" in out), out
    return "en" if "is valid" in out else "id"


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "id_ID.UTF-8"}, "id"),
        ({"LANG": "id"}, "id"),
        ({"LC_MESSAGES": "id_ID", "LANG": "en_US.UTF-8"}, "id"),
        ({"LC_ALL": "C", "LC_MESSAGES": "id_ID", "LANG": "id_ID"}, "en"),
        ({"LC_ALL": "", "LANG": "id_ID@latin"}, "id"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_locale_decides_where_nothing_else_does(
    variables: dict[str, str], language: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert said(run, MINIMAL) == language
    assert spoken() == "en"


def test_the_file_comes_before_the_locale_and_the_option_before_the_file(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "id").mkdir()
    (folder / "en").mkdir()
    in_indonesian, in_english = write_two_sites(folder / "id", INDONESIAN), write_two_sites(folder / "en", ENGLISH)
    assert said(run, in_indonesian) == "id"
    assert said(run, in_indonesian, "--language", "en") == "en"
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    assert said(run, in_english) == "en"
    assert said(run, in_english, "--language=id") == "id"


def test_each_of_several_files_is_judged_in_its_own_language(run: Run, folder: Path) -> None:
    (folder / "id").mkdir()
    (folder / "none").mkdir()
    files = write_two_sites(folder / "id", INDONESIAN), write_two_sites(folder / "none")
    lines = run("validate", *files, MINIMAL).out.splitlines()
    assert [("sah" in line, "is valid" in line) for line in lines if "ops.yaml" in line or "minimal" in line] == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_complaints_are_in_the_language_that_the_broken_file_asks_for(run: Run, folder: Path) -> None:
    path = write_two_sites(folder, INDONESIAN, ("shift: night, max: 3", "shift: nigth, max: 3"))
    text = run("validate", path).refused()
    assert 'shift "nigth" tidak dikenal. Maksud Anda "night"?' in " ".join(text.split())
    assert "bukan operasi yang sah: 1 kesalahan" in text


def test_usage_errors_and_help_are_in_the_language(run: Run) -> None:
    text = " ".join(run("check", "--language", "id", "--fail-on", "x", "a", "b").refused().split())
    assert "Pemakaian:" in text and "bukan salah satu dari 'hard', 'gap', 'any'." in text
    text = " ".join(run("--language", "id", "chek").refused().split())
    assert "Kesalahan: Tidak ada perintah 'chek'." in text
    text = " ".join(run("check", "--help", "--language", "id").out.split())
    assert "Memeriksa ROSTER terhadap berkas operasi OPS" in text and "Abaikan yang berakhir" in text
    assert "Audit ROSTER against the operation file OPS" in " ".join(run("check", "--help").out.split())


def test_a_language_without_a_catalogue_is_refused(run: Run) -> None:
    assert "'xx' is not one of 'en', 'id'." in run("validate", MINIMAL, "--language", "xx").refused()


def test_every_command_takes_a_language(run: Run) -> None:
    from patrolplan.cli import COMMANDS

    for name in COMMANDS:
        assert "--language [en|id]" in run(name, "--help").out, name


def test_programs_get_english_unless_a_language_is_asked_for(
    two_sites: Solved, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = ("check", two_sites.operation, two_sites.roster)
    english = run(*check, "--format", "json")
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    assert run(*check, "--format", "json").out == english.out
    asked = run(*check, "--format", "json", "--language", "id")
    assert asked.code == english.code
    for one, other in zip(english.findings, asked.findings, strict=True):
        words = ("message", "title", "accepted")
        assert {key: one[key] for key in one if key not in words} == {
            key: other[key] for key in one if key not in words
        }
        assert one["message"] != other["message"] and one["title"] != other["title"]


@pytest.mark.parametrize("more", [(), ("--layout", "grid"), ("--to", "json")])
def test_tables_for_programs_are_the_same_in_every_language(two_sites: Solved, run: Run, more: tuple[str, ...]) -> None:
    export = ("export", two_sites.operation, two_sites.roster, *more)
    assert run(*export, "--language", "id").out == run(*export).out


def test_the_roster_of_a_search_is_the_same_in_every_language(two_sites: Solved, folder: Path) -> None:
    arguments = ["solve", two_sites.operation, "-o", "r.csv", "--deterministic", "--seed", "1", "--workers", "1"]
    ran = run_alone([*arguments, "--language", "id"], folder)
    assert (folder / "r.csv").read_bytes() == two_sites.roster.read_bytes()
    assert "Jadwal jaga ditulis ke r.csv" in ran.out and "membaca aturan" in ran.err
    mine, theirs = (json.loads(path.read_text()) for path in (folder / "r.csv.json", beside(two_sites.roster)))
    assert {key: mine[key] for key in ("status", "levels")} == {key: theirs[key] for key in ("status", "levels")}


def beside(roster: Path) -> Path:
    return roster.with_name(roster.name + ".json")


def test_babel_is_loaded_for_another_language_only(folder: Path) -> None:
    program = (
        "import sys\nfrom patrolplan.cli import main\ntry:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        "print('babel' in sys.modules)\n"
    )
    import subprocess
    import sys

    from tests.cli.conftest import environment

    found = []
    for more in ((), ("--language", "id")):
        command = [sys.executable, "-c", program.format(arguments=["validate", str(MINIMAL), *more])]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True, timeout=60)
        found.append(done.stdout.splitlines()[-1])
    assert found == ["False", "True"]
