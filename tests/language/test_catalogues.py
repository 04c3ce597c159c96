"""The catalogues hold every word of the source, translated, and nothing else; what is compiled is what was edited."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from patrolplan.findings import CODES, UNITS
from patrolplan.language import LANGUAGES, _, speaking
from patrolplan.proof import LEVEL_NAMES, STATUS_WORDS
from patrolplan.rules.binding import RuleSpec
from patrolplan.rules.checks import REASONS
from patrolplan.rules.specs import SPECS
from patrolplan.terminal.catalogue import rule_paragraphs
from translation.catalogues import TRANSLATED, compiled, faults, path_of, read, updated, written
from translation.words import python_words, source_words, template_words


@pytest.fixture(scope="module")
def words() -> Catalog:
    return source_words()


def copy_of(words: Catalog) -> Catalog:
    """Words that a catalogue may take over."""
    found = Catalog()
    for message in words:
        if message.id:
            found.add(message.id, locations=message.locations)
    return found


def contents(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Translations by words, each with its forms."""

    def forms(words: str | Sequence[str]) -> tuple[str, ...]:
        return (words,) if isinstance(words, str) else tuple(words)

    return {forms(message.id): forms(message.string or "") for message in catalogue if message.id}


def test_every_language_but_english_has_a_catalogue() -> None:
    assert set(TRANSLATED) == set(LANGUAGES) - {"en"}
    assert all(path_of(language).exists() for language in TRANSLATED)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_word_of_the_source_is_translated_with_the_same_fields(language: str, words: Catalog) -> None:
    assert list(faults(read(language), words)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_was_edited(language: str) -> None:
    with path_of(language).with_suffix(".mo").open("rb") as file:
        assert contents(read_mo(file)) == contents(read(language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_an_update_has_nothing_to_do(language: str, words: Catalog) -> None:
    assert written(updated(read(language), copy_of(words))) == path_of(language).read_bytes()


def test_words_that_are_counted_have_one_form_for_several() -> None:
    forms: dict[str, set[str]] = {}
    package = Path(__file__).parents[2] / "patrolplan"
    for path in package.rglob("*.py"):
        for found in python_words(path.read_text(encoding="utf-8")):
            if isinstance(found, tuple):
                forms.setdefault(found[0], set()).add(found[1])
    assert {one: many for one, many in forms.items() if len(many) > 1} == {}


def test_faults_are_found() -> None:
    source = Catalog()
    for text in ("new", "{post} is open", " blank", ("{n} gap", "{n} gaps"), "empty", "doubtful"):
        source.add(text)
    catalogue = Catalog("id")
    catalogue.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    catalogue.add("{post} is open", "{pos} kosong")
    catalogue.add(" blank", "kosong")
    catalogue.add(("{n} gap", "{n} gaps"), ("kekurangan",))
    catalogue.add("empty", "")
    catalogue.add("old", "lama")
    catalogue.add("doubtful", "ragu", flags=["fuzzy"])
    assert list(faults(catalogue, source)) == [
        "not in the catalogue: new",
        "no longer in the source: old",
        "other fields in braces than in English: {post} is open",
        "other blanks at its ends than in English:  blank",
        "other fields in braces than in English: {n} gap",
        "not translated: empty",
        "fuzzy: doubtful",
    ]


def test_an_update_takes_new_words_keeps_what_is_translated_and_drops_old_ones() -> None:
    catalogue = Catalog("id")
    catalogue.add("kept", "tetap")
    catalogue.add("old", "lama")
    source = Catalog()
    source.add("kept")
    source.add("new")
    after = updated(catalogue, source)
    assert {message.id: message.string for message in after if message.id} == {"kept": "tetap", "new": None}
    assert b"lama" not in written(after)


def test_a_catalogue_is_begun_with_the_plural_forms_of_its_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("translation.catalogues.CATALOGUES", tmp_path)
    assert read("id").num_plurals == 1
    assert read("pl").num_plurals == 3
    begun = read("id")
    begun.add(("{n} gap", "{n} gaps"), ("{n} kekurangan",))
    spoken = gettext.GNUTranslations(BytesIO(compiled(begun)))
    assert [spoken.ngettext("{n} gap", "{n} gaps", number) for number in (1, 2)] == ["{n} kekurangan"] * 2


SOURCE = '''
TITLE = later("cover gap")
COUNTED = later("{n} member", "{n} members")

@click.command("show")
@click.option("--site", help="Only this site.")
def command():
    """Look at it.

    In more
    words.
    """
    say(_("Gaps, "
          "worst first"), plural(count, "person", "people"), console.plural(2, "day"))
    language.plural("{n} gap", "{n} gaps", 3)
    _("one" if count == 1 else "other")
    _(TITLE)

def helper():
    """Documentation that nobody reads in a terminal."""

COMMANDS = {"solve": "make a roster"}
'''


def test_words_are_found_where_they_are_marked() -> None:
    marked = {
        "cover gap",
        ("{n} member", "{n} members"),
        "Gaps, worst first",
        ("person", "people"),
        ("day", "days"),
        ("{n} gap", "{n} gaps"),
        "one",
        "other",
    }
    of_commands = {"Only this site.", "Look at it.", "In more words.", "make a roster"}
    assert set(python_words(SOURCE)) == marked
    assert set(python_words(SOURCE, is_command=True)) == marked | of_commands


def test_words_of_templates_are_found(tmp_path: Path) -> None:
    template = tmp_path / "card.html"
    template.write_text(
        "<p>{{ _('Duty card') }} {% trans name=name %}For {{ name }}{% endtrans %}</p>\n"
        "{{ plural('{n} gap', '{n} gaps', 2) }}",
        encoding="utf-8",
    )
    assert set(template_words(template)) == {"Duty card", "For %(name)s", ("{n} gap", "{n} gaps")}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_documentation_of_every_rule_is_translated(language: str) -> None:
    for name, spec in SPECS.items():
        fields = [one.description for key, one in spec.model_fields.items() if key not in RuleSpec.model_fields]
        for text in [*rule_paragraphs(spec.__doc__ or ""), *filter(None, fields)]:
            with speaking(language):
                assert _(text) != text, f"{name}: {text}"


@pytest.mark.parametrize("language", TRANSLATED)
def test_titles_of_findings_levels_states_and_units_are_translated(language: str) -> None:
    texts = [*CODES.values(), *LEVEL_NAMES.values(), *STATUS_WORDS.values(), *REASONS.values(), *UNITS]
    with speaking(language):
        known = [text for text in texts if _(text) == text]
    assert set(known) <= {"optimal"}


def test_words_that_are_also_counted_are_found_by_every_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(self: gettext.GNUTranslations, message: str) -> str:
        return str(vars(self)["_catalog"].get(message, message))

    monkeypatch.setattr(gettext.GNUTranslations, "gettext", early)
    with speaking("id"):
        assert _("person") == "personel"
        assert _("no such words anywhere") == "no such words anywhere"
