"""The articles of a channel that are compared by how good they are."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, null, select

from feeds.catalog import schema
from feeds.catalog.expressions import AsJson
from feeds.catalog.periods import WITHIN
from feeds.catalog.records import seconds
from feeds.model import Candidate

_articles = schema.articles
_memberships = schema.memberships


def _candidates(*, in_stories: bool) -> Select[Any]:
    story = _articles.c.story if in_stories else null()
    gist = AsJson(_articles.c.gist)
    columns = (
        _articles.c.key,
        story,
        func.coalesce(story, _articles.c.id),
        _memberships.c.published,
        gist["quality"].as_integer(),
        gist["heat"].as_integer(),
    )
    return (
        select(*columns)
        .join(_memberships, _memberships.c.article == _articles.c.key)
        .where(_memberships.c.channel == bindparam("channel"), *WITHIN)
    )


_CANDIDATES = {in_stories: _candidates(in_stories=in_stories) for in_stories in (False, True)}


def candidates(
    connection: Connection, channel: int, first: datetime, end: datetime, *, in_stories: bool
) -> list[Candidate]:
    """Give a channel's entries that were published from an instant on and before another.

    With `in_stories` a story is one entry.
    """
    asked = {"channel": channel, "first": seconds(first), "end": seconds(end)}
    return [Candidate(*row) for row in connection.execute(_CANDIDATES[in_stories], asked)]
