"""Readings packed as the catalog keeps them, by the process that read them.

Several processes read documents and one stores what they read: what one can do for another is
done here, so that only text and numbers are sent.
"""

import json
from typing import NamedTuple

from feeds.corpus.records import Unreadable, pack_gist, pack_with_digest, seconds
from feeds.model import Article, FileStamp, Finding, Reading, asdict
from feeds.text.urls import comparable


class PackedArticle(NamedTuple):
    """An article: what it is found by, its gist and record, a digest of what feeds say of it.

    `published` and `modified` are in seconds since 1970, `modified` is when the document says
    that it last changed. `mentions` are the addresses that it lists as related, where anybody
    refers to documents.
    """

    address: str
    published: int
    modified: int
    emitted: str
    gist: str
    record: str
    explicit_id: str | None
    mentions: tuple[str, ...]
    listed: bool
    withdrawn: bool


class PackedReading(NamedTuple):
    """What reading one file gave, as `Reading` has it; findings are JSON."""

    path: str
    digest: str
    unchanged: bool
    is_lost: bool
    findings: str
    article: PackedArticle | None
    stays: bool = False
    stamp: FileStamp | None = None


def pack_reading(reading: Reading, *, refers: bool = True) -> PackedReading:
    """Pack what was read of a document, with what it mentions where anybody `refers` to that."""
    article = reading.article
    return PackedReading(
        reading.path,
        reading.digest,
        reading.unchanged,
        reading.is_lost,
        pack_findings(reading.findings),
        _packed(article, refers=refers) if article else None,
        reading.stays,
        reading.stamp,
    )


def _packed(article: Article, *, refers: bool) -> PackedArticle:
    record, emitted = pack_with_digest(article)
    published = seconds(article.published)
    return PackedArticle(
        address=comparable(article.url),
        published=published,
        modified=max(published, seconds(article.modified)) if article.modified else published,
        emitted=emitted,
        gist=pack_gist(article),
        record=record,
        explicit_id=article.explicit_id,
        mentions=tuple({comparable(item.url): None for item in article.related if refers}),
        listed=article.listed,
        withdrawn=article.withdrawn,
    )


def pack_findings(findings: tuple[Finding, ...]) -> str:
    """Write findings as JSON."""
    # In ASCII, since the name of a file may be no text, which no database takes.
    return json.dumps([asdict(finding) for finding in findings]) if findings else ""


def pack_of_kept(findings: str) -> str:
    """Write packed findings as they are told of a document that stays in its last good version.

    Raises `Unreadable`.
    """
    told = (
        finding.of_kept() if finding.severity == "error" else finding
        for finding in unpack_findings(findings)
    )
    return pack_findings(tuple(told))


def unpack_findings(record: str) -> tuple[Finding, ...]:
    """Read findings that `pack_findings` wrote; raises `Unreadable`."""
    try:
        return tuple(Finding(**values) for values in json.loads(record)) if record else ()
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable(f"no findings: {error}") from None
