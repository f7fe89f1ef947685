"""What is known of one document: where it stands, and what stands before it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, null, or_, select

from feeds.catalog import schema
from feeds.catalog.records import RECORD, WITH_RECORDS, instant
from feeds.corpus.packing import unpack_findings
from feeds.corpus.records import unpack_article
from feeds.model import Article, Finding

_articles = schema.articles
_digests = schema.digests
_files = schema.files
_ids = schema.ids
_items = schema.digest_items
_memberships = schema.memberships

_ARTICLE = ("key", "id", "published", "updated", "shadowed_by", "shown_as", "story")
_STANDS = select(_memberships.c.channel, _memberships.c.published, _memberships.c.position)


class DocumentKnown(NamedTuple):
    """A document as the last build read it; `digest` is that of its bytes."""

    state: str
    digest: str
    findings: tuple[Finding, ...]


class ArticleKnown(NamedTuple):
    """The article of a document, as it is published or would be.

    `shown_as` is the id under which it is in channels, `story` that of its story where this has
    another one.
    """

    key: int
    id: str
    published: datetime
    updated: datetime
    shadowed_by: str | None
    shown_as: str | None
    story: str | None
    article: Article


class GivenId(NamedTuple):
    """An id that the ledger has given to a path, and the address that was found there."""

    path: str
    address: str
    id: str


class Stand(NamedTuple):
    """Where an article stands in a channel.

    `published` is the date that its entry has there. It `leads` unless another tells its story
    there: then `told_in` is the path of that one.
    """

    channel: int
    published: datetime
    position: int | None
    told_in: str | None

    @property
    def leads(self) -> bool:
        """Whether the channel has an entry of its own for the article."""
        return self.position is not None


class DigestNaming(NamedTuple):
    """A digest that names an article, at a place that counts from 0."""

    id: str
    channel: int
    frequency: str
    title: str
    place: int


class Inquiries:
    """Answers what people ask about one document."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def paths(self) -> list[str]:
        """Give the paths of all documents known, in order."""
        return sorted(self._connection.execute(select(_files.c.path)).scalars())

    def addresses(self) -> dict[str, str]:
        """Map the addresses of all articles to the paths of their documents."""
        query = select(_articles.c.address, _articles.c.path)
        return dict(map(tuple, self._connection.execute(query)))

    def at_address(self, address: str) -> list[str]:
        """Give the documents that are at an address, what is published first."""
        return self._found(_articles.c.address == address)

    def with_id(self, identifier: str) -> list[str]:
        """Give the documents that have an id, or a story under it, what is published first."""
        return self._found(or_(_articles.c.id == identifier, _articles.c.story == identifier))

    def document(self, path: str) -> DocumentKnown | None:
        """Give what is known of a document."""
        columns = (_files.c.state, _files.c.digest, _files.c.findings)
        row = self._connection.execute(select(*columns).where(_files.c.path == path)).one_or_none()
        return row and DocumentKnown(row[0], row[1], tuple(sorted(unpack_findings(row[2]))))

    def article(self, path: str) -> ArticleKnown | None:
        """Give the article that is listed of a document; raises `Unreadable`."""
        query = select(*(_articles.c[name] for name in _ARTICLE), RECORD).select_from(WITH_RECORDS)
        found = query.where(_articles.c.path == path, _articles.c.listed)
        row = self._connection.execute(found).one_or_none()
        return row and ArticleKnown(
            row.key,
            row.id,
            instant(row.published),
            instant(row.updated),
            row.shadowed_by,
            row.shown_as,
            row.story,
            unpack_article(row.record),
        )

    def given(self, path: str, identifier: str) -> list[GivenId]:
        """Give the rows of the ledger for a path, and for an id."""
        columns = (_ids.c.path, _ids.c.address, _ids.c.id)
        query = select(*columns).where(or_(_ids.c.path == path, _ids.c.id == identifier))
        return sorted(map(GivenId._make, self._connection.execute(query)))

    def stands(self, key: int) -> dict[int, Stand]:
        """Give where an article stands in its channels, by the keys of these."""
        rows = self._connection.execute(_STANDS.where(_memberships.c.article == key))
        return {
            row.channel: Stand(
                row.channel,
                instant(row.published),
                row.position,
                None if row.position is not None else self._leading(key, row.channel),
            )
            for row in rows
        }

    def ahead(self, stand: Stand, entry_id: str, *, in_stories: bool) -> int:
        """Count the entries of a channel that stand before an article's own."""
        story = _articles.c.story if in_stories else null()
        identifier = func.coalesce(story, _articles.c.id)
        is_before = or_(
            _memberships.c.position > stand.position,
            and_(_memberships.c.position == stand.position, identifier < entry_id),
        )
        query = (
            select(func.count())
            .select_from(_memberships.join(_articles))
            .where(_memberships.c.channel == stand.channel, is_before)
        )
        return self._connection.execute(query).scalar_one()

    def digests(self, ids: Iterable[str], path: str) -> list[DigestNaming]:
        """Give the digests that name an article, by its ids or its document."""
        columns = (_digests.c[name] for name in ("id", "channel", "frequency", "title"))
        query = (
            select(*columns, _items.c.place)
            .join(_items, _items.c.digest == _digests.c.id)
            .where(or_(_items.c.id.in_(list(ids)), _items.c.path == path))
            .order_by(_digests.c.published.desc(), _digests.c.id)
        )
        return list(map(DigestNaming._make, self._connection.execute(query)))

    def _found(self, condition: ColumnElement[bool]) -> list[str]:
        is_shown = _articles.c.shown_as.is_not(None)
        query = select(_articles.c.path).where(condition, _articles.c.listed)
        order = (is_shown.desc(), _articles.c.published.desc(), _articles.c.path)
        return list(self._connection.execute(query.order_by(*order)).scalars())

    def _leading(self, key: int, channel: int) -> str | None:
        """Give the document whose article tells, in a channel, the story of another one."""
        story = select(_articles.c.story).where(_articles.c.key == key).scalar_subquery()
        query = (
            select(_articles.c.path)
            .join(_memberships, _memberships.c.article == _articles.c.key)
            .where(
                _articles.c.story == story,
                _memberships.c.channel == channel,
                _memberships.c.position.is_not(None),
            )
        )
        return self._connection.execute(query).scalars().first()
