"""Which labels are one topic, and what stands for a topic in a URL."""

import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from feeds.text.slugs import distinct_slug, fold, slug

SLUG = re.compile(r"(?!-)[a-z0-9-]{1,80}(?<!-)")
ANYTHING = st.text(alphabet=st.characters() | st.characters(categories=["Cs", "Mn", "So", "Lo"]))
modest = settings(max_examples=100, deadline=None)


@pytest.mark.case(28)
@pytest.mark.parametrize(
    "labels",
    [
        ("AI", "ai", "Ai", "\uff21\uff29", " AI\u00a0"),
        ("caf\u00e9", "cafe\u0301", "CAF\u00c9"),
        ("Stra\u00dfe", "STRASSE", "STRA\u1e9eE"),
        ("\u0130stanbul", "i\u0307stanbul"),
        ("machine learning", "Machine  Learning", "MACHINE\nLEARNING\u3000"),
        (
            "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
            "\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3",
        ),
    ],
)
def test_labels_of_one_topic_fold_alike(labels: tuple[str, ...]) -> None:
    """Case, width, composition and white space make no other topic and no other slug."""
    assert len({fold(label) for label in labels}) == 1
    assert len({slug(label) for label in labels}) == 1
    assert len({distinct_slug(label) for label in labels}) == 1


def test_folding_every_character_twice_changes_nothing() -> None:
    """For every character of Unicode, folding what is folded changes nothing."""
    for number in range(sys.maxunicode + 1):
        folded = fold(f"a{chr(number)}\u0345\u0308")
        assert fold(folded) == folded, hex(number)


@pytest.mark.case(28)
@given(ANYTHING)
@modest
def test_folding_twice_changes_nothing(label: str) -> None:
    """Folding is idempotent, and gives text in NFKC."""
    folded = fold(label)
    assert fold(folded) == folded
    assert unicodedata.is_normalized("NFKC", folded)


@pytest.mark.case(27)
@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Machine Learning", "machine-learning"),
        ("Healthcare IT News: Machine Learning", "healthcare-it-news-machine-learning"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("#MeToo", "metoo"),
        (".NET", "dot-net"),
        ("ASP.NET", "asp-net"),
        ("Node.js", "node-js"),
        ("R&D", "r-and-d"),
        ("you@home", "you-at-home"),
        ("100%", "100-percent"),
        ("Alzheimer's", "alzheimers"),
        ("Alzheimer\u2019s", "alzheimers"),
        ("CO\u2082", "co2"),
        ("1,000 things", "1000-things"),
        ("\u00c9tats-Unis", "etats-unis"),
        ("\u041c\u043e\u0441\u043a\u0432\u0430", "moskva"),
        ("\u4eba\u5de5\u667a\u80fd", "ren-gong-zhi-neng"),
        ("AI \U0001f600", "ai"),
        ("../x", "x"),
        ("/etc", "etc"),
        ("a/b", "a-b"),
        ("a\\b", "a-b"),
        ("%2e%2e", "percent-2e-percent-2e"),
        ("CON", "con"),
        ("x" * 300, "x" * 80),
        ("word " * 60, "word" + "-word" * 15),
        ("a" * 79 + "-bb", "a" * 79),
    ],
)
def test_a_slug_is_readable(label: str, expected: str) -> None:
    """A slug says what the label says, signs that make names included."""
    assert slug(label) == expected


@pytest.mark.case(27)
@pytest.mark.parametrize("label", ["", ".", "..", "-", "\0", "\U0001f600\U0001f389", "#", "\ud800"])
def test_a_label_without_letters_has_a_slug_of_its_own(label: str) -> None:
    """A label of which nothing is left gets a slug made from its digest."""
    assert re.fullmatch("t-[0-9a-f]{10}", slug(label))
    assert slug(label) != slug(label + "\U0001f680")


@pytest.mark.case(28)
def test_labels_with_one_slug_can_be_told_apart() -> None:
    """Different labels whose slugs are the same have different distinct slugs."""
    labels = ["C", "\u00c7", "C.", "(C)"]
    assert {slug(label) for label in labels} == {"c"}
    distinct = {distinct_slug(label) for label in labels}
    assert len(distinct) == len(labels)
    assert all(re.fullmatch("c-[0-9a-f]{8}", text) for text in distinct)


@pytest.mark.case(27)
@given(ANYTHING | st.text("aA-+#.&@%' \u00e9", max_size=200))
@modest
def test_every_slug_is_a_safe_name(label: str) -> None:
    """Whatever the label, its slugs are lower-case names of at most 80 characters."""
    assert SLUG.fullmatch(slug(label))
    assert SLUG.fullmatch(distinct_slug(label))
    assert slug(label) == slug(fold(label))


@pytest.mark.case(28)
def test_slugs_are_the_same_in_every_process() -> None:
    """A slug does not depend on the seed of hashes."""
    program = "from feeds.text.slugs import *; print(distinct_slug('C\\u00e9'), slug('\\u2603'))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert outputs == {f"{distinct_slug('Cé')} {slug('☃')}\n".encode()}
