"""What is kept in the catalog as JSON text, or in rows, back to types of ours."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from feeds.model import (
    Article,
    Enclosure,
    Finding,
    Gist,
    History,
    Image,
    PackedReference,
    Person,
    Provider,
    Reference,
    RelatedItem,
    StoredArticle,
    StoredGist,
    Story,
    Subject,
)

_AS_THEY_ARE = tuple(
    name for name in Gist._fields if name not in {"published", "provider", "topics", "links"}
)


_NOT_AS_WRITTEN = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


class Unreadable(Exception):
    """What was kept of an article or a finding is not what was written."""


def seconds(moment: datetime) -> int:
    """Give an instant as whole seconds since 1970."""
    return int(moment.timestamp())


def instant(number: int) -> datetime:
    """Give the instant of whole seconds since 1970."""
    return datetime.fromtimestamp(number, UTC)


def unpack_article(record: str) -> Article:
    """Read an article that `pack_with_digest` wrote; raises `Unreadable`."""
    try:
        return _article(json.loads(record))
    except _NOT_AS_WRITTEN as error:
        raise Unreadable(f"no article: {error}") from None


def stored_article(
    row: Row[Any], coverage: tuple[Reference, ...] = (), story: Story | None = None
) -> StoredArticle:
    """Read a row of the table of articles."""
    article, updated = unpack_article(row.record), instant(row.updated)
    return StoredArticle(row.key, row.id, updated, row.emitted, article, coverage, story)


def unpack_gist(record: str) -> Gist:
    """Read, of an article that `pack_with_digest` wrote, its gist; raises `Unreadable`."""
    try:
        values = json.loads(record)
        listed = values["related"]
        return Gist(
            **{name: values[name] for name in _AS_THEY_ARE},
            published=instant(values["published"]),
            provider=Provider(**values["provider"]),
            topics=tuple(values["topics"]),
            links=tuple([item["url"] for item in listed]),
        )
    except _NOT_AS_WRITTEN as error:
        raise Unreadable(f"no article: {error}") from None


def subject(row: Row[Any]) -> Subject:
    """Read, of an article in a row of the table of articles, what its coverage begins with."""
    try:
        values = json.loads(row.record)
        listed = tuple([_as_listed(item) for item in values["related"]])
        return Subject(row.key, values["path"], values["url"], listed)
    except _NOT_AS_WRITTEN as error:
        raise Unreadable(f"no article: {error}") from None


def stored_gist(row: Row[Any]) -> StoredGist:
    """Read the gist of an article from a row of the table of articles."""
    return StoredGist(row.key, row.id, row.shown_as is not None, unpack_gist(row.record))


def unpack_reference(row: Row[Any]) -> Reference:
    """Read a row of the table of coverage."""
    provider = None if row.domain is None else Provider(row.domain, row.name or row.domain)
    published = _optional_instant(row.published)
    item = RelatedItem(row.url, row.title, published, provider, row.language)
    return Reference(item, row.path, row.is_published)


def unpack_findings(record: str) -> tuple[Finding, ...]:
    """Read findings that `pack_findings` wrote; raises `Unreadable`."""
    try:
        return tuple(Finding(**values) for values in json.loads(record)) if record else ()
    except (ValueError, TypeError) as error:
        raise Unreadable(f"no findings: {error}") from None


def pack_history(history: History) -> str:
    """Write what is new since past states as JSON."""
    return _dump(history.since)


def unpack_history(etag: str, record: str) -> History:
    """Read what `pack_history` wrote; raises `Unreadable`."""
    try:
        since = json.loads(record)
        return History(etag, {str(tag): int(fresh) for tag, fresh in since.items()})
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable(f"no history: {error}") from None


def _article(values: dict[str, Any]) -> Article:
    values["published"] = instant(values["published"])
    values["modified"] = _optional_instant(values["modified"])
    values["provider"] = Provider(**values["provider"])
    values["images"] = tuple(Image(**image) for image in values["images"])
    values["related"] = tuple(_related(item) for item in values["related"])
    values["authors"] = tuple(Person(**person) for person in values["authors"])
    values["enclosures"] = tuple(Enclosure(**item) for item in values["enclosures"])
    values["topics"] = tuple(values["topics"])
    return Article(**values)


def _as_listed(values: dict[str, Any]) -> PackedReference:
    provider = values["provider"] or {"domain": None, "name": None}
    told = values["url"], values["title"], values["published"]
    names = provider["domain"], provider["name"], values["language"]
    return PackedReference(None, False, *told, *names)  # noqa: FBT003 - a column


def _related(values: dict[str, Any]) -> RelatedItem:
    provider = values["provider"]
    values["provider"] = Provider(**provider) if provider else None
    values["published"] = _optional_instant(values["published"])
    return RelatedItem(**values)


def _optional_instant(number: int | None) -> datetime | None:
    return None if number is None else instant(number)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
