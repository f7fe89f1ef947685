"""Which names are nearly others."""

import pytest

from feeds.text.places import Places
from feeds.text.spelling import is_near, nearest


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("titel", "title"),
        ("topcis", "topics"),
        ("publishdDateTime", "publishedDateTime"),
        ("publisheddDateTime", "publishedDateTime"),
        ("web-url", "webUrl"),
        ("WEBURL", "webUrl"),
        ("published_date_time", "publishedDateTime"),
        ("licence", "license"),
        ("nmae", "name"),
        ("ulr", "url"),
        ("sumary", "summary"),
    ],
)
def test_a_slip_is_seen(name: str, known: str) -> None:
    """One letter within a name, two that are swapped, case and hyphens make no other name."""
    assert is_near(name, known)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("topic", "topics"),
        ("image", "images"),
        ("publisher", "published"),
        ("draft", "drift"),
        ("data", "date"),
        ("dates", "date"),
        ("mdate", "date"),
        ("subtitle", "title"),
        ("uri", "url"),
        ("guid", "gid"),
        ("ampWebUrl", "webUrl"),
        ("publishedDate", "publishedDateTime"),
        ("head", "heat"),
        ("", "title"),
        ("title", ""),
    ],
)
def test_another_word_is_none(name: str, known: str) -> None:
    """Another ending or beginning, another letter of a short name, or more is another word."""
    assert not is_near(name, known)


def test_the_first_of_several_is_meant() -> None:
    """Of names that are all near, the one that is named first is given."""
    assert nearest("weburl", ["title", "webUrl", "WebURL"]) == "webUrl"
    assert nearest("nothing", ["title", "webUrl"]) is None


def test_places_are_found_whatever_lines_end_with() -> None:
    """A line and column lead to an index and back, and a byte order mark counts for nothing."""
    text = "\ufeffab\r\ncd\re\nf"
    places = Places(text)
    for place, char in {(1, 1): "a", (1, 2): "b", (2, 2): "d", (3, 1): "e", (4, 1): "f"}.items():
        assert text[places.offset(*place)] == char
        assert places.of(places.offset(*place)) == place
    for line in (0, 5):
        with pytest.raises(IndexError):
            places.offset(line, 1)
