"""Which words of a text tell what it is about."""

import unicodedata

import pytest
from hypothesis import given, strategies as st

from feeds.text.words import count_words, telling_words

ANY_TEXT = st.text(max_size=60)


def words(text: str) -> list[str]:
    return list(telling_words(text))


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "... \u2013 !", "the of and", "'"])
def test_a_text_that_says_nothing_has_no_words(text: str) -> None:
    """Nothing, blanks, marks and what stands in any text give nothing."""
    assert words(text) == []


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("The bridge was closed by a storm", ["bridge", "closed", "storm"]),
        ("Die Brücke wurde vom Sturm zerstört", ["brücke", "wurde", "sturm", "zerstört"]),
        ("Le pont est fermé par une tempête", ["pont", "fermé", "tempête"]),
        ("El puente fue cerrado por la tormenta", ["puente", "cerrado", "tormenta"]),
        ("A ponte foi fechada pela tempestade", ["ponte", "fechada", "tempestade"]),
        ("Il ponte è chiuso per la tempesta", ["ponte", "è", "chiuso", "tempesta"]),
        ("De brug is dicht door een storm", ["brug", "dicht", "storm"]),
        ("Мост закрыт", ["мост", "закрыт"]),
        ("다리 폐쇄", ["다리", "폐쇄"]),
    ],
)
def test_words_that_stand_anywhere_are_left_out(text: str, telling: list[str]) -> None:
    """In several languages only what a text is about remains, in its order."""
    assert words(text) == telling


def test_the_same_word_written_otherwise_is_the_same() -> None:
    """Case, width, ligatures, sharp s and composed letters make no difference."""
    assert set(words("WIND Wind wind \uff37\uff29\uff2e\uff24")) == {"wind"}
    assert set(words("Straße STRASSE strasse")) == {"strasse"}
    assert set(words("ﬂight flight")) == {"flight"}
    assert set(words("caf\u00e9 cafe\u0301")) == {"caf\u00e9"}


@pytest.mark.parametrize("apostrophe", ["'", "\u2019"])
def test_possessives_are_the_words_themselves(apostrophe: str) -> None:
    """What belongs to somebody names somebody, of one or of several."""
    assert words(f"Boeing{apostrophe}s Fords{apostrophe} its{apostrophe}s") == ["boeing", "ford"]


def test_plurals_are_the_words_themselves() -> None:
    """An ending that is no plural, or all of a short word, stays."""
    assert words("turbines tempêtes ponts") == ["turbine", "tempête", "pont"]
    assert words("glass virus crisis gas bus") == ["glass", "virus", "crisis", "gas", "bus"]


def test_each_word_comes_as_often_as_it_stands_there() -> None:
    """Words are counted by whoever asks."""
    assert words("Wind, wind and wind-parks") == ["wind", "wind", "wind", "park"]


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("風力発電", ["風力", "力発", "発電"]),
        ("橋。風", ["橋", "風"]),
        ("カナGPU橋脚", ["カナ", "gpu", "橋脚"]),
        ("5G通信", ["5g", "通信"]),
        ("สะพาน", ["สะ", "ะพ", "พา", "าน"]),
    ],
)
def test_scripts_without_spaces_give_pairs(text: str, telling: list[str]) -> None:
    """Where nothing separates words each two characters are one, and a lone one is itself."""
    assert words(text) == telling


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("wind park", 2), ("橋", 0.5), ("風力", 0.5), ("図書館", 1), ("風力 wind", 1.5)],
)
def test_pairs_are_half_a_word(text: str, count: float) -> None:
    """Where pairs stand for words, a word is about two of them."""
    assert count_words(telling_words(text)) == count


def test_names_with_digits_are_words() -> None:
    """What stands between marks is a word whatever it is made of."""
    assert words("GPT4 e3nb 2026") == ["gpt4", "e3nb", "2026"]


@pytest.mark.parametrize("text", ["हिन्दी", "বাংলা", "தமிழ்", "النَّصّ"])
def test_marks_on_letters_do_not_end_a_word(text: str) -> None:
    """A word is one, however many of its letters carry signs."""
    assert len(words(text)) == 1


def test_apostrophes_are_the_same() -> None:
    """A typographic apostrophe is the one of the keyboard."""
    assert words("can\u2019t l\u2019énergie") == words("can't l'énergie")


@given(ANY_TEXT)
def test_any_text_has_words_to_compare(text: str) -> None:
    """Words are not empty, hold no blank, and are the same of what is the same in NFKC."""
    found = words(text)
    assert all(word and not any(sign.isspace() for sign in word) for word in found)
    assert words(unicodedata.normalize("NFKC", text)) == found


@given(st.lists(ANY_TEXT, max_size=4))
def test_words_do_not_depend_on_what_stands_around(texts: list[str]) -> None:
    """Lines one after another have the words of each."""
    assert words("\n".join(texts)) == [word for text in texts for word in words(text)]
