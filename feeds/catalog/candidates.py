"""The articles of a channel that are compared by how good they are."""

from datetime import datetime

from sqlalchemy import JSON, Connection, func, null, select, type_coerce

from feeds.catalog import schema
from feeds.catalog.records import seconds
from feeds.model import Candidate

_articles = schema.articles
_memberships = schema.memberships


def candidates(
    connection: Connection, channel: int, first: datetime, end: datetime, *, in_stories: bool
) -> list[Candidate]:
    """Give a channel's entries that were published from an instant on and before another.

    With `in_stories` a story is one entry.
    """
    story = _articles.c.story if in_stories else null()
    gist = type_coerce(_articles.c.gist, JSON)
    columns = (
        _articles.c.key,
        story,
        func.coalesce(story, _articles.c.id),
        _memberships.c.published,
        gist["quality"].as_integer(),
        gist["heat"].as_integer(),
    )
    query = (
        select(*columns)
        .join(_memberships, _memberships.c.article == _articles.c.key)
        .where(
            _memberships.c.channel == channel,
            _memberships.c.position.is_not(None),
            _memberships.c.published >= seconds(first),
            _memberships.c.published < seconds(end),
        )
    )
    return [Candidate(*row) for row in connection.execute(query)]
