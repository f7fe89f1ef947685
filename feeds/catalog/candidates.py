"""The articles of a channel that are compared by how good they are."""

from datetime import datetime

from sqlalchemy import JSON, Connection, func, null, select, type_coerce

from feeds.catalog import schema
from feeds.catalog.records import seconds
from feeds.model import Candidate

_articles = schema.articles
_memberships = schema.memberships
_records = schema.records


def candidates(
    connection: Connection, channel: int, first: datetime, end: datetime, *, in_stories: bool
) -> list[Candidate]:
    """Give a channel's entries that were published from an instant on and before another.

    With `in_stories` a story is one entry.
    """
    story = _articles.c.story if in_stories else null()
    record = type_coerce(_records.c.record, JSON)
    columns = (
        _articles.c.key,
        story,
        func.coalesce(story, _articles.c.id),
        _memberships.c.published,
        record["quality"].as_integer(),
        record["heat"].as_integer(),
    )
    query = (
        select(*columns)
        .join_from(_articles, _memberships)
        .join(_records)
        .where(
            _memberships.c.channel == channel,
            _memberships.c.position.is_not(None),
            _memberships.c.published >= seconds(first),
            _memberships.c.published < seconds(end),
        )
    )
    return [Candidate(*row) for row in connection.execute(query)]
