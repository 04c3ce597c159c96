"""The language that is spoken is a setting that can be lent and given back."""

import pytest

from patrolplan.language import _, plural, speak, speaking, spoken


def test_english_is_spoken_and_words_stay_as_they_are() -> None:
    assert spoken() == "en"
    assert _("Gaps, worst first") == "Gaps, worst first"
    assert plural("{n} gap", "{n} gaps", 1) == "1 gap"
    assert plural("{n} gap", "{n} gaps", 3) == "3 gaps"


def test_a_language_is_given_back_even_after_a_failure() -> None:
    with pytest.raises(RuntimeError), speaking("id"):
        assert spoken() == "id"
        raise RuntimeError
    assert spoken() == "en"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        speak("xx")
