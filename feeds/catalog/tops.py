"""The best articles of the week, chosen for each topic once a day and kept until the next."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update

from feeds.catalog import schema
from feeds.catalog.candidates import candidates
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, seconds
from feeds.catalog.rows import replace_rows
from feeds.catalog.telling import ARTICLES, read, tell
from feeds.model import Candidate, StoredArticle

_articles = schema.articles
_channels = schema.channels
_kept = schema.top_articles
_memberships = schema.memberships
_tops = schema.tops


class Tops:
    """Knows what was chosen, for which day, and what of it is still there.

    A choice keeps ids, so that an article stays chosen when its document moves.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def forget(self) -> None:
        """Forget every choice."""
        for table in (_kept, _tops):
            self._connection.execute(delete(table))

    def due(self, day: datetime, first: datetime) -> set[int]:
        """Give the topics for which a new choice may be another than the one before, by key.

        They are those without a choice, and of those whose choice is not for this day the ones
        that have an article since `first` and before the day, or had one chosen.
        """
        has_articles = exists(_memberships.c.article).where(
            _memberships.c.channel == _channels.c.key,
            _memberships.c.published >= seconds(first),
            _memberships.c.published < seconds(day),
        )
        had_articles = exists(_kept.c.id).where(_kept.c.channel == _channels.c.key)
        is_new = _tops.c.day.is_(None)
        is_over = and_(_tops.c.day != seconds(day), or_(had_articles, has_articles))
        query = (
            select(_channels.c.key)
            .outerjoin(_tops, _tops.c.channel == _channels.c.key)
            .where(_channels.c.kind == "topic", or_(is_new, is_over))
        )
        return set(self._connection.execute(query).scalars())

    def begin(self, day: datetime) -> None:
        """Let every choice be for this day: what is not due would be chosen again."""
        is_over = _tops.c.day != seconds(day)
        if self._connection.execute(select(exists(_tops.c.channel).where(is_over))).scalar_one():
            change = update(_tops).where(is_over).values(day=seconds(day))
            self._connection.execute(change)

    def candidates(
        self, channel: int, first: datetime, day: datetime, *, in_stories: bool
    ) -> list[Candidate]:
        """Give the entries of a topic since `first` and before the day."""
        return candidates(self._connection, channel, first, day, in_stories=in_stories)

    def telling(self, stories: Iterable[str]) -> set[int]:
        """Give the topics for which some stories were chosen."""
        found: set[int] = set()
        for part in parts(sorted(stories)):
            query = select(_kept.c.channel).where(_kept.c.id.in_(part))
            found.update(self._connection.execute(query).scalars())
        return found

    def incomplete(self, channels: Iterable[int], *, in_stories: bool) -> set[int]:
        """Give those of some topics of whose choice an entry is there no longer."""
        query = select(_kept.c.channel).where(
            ~exists(_articles.c.key).where(*_is_there(in_stories=in_stories))
        )
        return {
            channel
            for part in parts(channels)
            for channel in self._connection.execute(
                query.where(_kept.c.channel.in_(part))
            ).scalars()
        }

    def members(self, channel: int, *, in_stories: bool) -> list[StoredArticle]:
        """Give what was chosen for a topic and is still there, in order."""
        query = (
            ARTICLES.join(_kept, _is_it(in_stories=in_stories))
            .where(_kept.c.channel == channel, *_is_there(in_stories=in_stories))
            .order_by(_kept.c.place)
        )
        rows = self._connection.execute(query).all()
        return [tell(told) for told in read(self._connection, rows, in_stories=in_stories)]

    def updated(self, channel: int) -> datetime | None:
        """Give when the newest article of a choice last changed, of the last that had one."""
        query = select(_tops.c.updated).where(_tops.c.channel == channel)
        moment = self._connection.execute(query).scalar_one_or_none()
        return None if moment is None else instant(moment)

    def keep(
        self, channel: int, day: datetime, members: Sequence[StoredArticle], updated: datetime
    ) -> None:
        """Keep what is chosen for a topic on a day, in order."""
        self._connection.execute(delete(_kept).where(_kept.c.channel == channel))
        rows = [
            {"channel": channel, "place": place, "id": member.entry_id}
            for place, member in enumerate(members)
        ]
        if rows:
            self._connection.execute(_kept.insert(), rows)
        replace_rows(self._connection, _tops, [(channel, seconds(day), seconds(updated))])


def _is_it(*, in_stories: bool) -> ColumnElement[bool]:
    """Tell whether an article is the one that was chosen, or is on the story that was."""
    is_itself = _articles.c.id == _kept.c.id
    if not in_stories:
        return is_itself
    return or_(_articles.c.story == _kept.c.id, and_(_articles.c.story.is_(None), is_itself))


def _is_there(*, in_stories: bool) -> tuple[ColumnElement[bool], ...]:
    """Tell whether what was chosen is an entry of the topic that it was chosen for."""
    is_entry = exists(_memberships.c.article).where(
        _memberships.c.article == _articles.c.key,
        _memberships.c.channel == _kept.c.channel,
        _memberships.c.position.is_not(None),
    )
    return _is_it(in_stories=in_stories), _articles.c.shown_as.is_not(None), is_entry
