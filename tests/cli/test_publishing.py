"""Published versions, their log, and what takes them as given."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run
from tests.cli.operations import read_rows, write_rows
from tests.cli.test_replanning import week

Publish = Callable[..., Ran]


@pytest.fixture
def publish(run: Run) -> Publish:
    def call(operation: Path, roster: Path | str, until: str = "2020-03-06", *more: str) -> Ran:
        return run("publish", operation, roster, "--until", until, "--by", "Iptu Contoh", *more, "--format", "json")

    return call


def log_of(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "ops.published" / "log.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_versions_are_numbered_hashed_and_hold_what_starts_before(run: Run, publish: Publish, folder: Path) -> None:
    operation, roster = week(folder)
    first = publish(operation, roster)
    assert first.code == 0 and first.data["status"] == "published" and first.data["replaces"] is None
    path = Path(first.data["written"])
    assert path.parent == operation.with_name("ops.published") and path.name.startswith("0001-")
    rows = read_rows(path)
    assert {one["start"][:10] for one in rows} == {f"2020-03-0{day}" for day in range(2, 6)} and len(rows) == 8
    (entry,) = log_of(folder)
    assert (entry["number"], entry["by"], entry["until"]) == (1, "Iptu Contoh", "2020-03-06T06:00+07:00")
    assert entry["roster"][:12] in path.name and entry["previous"] == "" and entry["at"].endswith("Z")
    assert publish(operation, roster).data["status"] == "unchanged" and len(log_of(folder)) == 1


def test_the_log_says_who_changed_what_and_is_chained(run: Run, publish: Publish, folder: Path) -> None:
    operation, roster = week(folder)
    publish(operation, roster)
    rows = read_rows(roster)
    next(one for one in rows if one["start"].startswith("2020-03-03") and one["shift"] == "day")["person"] = "P05"
    write_rows(folder / "edited.csv", rows)
    second = publish(operation, "edited.csv", "2020-03-06", "--note", "Ani is ill")
    (change,) = second.data["changes"]
    assert (change["from"], change["to"], change["date"]) == ("P01", "P05", "2020-03-03")
    one, two = log_of(folder)
    assert two["previous"] == one["hash"] and two["note"] == "Ani is ill" and two["changes"][0]["from"] == "P01"
    told = run("publish", operation, "--log")
    assert told.code == 0 and "2 versions, unbroken" in told.out and "P01, now P05" in told.out
    assert [entry["number"] for entry in run("publish", operation, "--log", "--format", "json").data["versions"]] == [
        1,
        2,
    ]


def damage_entry(folder: Path) -> None:
    log = folder / "ops.published" / "log.jsonl"
    log.write_text(log.read_text(encoding="utf-8").replace("Iptu Contoh", "Ipda Contoh", 1), encoding="utf-8")


def remove_entry(folder: Path) -> None:
    log = folder / "ops.published" / "log.jsonl"
    log.write_text("".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")


def cut_entry(folder: Path) -> None:
    log = folder / "ops.published" / "log.jsonl"
    log.write_text(log.read_text(encoding="utf-8")[:-40], encoding="utf-8")


def edit_version(folder: Path) -> None:
    path = sorted((folder / "ops.published").glob("000*.csv"))[-1]
    path.write_text(path.read_text(encoding="utf-8").replace("P01", "P05", 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_entry, "log.jsonl:1 the log cannot be trusted: this entry was changed"),
        (remove_entry, "log.jsonl:1 the log cannot be trusted: this entry does not follow the one before"),
        (cut_entry, "log.jsonl:2 the log cannot be trusted: this line is not JSON"),
        (edit_version, "this is version 2, and it was changed after it was published"),
    ],
)
def test_what_was_changed_afterwards_is_noticed_everywhere(
    run: Run, publish: Publish, folder: Path, damage: Callable[[Path], None], words: str
) -> None:
    operation, roster = week(folder)
    publish(operation, roster, "2020-03-05")
    publish(operation, roster, "2020-03-06")
    damage(folder)
    published = operation.with_name("ops.published")
    for arguments in (
        ("publish", operation, "--log"),
        ("check", operation, published),
        ("solve", operation, "--keep", published),
        ("replan", operation, published),
        ("diff", operation, published, roster),
    ):
        said = run(*arguments).refused()
        assert "".join(words.split()) in "".join(said.split()), said


def test_a_roster_that_breaks_a_hard_rule_is_published_only_by_force(run: Run, publish: Publish, folder: Path) -> None:
    operation, roster = week(folder)
    rows = read_rows(roster)
    next(one for one in rows if one["start"].startswith("2020-03-03") and one["shift"] == "day")["person"] = "P02"
    write_rows(folder / "bad.csv", rows)
    refused = publish(operation, "bad.csv")
    assert refused.code == 1 and refused.data["status"] == "refused" and refused.data["written"] is None
    assert not operation.with_name("ops.published").exists()
    assert "--force" in run("publish", operation, "bad.csv", "--until", "2020-03-06", "--by", "X").out
    forced = publish(operation, "bad.csv", "2020-03-06", "--force")
    assert forced.code == 0 and log_of(folder)[0]["hard_findings"] == len(forced.data["hard_findings"]) > 0


def test_what_follows_keeps_the_last_version(run: Run, publish: Publish, folder: Path) -> None:
    operation, roster = week(folder)
    publish(operation, roster)
    published = operation.with_name("ops.published")
    ran = run("solve", operation, "--keep", published, "-o", "next.csv", "--time-limit", "1s", "--quiet")
    assert ran.code == 0, ran.err
    before = [one for one in read_rows(folder / "next.csv") if one["start"] < "2020-03-06T06"]
    version = sorted(published.glob("*.csv"))[0]
    assert [(one["person"], one["start"]) for one in before] == [
        (one["person"], one["start"]) for one in read_rows(version)
    ]
    assert run("check", operation, "next.csv", "--require-fresh").code == 0
    later = run(
        "solve", operation, "--keep", published, "--from", "2020-03-07", "-o", "later.csv", "--time-limit", "1s"
    )
    assert "version 1 ends Fri 6 Mar 06:00; nothing between" in " ".join(later.err.split())
    assert run("diff", operation, published, "next.csv", "--exit-code").code == 0
    assert run("diff", operation, published, version, "--exit-code").code == 0


def test_a_version_is_judged_and_repaired_as_far_as_it_goes(run: Run, publish: Publish, folder: Path) -> None:
    operation, roster = week(folder)
    publish(operation, roster)
    published = operation.with_name("ops.published")
    assert run("check", operation, published, "--require-fresh").code == 0
    ran = run("replan", operation, published, "--absent", "P01=2020-03-03", "-o", "new.csv", "--format", "json")
    assert ran.code == 0 and ran.data["changes"] == 1
    assert max(one["start"] for one in read_rows(folder / "new.csv")) < "2020-03-06T06"
    for form in ("csv", "html"):
        assert run("export", operation, published, "--to", form, "-o", f"paper.{form}").code == 0
    late = run("replan", operation, published, "--absent", "P05=2020-03-08")
    assert "version 1 is published until 2020-03-06" in " ".join(late.refused().split())
    with operation.open("a", encoding="utf-8") as stream:
        stream.write("  - shift_streak: {shift: night, max: 3}\n")
    stale = run("check", operation, published, "--require-fresh", "--format", "json")
    assert stale.code == 1 and "changed since the roster was made: ops.yaml" in stale.findings[0]["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--until", "2020-03-06"), "publish needs --by"),
        (("--by", "X"), "publish needs --until"),
        (("--until", "2020-03-01", "--by", "X"), "outside the operation"),
        (("--until", "2020-03-06", "--by", "  "), "what follows --by is empty"),
    ],
)
def test_publishing_says_what_is_missing(run: Run, folder: Path, arguments: tuple[str, ...], words: str) -> None:
    operation, roster = week(folder)
    ran = run("publish", operation, roster, *arguments)
    assert ran.code == 2 and words in " ".join(ran.err.split()), ran.err
    assert not operation.with_name("ops.published").exists()


def test_no_command_writes_over_a_version(run: Run, publish: Publish, folder: Path) -> None:
    operation, roster = week(folder)
    path = Path(publish(operation, roster).data["written"])
    for arguments in (("solve", operation), ("replan", operation, roster)):
        assert "published versions, which are never changed" in " ".join(run(*arguments, "-o", path).refused().split())
    empty = folder / "empty"
    empty.mkdir()
    assert "no roster was published" in " ".join(run("check", operation, empty).refused().split())
    lock = operation.with_name("ops.published") / ".publishing"
    lock.touch()
    assert "somebody else is publishing" in " ".join(publish(operation, roster, "2020-03-07").refused().split())
    lock.unlink()
    assert publish(operation, roster, "2020-03-07").code == 0 and not lock.exists()


def test_another_log_beside_a_roster_is_no_concern(run: Run, folder: Path) -> None:
    operation, roster = week(folder)
    (folder / "log.jsonl").write_text("not ours\n", encoding="utf-8")
    assert run("check", operation, roster).code == 0
    assert run("replan", operation, roster, "-o", "new.csv").code == 0
