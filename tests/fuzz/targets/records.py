"""Any text as what the catalog has kept of an article, of findings, or of a feed's history."""

from collections.abc import Iterable
from datetime import UTC, datetime

from feeds.catalog.records import pack_history, unpack_history
from feeds.corpus.packing import pack_findings, unpack_findings
from feeds.corpus.records import (
    Unreadable,
    pack_gist,
    pack_with_digest,
    unpack_article,
    unpack_gist,
    unpack_subject,
)
from feeds.model import (
    Article,
    Enclosure,
    Finding,
    History,
    Image,
    Person,
    Provider,
    RelatedItem,
)

LONGEST = 1_500
MOMENT = datetime(2026, 10, 9, 8, 7, 6, tzinfo=UTC)
FULL = Article(
    *("a.md", "T", "https://a.example/b", MOMENT, Provider("a.example", "A")),
    modified=MOMENT,
    summary="s",
    content="<p>c</p>",
    authors=(Person("P", "p@a.example", "https://a.example/p"),),
    topics=("x", "y"),
    images=(Image("https://a.example/i", 1, 2, "i"),),
    enclosures=(Enclosure("https://a.example/e", "audio/mpeg", 3, 4, "e"),),
    related=(RelatedItem("https://b.example/r", "R", MOMENT, Provider("b.example", "B"), "en"),),
    quality=1,
    heat=2,
)
WORDS = [
    '":',
    ",",
    "null",
    "true",
    "1e9",
    "Infinity",
    "NaN",
    "-1",
    "[",
    "]",
    "{",
    "}",
    '"\\u',
    "1" * 30,
]


def seeds() -> Iterable[bytes]:
    """Give records of all kinds."""
    yield pack_with_digest(FULL)[0].encode()
    yield pack_gist(FULL).encode()
    yield pack_findings((Finding("a.md", 1, 2, "code", "key", "message", "warning"),)).encode()
    yield pack_history(History('"a"', {'"b"': 5, '"c"': 2**80})).encode()


def check(data: bytes) -> None:
    """See that a record is read alike each time, or is unreadable, and nothing else."""
    record = data.decode("utf-8", "replace")
    for again in (an_article, a_gist, a_subject, findings, a_history):
        try:
            again(record)
        except Unreadable as problem:
            assert str(problem)


def an_article(record: str) -> None:
    """Read an article twice."""
    article = unpack_article(record)
    assert unpack_article(record) == article


def a_gist(record: str) -> None:
    """Read a gist twice."""
    assert unpack_gist(record) == unpack_gist(record)


def a_subject(record: str) -> None:
    """Read what coverage begins with twice."""
    assert unpack_subject(1, record) == unpack_subject(1, record)


def findings(record: str) -> None:
    """Read findings, and write them."""
    found = unpack_findings(record)
    assert unpack_findings(pack_findings(found)) == found


def a_history(record: str) -> None:
    """Read a history, and write it."""
    history = unpack_history('"a"', record)
    assert unpack_history('"a"', pack_history(history)) == history
