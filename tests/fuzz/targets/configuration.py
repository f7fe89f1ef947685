"""Any text as a configuration."""

from collections.abc import Iterable
from datetime import UTC, datetime

from fuzz.kept import text_of
from test_config_load import DATA, KEYS, REPOSITORY, is_told_or_understood, parse

from feeds.errors import ConfigurationError
from feeds.formats import feed_formats
from feeds.model import Published
from feeds.publish.policy import Policy

LONGEST = 1_500
WORDS = [
    *(f"{key}: " for key in KEYS),
    "\n  ",
    "\n- ",
    "{",
    "}",
    "[",
    "]",
    "https://a.example/",
    "true",
    "1h",
]
FEED = Published(
    "topics/\u00fc.atom",
    "application/atom+xml; charset=utf-8",
    "0" * 64,
    1,
    '"0"',
    datetime(2026, 10, 9, tzinfo=UTC),
)


def seeds() -> Iterable[bytes]:
    """Give configurations that are known, good and bad, the long ones in pieces."""
    files = [*sorted(DATA.glob("*.yaml")), REPOSITORY / "config" / "feeds.yaml"]
    for file in files:
        data = file.read_bytes()
        yield data
        lines = [line for line in data.splitlines() if line.strip() and b"# " not in line]
        uncommented = b"\n".join(line.replace(b"#", b"", 1) for line in lines)
        yield from (uncommented[at : at + LONGEST] for at in range(0, len(uncommented), LONGEST))


def check(data: bytes) -> None:
    """See that it is understood, alike each time, or told of, and no header field breaks of it."""
    text = text_of(data)
    assert is_told_or_understood(text)
    try:
        configuration = parse(text)
    except ConfigurationError as error:
        assert error.problems
        return
    assert parse(text) == configuration
    said = Policy(configuration, feed_formats()).said(FEED, FEED.last_modified)
    for name, value in {**said.content_fields, **said.lasting_fields}.items():
        assert f"{name}: {value}".isascii()
        assert f"{name}: {value}".isprintable()
