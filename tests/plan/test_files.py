from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from patrolplan.errors import InputError
from patrolplan.plan.files import sha256_text, write_atomic


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    write_atomic(path, "ä\n")
    write_atomic(path, b"b\r\n")
    assert path.read_bytes() == b"b\r\n"
    assert [one.name for one in tmp_path.iterdir()] == ["r.csv"]


def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("a")
    path.chmod(0o640)
    write_atomic(path, "b")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_atomic(tmp_path / "r.csv", "b")
    finally:
        os.umask(before)
    assert (tmp_path / "r.csv").stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("a")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_atomic(tmp_path / "link.csv", "b")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "b"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.csv"
    path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="the disk is full"):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["r.csv"]


def test_an_interrupt_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.csv"
    path.write_text("old")

    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, "new")
    assert [one.name for one in tmp_path.iterdir()] == ["r.csv"]


def test_plain_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder does not exist"):
        write_atomic(tmp_path / "none" / "r.csv", "a")
    with pytest.raises(InputError, match="folder, not a file"):
        write_atomic(tmp_path, "a")
    (tmp_path / "file").write_text("a")
    with pytest.raises(InputError, match="cannot be written"):
        write_atomic(tmp_path / "file" / "r.csv", "a")


def test_what_is_no_regular_file_is_written_to() -> None:
    write_atomic(Path(os.devnull), "a")


def test_hash() -> None:
    assert (
        sha256_text("abc") == sha256_text(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
