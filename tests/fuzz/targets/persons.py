"""Any text as an author, a file's type or a duration."""

from collections.abc import Iterable
from contextlib import suppress

import test_text_files
import test_text_people
from fuzz.kept import text_of, tried_in

from feeds.text.files import check_media_type, guess_media_type, parse_duration
from feeds.text.people import check_email, split_person

LONGEST = 200
WORDS = ["<", ">", "(", ")", "@", ".example", "mailto:", "audio/", ";", "1:02:03", "PT1H", ".mp3"]


def seeds() -> Iterable[bytes]:
    """Give lines of all kinds."""
    yield from tried_in(test_text_people)
    yield from tried_in(test_text_files)
    yield b"Ada <ada@a.example>"
    yield b"ada@a.example (Ada)"
    yield b"audio/mpeg; codecs=x"
    yield b"1:02:03"
    yield b"https://a.example/b.mp3?c"


def check(data: bytes) -> None:
    """See that parts of a line were in it, and what is checked stays the same."""
    line = text_of(data)
    name, email = split_person(line)
    assert name in line
    assert email in line
    for raw in (line, email):
        checked = check_email(raw)
        assert checked is None or (checked.isprintable() and check_email(checked) == checked)
    media_type = check_media_type(line)
    assert media_type is None or check_media_type(media_type) == media_type
    guessed = guess_media_type(line)
    assert guessed is None or check_media_type(guessed) == guessed
    with suppress(ValueError):
        assert parse_duration(line) >= 0
