"""Any bytes as a document, from the file to the feeds that carry it."""

from collections.abc import Iterable

from lxml import etree
from test_corpus_any import CANARY, PIECES_OF_DOCUMENTS, SECURED, SOURCES, read
from test_formats_golden import FEED

from feeds.config import Configuration
from feeds.corpus.packing import pack_findings, pack_reading, unpack_findings
from feeds.corpus.records import unpack_article
from feeds.formats import feed_formats
from feeds.model import StoredArticle
from feeds.selection.entries import EntryMaker
from feeds.selection.taxonomy import Taxonomy

LONGEST = 3_000
WORDS = PIECES_OF_DOCUMENTS
MAKER = EntryMaker(Taxonomy(Configuration()), {}, {}, {}, "https://x.example/topics/")


def seeds() -> Iterable[bytes]:
    """Give all documents that there are, good and bad."""
    yield from SOURCES


def check(data: bytes) -> None:
    """See that bytes are an article that is kept and fed as it is, or findings; alike each time."""
    reading = read(data)
    assert read(data) == reading
    assert unpack_findings(pack_findings(reading.findings)) == reading.findings
    for fence, secured in SECURED.items():
        if data.startswith(f"{fence}\n{secured}".encode()):
            assert CANARY not in repr(reading)
    packed = pack_reading(reading).article
    if reading.article and packed:
        article = unpack_article(packed.record)
        assert article == reading.article
        entry = MAKER.entry(StoredArticle(1, "urn:x:1", article.published, packed.emitted, article))
        for room in feed_formats():
            document = room.feed(FEED, [room.entry(entry)])
            assert room.name == "json" or len(etree.fromstring(document))
            assert len(room.divide(document).entries) == 1
