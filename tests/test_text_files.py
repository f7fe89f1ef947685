"""What is told about files: media types and durations."""

import contextlib

import pytest
from hypothesis import given, strategies as st

from feeds.text.files import check_media_type, guess_media_type, parse_duration


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        ("audio/mpeg", "audio/mpeg"),
        (" Audio/MPEG; codecs=mp3 ", "audio/mpeg"),
        ("application/vnd.apple.mpegurl", "application/vnd.apple.mpegurl"),
        ("image/svg+xml", "image/svg+xml"),
        *((bad, None) for bad in ("", "mp3", "audio", "audio/", "/mpeg", "a/b/c", "audio/mp eg")),
        *((bad, None) for bad in ("audio/mpeg\nX: y", "audïo/mpeg", "*/*", 'a/"b"')),
    ],
)
def test_a_media_type_has_two_names(raw: str, media_type: str | None) -> None:
    """A media type is given in lower case without its parameters; what is none is none."""
    assert check_media_type(raw) == media_type


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://media.example/a.mp3", "audio/mpeg"),
        ("https://media.example/a.b.M4A?x=1#t=2", "audio/x-m4a"),
        ("https://media.example/a.ogg", "audio/ogg"),
        ("https://media.example/a.mp4", "video/mp4"),
        ("https://media.example/a.pdf", "application/pdf"),
        *(
            (url, None)
            for url in (
                "https://media.mp3",
                "https://media.example/a",
                "https://media.example/a.mp3/",
                "https://media.example/?file=a.mp3",
                "https://media.example/page#a.mp3",
                "https://media.example/a.html",
                "https://media.example/a.",
            )
        ),
    ],
)
def test_a_media_type_is_guessed_by_extension(url: str, media_type: str | None) -> None:
    """The extension of a URL's path tells the type, whatever machine this is."""
    assert guess_media_type(url) == media_type


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("75", 75),
        (" 12.9 ", 12),
        ("1:15", 75),
        ("01:15", 75),
        ("90:00", 5400),
        ("1:08:22", 4102),
        ("0:00:07.250", 7),
        ("0", 0),
    ],
)
def test_a_duration_is_read(raw: str, seconds: int) -> None:
    """A duration is seconds, or minutes and seconds, or hours with both."""
    assert parse_duration(raw) == seconds


@pytest.mark.parametrize(
    "raw", ["", "an hour", "1h", "1:60", "1:60:00", "1:2", "-5", "1:00:00:00", "PT5M", "٣", "9" * 9]
)
def test_what_is_no_duration_is_told(raw: str) -> None:
    """Anything else has a message for people."""
    with pytest.raises(ValueError, match="is neither seconds nor MM:SS nor HH:MM:SS"):
        parse_duration(raw)


@given(st.text(max_size=20))
def test_any_text_is_read_or_told(raw: str) -> None:
    """No text is anything but a duration or an error, nor anything but a type or none."""
    assert check_media_type(raw) is None or "/" in raw
    with contextlib.suppress(ValueError):
        assert parse_duration(raw) >= 0
