"""What is read, packed for the catalog by whoever reads it."""

import hashlib
import json
from datetime import UTC, datetime

from conftest import fields_of
from hypothesis import given, strategies as st

from feeds.corpus.packing import pack_reading, unpack_findings
from feeds.corpus.records import (
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
    Gist,
    Image,
    Person,
    Provider,
    Reading,
    RelatedItem,
    replace,
)

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TEXTS = st.text(max_size=8)
# What every article has, and what of anything in it is never empty (test_corpus_any.py).
NAMES = st.text(min_size=1, max_size=8)
NUMBERS = st.integers(-(2**31), 2**31)
MOMENTS = st.integers(0, 2**32).map(lambda number: datetime.fromtimestamp(number, UTC))
PROVIDERS = st.builds(Provider, NAMES, NAMES)
PERSONS = st.builds(Person, NAMES, st.none() | NAMES, st.none() | NAMES)
IMAGES = st.builds(Image, NAMES, st.none() | NUMBERS, st.none() | NUMBERS, TEXTS)
ENCLOSURES = st.builds(Enclosure, NAMES, NAMES, st.none() | NUMBERS, st.none() | NUMBERS, TEXTS)
RELATED = st.builds(
    RelatedItem,
    *(NAMES, NAMES, st.none() | MOMENTS, st.none() | PROVIDERS),
    st.none() | NAMES,
)
ARTICLES = st.builds(
    Article,
    *(NAMES, NAMES, NAMES, MOMENTS, PROVIDERS),
    explicit_id=st.none() | NAMES,
    modified=st.none() | MOMENTS,
    original_url=st.none() | NAMES,
    summary=TEXTS,
    content=TEXTS,
    authors=st.lists(PERSONS, max_size=2).map(tuple),
    topics=st.lists(NAMES, max_size=3).map(tuple),
    images=st.lists(IMAGES, max_size=2).map(tuple),
    enclosures=st.lists(ENCLOSURES, max_size=2).map(tuple),
    player=st.none() | NAMES,
    related=st.lists(RELATED, max_size=2).map(tuple),
    rights=TEXTS,
    category=st.none() | NAMES,
    kind=NAMES,
    language=st.none() | NAMES,
    quality=st.none() | NUMBERS,
    heat=st.none() | NUMBERS,
    listed=st.booleans(),
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
    """A record has all that is not empty, and first what its digest is of, as JSON is written."""
    record, digest = pack_with_digest(article)
    values = fields_of(article)
    said = without_empty({name: value for name, value in values.items() if name not in UNSAID})
    written = as_json(said)
    assert digest == hashlib.sha256(written.encode()).hexdigest()[:32]
    assert record.startswith(f"{written[:-1]},")
    usual = {"listed": True, "withdrawn": False}
    everything = without_empty({k: v for k, v in values.items() if v is not usual.get(k)})
    assert json.loads(record) == json.loads(as_json(everything))


@given(ARTICLES)
def test_a_record_is_read_as_it_was_written(article: Article) -> None:
    """An article comes back as it was, and so does each part of it that is read alone."""
    record, _ = pack_with_digest(article)
    assert unpack_article(record) == article
    gist = unpack_gist(record)
    names = [name for name in Gist.__struct_fields__ if name != "related"]
    assert [getattr(gist, name) for name in names] == [getattr(article, name) for name in names]
    assert gist.links == article.links
    texts = {"path": "", "title": "", "url": "", "original_url": None, "summary": "", "content": ""}
    assert unpack_gist(pack_gist(article)) == replace(gist, **texts, related=())
    subject = unpack_subject(7, record)
    assert subject[:3] == (7, article.path, article.url)
    assert [tuple(item) for item in subject.related] == [
        (
            *(None, False, item.url, item.title),
            None if item.published is None else int(item.published.timestamp()),
            *((item.provider.domain, item.provider.name) if item.provider else (None, None)),
            item.language,
        )
        for item in article.related
    ]


@given(ARTICLES)
def test_a_record_may_say_what_is_empty(article: Article) -> None:
    """Records have had all fields in other versions, which are kept and read all the same."""
    record = as_json(fields_of(article))
    assert unpack_article(record) == article
    assert unpack_gist(record) == unpack_gist(pack_with_digest(article)[0])
    assert unpack_subject(1, record) == unpack_subject(1, pack_with_digest(article)[0])


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
