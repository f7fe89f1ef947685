"""What is kept in the catalog as JSON text, or in rows, back to types of ours."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func

from feeds.catalog import schema
from feeds.corpus.records import Unreadable, unpack_article, unpack_gist
from feeds.model import (
    Activity,
    Headline,
    History,
    Overview,
    Reference,
    StoredArticle,
    StoredGist,
    Story,
)

WITH_RECORDS = schema.articles.outerjoin(schema.records)
"""Articles with what their documents say."""

# What is lost is no record, and told when it is read; without its row an article would be left out.
RECORD = func.coalesce(schema.records.c.record, "").label("record")
"""The record of an article."""


def seconds(moment: datetime) -> int:
    """Give an instant as whole seconds since 1970."""
    return int(moment.timestamp())


def instant(number: int) -> datetime:
    """Give the instant of whole seconds since 1970."""
    return datetime.fromtimestamp(number, UTC)


def stored_article(
    row: Row[Any], coverage: tuple[Reference, ...] = (), story: Story | None = None
) -> StoredArticle:
    """Read a row of the table of articles."""
    article, updated = unpack_article(row.record), instant(row.updated)
    return StoredArticle(row.key, row.id, updated, row.emitted, article, coverage, story)


def stored_gist(row: Sequence[Any]) -> StoredGist:
    """Read the gist of an article, or its record as a gist, from a row."""
    # To take a row apart takes a fraction of asking it for its parts by name.
    key, identifier, shown_as, gist, _ = row
    return StoredGist(key, identifier, shown_as is not None, unpack_gist(gist))


def pack_history(history: History) -> str:
    """Write what is new since past states as JSON."""
    return _dump(history.since)


def unpack_history(etag: str, record: str) -> History:
    """Read what `pack_history` wrote; raises `Unreadable`."""
    try:
        since = json.loads(record)
        return History(etag, {str(tag): int(fresh) for tag, fresh in since.items()})
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise Unreadable(f"no history: {error}") from None


def pack_overview(overview: Overview) -> str:
    """Write what people see of a channel among others as JSON."""
    activity = overview.activity
    counted = [activity.weeks, seconds(activity.newest)] if activity else None
    return _dump([counted, [[each.title, each.url] for each in overview.headlines]])


def unpack_overview(record: str) -> Overview:
    """Read what `pack_overview` wrote; raises `Unreadable`."""
    try:
        counted, headlines = json.loads(record)
        return Overview(
            Activity(tuple(map(int, counted[0])), instant(counted[1])) if counted else None,
            tuple(Headline(str(title), str(url)) for title, url in headlines),
        )
    except (ValueError, TypeError, OverflowError, RecursionError, OSError) as error:
        raise Unreadable(f"no overview: {error}") from None


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
