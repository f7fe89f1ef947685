"""What is read, packed for the catalog by whoever reads it."""

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from feeds.catalog.records import unpack_article, unpack_findings
from feeds.corpus.packing import pack_reading, pack_with_digest
from feeds.model import Article, Finding, Image, Person, Provider, Reading, RelatedItem

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TEXTS = st.text(max_size=8)
MOMENTS = st.integers(0, 2**32).map(lambda number: datetime.fromtimestamp(number, UTC))
PROVIDERS = st.builds(Provider, TEXTS, TEXTS)
ARTICLES = st.builds(
    Article,
    *(TEXTS, TEXTS, TEXTS, MOMENTS, PROVIDERS),
    modified=st.none() | MOMENTS,
    content=TEXTS,
    authors=st.tuples() | st.tuples(st.builds(Person, TEXTS, st.none() | TEXTS)),
    topics=st.lists(TEXTS, max_size=3).map(tuple),
    images=st.tuples() | st.tuples(st.builds(Image, TEXTS, st.none() | st.integers(0, 9))),
    related=st.lists(
        st.builds(
            RelatedItem,
            *(TEXTS, TEXTS, st.none() | MOMENTS, st.none() | PROVIDERS),
            st.none() | TEXTS,
        ),
        max_size=2,
    ).map(tuple),
    quality=st.none() | st.integers(),
    withdrawn=st.booleans(),
)
UNSAID = {
    *("path", "explicit_id", "modified", "quality", "heat"),
    *("category", "kind", "listed", "withdrawn"),
}


def as_json(value: object) -> str:
    """Write plain values as JSON, by its own library."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), default=lambda at: int(at.timestamp())
    )


def without_empty(value: object) -> object:
    """Leave out what is empty or not known."""
    if isinstance(value, dict):
        return {
            key: without_empty(item)
            for key, item in value.items()
            if item is not None and item not in ("", ())
        }
    return [without_empty(item) for item in value] if isinstance(value, tuple) else value


@given(ARTICLES)
def test_a_record_is_json(article: Article) -> None:
    """An article is packed as the library for JSON writes it, and its digest is of what is said."""
    record, digest = pack_with_digest(article)
    values = asdict(article)
    assert record == as_json(values)
    assert unpack_article(record) == article
    said = {name: value for name, value in values.items() if name not in UNSAID}
    written = as_json(without_empty(said)).encode()
    assert digest == hashlib.sha256(written).hexdigest()[:32]


def test_what_the_catalog_looks_for_is_packed_beside_the_record() -> None:
    """Addresses are compared in one form, each is listed once, and the later date is the change."""
    url, other = "https://www.a.example/x/?utm_source=y", "http://b.example/1"
    article = Article(
        *("a.md", "T", url, MOMENT, Provider("a.example", "A")),
        modified=MOMENT.replace(year=2020),
        related=(RelatedItem(other, "B"), RelatedItem(f"{other}/", "C")),
    )
    finding = Finding("a.md", 1, 2, "code", "key", "m\u00e9ssage", "warning")
    packed = pack_reading(Reading("a.md", article, (finding,), "digest"))
    assert packed[:3] == ("a.md", "digest", False)
    assert unpack_findings(packed.findings) == (finding,)
    assert packed.article
    assert (packed.article.address, packed.article.mentions) == ("a.example/x", ("b.example/1",))
    assert packed.article.modified == packed.article.published == int(MOMENT.timestamp())
    assert pack_reading(Reading("b.md", None)).article is None
