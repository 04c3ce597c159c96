from __future__ import annotations

import os
from pathlib import Path

import pytest

from patrolplan.errors import InputError
from patrolplan.plan.files import refuse_bad_target


def test_a_new_file_and_one_that_is_there(tmp_path: Path) -> None:
    refuse_bad_target(tmp_path / "r.csv", ())
    (tmp_path / "r.csv").write_text("a")
    refuse_bad_target(tmp_path / "r.csv", (tmp_path / "ops.yaml",))
    refuse_bad_target(Path(os.devnull), ())


def test_a_bare_name_lies_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refuse_bad_target(Path("r.csv"), ())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none/r.csv", "the folder does not exist; make it first"),
        ("file/r.csv", "part of the path is a file"),
        ("folder", "this is a folder"),
        ("ops.yaml", "one of the files that the roster is made from"),
        ("link.csv", "one of the files that the roster is made from"),
        ("folder/../ops.yaml", "one of the files that the roster is made from"),
        ("dangling.csv", "the folder does not exist"),
    ],
)
def test_bad_targets(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for file in ("file", "ops.yaml"):
        (tmp_path / file).write_text("a")
    (tmp_path / "link.csv").symlink_to("ops.yaml")
    (tmp_path / "dangling.csv").symlink_to("gone/r.csv")
    with pytest.raises(InputError, match=words):
        refuse_bad_target(tmp_path / name, (tmp_path / "ops.yaml",))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="whoever may write everywhere is refused nothing")
def test_a_closed_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError, match="may not be written to"):
            refuse_bad_target(tmp_path / "r.csv", ())
    finally:
        tmp_path.chmod(0o700)
