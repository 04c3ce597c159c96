"""YAML to values with marks."""

from __future__ import annotations

import pytest

from patrolplan.config.source import parse_yaml, scalar_text
from patrolplan.errors import Complaint, InputError


def _wrong(text: str) -> Complaint:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "ops.yaml")
    return caught.value.complaints[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("0.5", 0.5),
        (".5", 0.5),
        ("off", "off"),
        ("no", "no"),
        ("yes", "yes"),
        ("19:00", "19:00"),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("1e5", "1e5"),
        ("1_000", "1_000"),
        ("2024-11-07", "2024-11-07"),
        ("2024-11-07 07:00:00", "2024-11-07 07:00:00"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ("9" * 30, "9" * 30),
    ],
)
def test_scalars_follow_the_core_rules(text: str, value: object) -> None:
    found = parse_yaml(f"a: {text}\n", "f").plain()["a"]
    assert found == value and type(found) is type(value)


def test_keys_are_text() -> None:
    assert list(parse_yaml("off: 1\nno: 2\n7: 3\nnull: 4\n", "f").plain()) == ["off", "no", "7", "null"]


def test_every_key_and_value_knows_its_place() -> None:
    root = parse_yaml("a:\n  - b: hello\n", "f")
    inner = root.children["a"].entries[0]
    assert str(inner.keys["b"].place) == "f:2:5"
    assert (str(inner.children["b"].mark.place), inner.children["b"].mark.width) == ("f:2:8", 5)


def test_aliases_and_merge_keys() -> None:
    text = "a: &x {p: 1, q: 2}\nb: *x\nc: {<<: *x, q: 3}\nd: {<<: [*x, {r: 4}]}\n"
    plain = parse_yaml(text, "f").plain()
    assert plain["b"] == {"p": 1, "q": 2}
    assert plain["c"] == {"p": 1, "q": 3}
    assert plain["d"] == {"p": 1, "q": 2, "r": 4}


def test_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    found = _wrong("\n".join(lines) + "\n")
    assert "200,000 values" in found.message
    assert found.place.line > 1


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: &a {b: *a}\n"])
def test_an_alias_inside_itself_is_refused(text: str) -> None:
    assert "inside the value that it names" in _wrong(text).message


def test_deep_nesting_is_refused() -> None:
    assert "deep" in _wrong("a: " + "[" * 5000).message


def test_duplicate_key_names_both_lines() -> None:
    found = _wrong("a: 1\nb: 2\na: 3\n")
    assert found.message == 'the key "a" stands twice: in line 1 and in line 3.'
    assert str(found.place) == "ops.yaml:3:1"


@pytest.mark.parametrize("text", ["a:\n\tb: 1\n", "a:\n  b:\n\t- c\n"])
def test_tabs(text: str) -> None:
    found = _wrong(text)
    assert "tab" in found.message and found.place.line == text[: text.index("\t")].count("\n") + 1


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n", "---\n"])
def test_empty_file(text: str) -> None:
    assert "empty" in _wrong(text).message


@pytest.mark.parametrize("text", ["- a\n", "hello\n", "12\n"])
def test_no_mapping_at_the_top(text: str) -> None:
    assert "keys and values" in _wrong(text).message


def test_second_document() -> None:
    found = _wrong("a: 1\n---\nb: 2\n")
    assert "second document" in found.message and found.place.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "a: [1, 2\nb: 3\n",
        "a: {x: 1\n",
        'a: "open\n',
        "a: b: c\n",
        "a: *nobody\n",
        "a: @x\n",
        "a: 1\n  b: 2\n",
        "a: \x01\n",
    ],
)
def test_not_yaml(text: str) -> None:
    found = _wrong(text)
    assert found.place.file == "ops.yaml" and found.place.line >= 1 and found.message.endswith(".")


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!secret", "!!timestamp"])
def test_tags_are_never_constructed(tag: str) -> None:
    assert "tags" in _wrong(f"a: {tag} x\n").message


def test_a_mapping_as_key_is_refused() -> None:
    assert "key" in _wrong("? {a: 1}\n: 2\n").message


@pytest.mark.parametrize(
    "value", [True, None, 12, "off", "no", "07:00", "007", "a: b", "", "x # y", "KPU (city)", "null", "2024-11-07"]
)
def test_written_scalars_read_back(value: object) -> None:
    assert parse_yaml(f"a: {scalar_text(value)}\nb: [{scalar_text(value)}]\n", "f").plain() == {
        "a": value,
        "b": [value],
    }
