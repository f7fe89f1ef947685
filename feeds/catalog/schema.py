"""The tables, in words that nearly all databases know.

What is said of a table for one database has SQLAlchemy load all that it knows of that one: so
nothing is said for any but SQLite, and others take from that what is true of them, too.

Integer keys are internal and never leave the catalog; what outsiders see (ids, stems) is text
that is given once and kept.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    false,
    true,
)

from feeds.catalog.kinds import Key, Text

VERSION = 9
"""Raised with every change of the tables: a catalog of another version is made anew."""

metadata = MetaData()

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Digests of what the catalog was made with; a change of one means work to be done again."""

files = Table(
    "files",
    metadata,
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("findings", Text, nullable=False),
)
"""Every document of the corpus; `state` is listed, held, skipped or kept (it has an
error, and its article is that of its last good version), findings are JSON."""

HELD = "held"
"""The state of a document that says itself that it is not to be published."""

ids = Table(
    "ids",
    metadata,
    Column("path", Text, primary_key=True),
    Column("address", Text, nullable=False, index=True),
    Column("id", Text, nullable=False, index=True),
    Column("emitted", Text),
    Column("modified", BigInteger),
    Column("story", Text),
)
"""The ledger: the id that a path, and the address found there, was given, what feeds said of the
article (a digest of it), and since when; and under which id its story was last published, where
that is another. Nothing leaves it."""

articles = Table(
    "articles",
    metadata,
    Column("key", Key, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("id", Text, nullable=False, index=True),
    Column("address", Text, nullable=False, index=True),
    Column("published", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("emitted", Text, nullable=False),
    Column("gist", Text, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("shadowed_by", Text),
    Column("shown_as", Text),
    Column("shown_at", Text),
    Column("story", Text),
    Column("stale", Boolean, nullable=False),
    Column("changed", Boolean, nullable=False),
)
"""Listed articles. `modified` is when the document says that what it says last changed,
`updated` what feeds say of that: never a day to come. `emitted` is a digest of what feeds say of
an article, `gist` what decides over its channels besides what it says, as JSON. `shadowed_by` is
the path of the document that stands for it, `shown_as` the id under which it is in channels now,
`shown_at` the address that it had then. `story` is the id under which its story is published, null
where it is a story alone under its own. `stale` says that its memberships are older than its
record, `changed` that feeds would say something else of it."""

records = Table(
    "records",
    metadata,
    Column("article", Key, ForeignKey("articles.key"), primary_key=True),
    Column("record", Text, nullable=False),
)
"""What the documents of articles say, as JSON: some kilobytes each, which whoever decides over many
articles need not read, nor write again with what was decided."""

# SQLite takes an index with a condition only where a query has the very words of it.
for _name, _column, _condition in (
    ("articles_stale", articles.c.stale, articles.c.stale == true()),
    ("articles_unlisted", articles.c.listed, articles.c.listed == false()),
    ("articles_shadowed", articles.c.shadowed_by, articles.c.shadowed_by.is_not(None)),
    ("articles_hidden", articles.c.published, articles.c.shown_as.is_(None)),
    ("articles_shown", articles.c.published, articles.c.shown_as.is_not(None)),
    ("articles_story", articles.c.story, articles.c.story.is_not(None)),
    ("articles_modified", articles.c.modified, articles.c.updated != articles.c.modified),
    ("articles_updated", articles.c.updated, articles.c.updated != articles.c.published),
):
    Index(_name, _column, sqlite_where=_condition)

channels = Table(
    "channels",
    metadata,
    Column("key", Key, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("first_name", Text),
    Column("stem", Text, unique=True),
    Column("title", Text),
    Column("updated", BigInteger),
    UniqueConstraint("kind", "name"),
)
"""Every channel that ever was, with the stem of its URLs; none is ever taken back. A channel
that goes on under another name has a first name."""

overviews = Table(
    "overviews",
    metadata,
    Column("channel", Key, ForeignKey("channels.key"), primary_key=True),
    Column("overview", Text, nullable=False),
)
"""What people see of a channel among others, as JSON, as it was when its feed was last made."""

memberships = Table(
    "memberships",
    metadata,
    Column("article", Key, ForeignKey("articles.key"), primary_key=True),
    Column("channel", Key, ForeignKey("channels.key"), primary_key=True),
    Column("published", BigInteger, nullable=False),
    Column("position", BigInteger),
    Column("added", BigInteger),
    Column("label", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Which visible article is in which channel, and what it calls the channel. `published` is the
date that its entry has there, `position` where it stands in the order of the channel, the highest
first; it is null where the entry of another stands for its story. `added` is when it entered, in
channels that are ordered by that."""

for _name, _order in (("position", memberships.c.position), ("published", memberships.c.published)):
    Index(
        f"memberships_{_name}",
        memberships.c.channel,
        _order.desc(),
        sqlite_where=memberships.c.position.is_not(None),
    )

labels = Table(
    "labels",
    metadata,
    Column("channel", Key, ForeignKey("channels.key"), primary_key=True),
    Column("label", Text, primary_key=True),
    Column("articles", Integer, nullable=False),
)
"""How many members call a channel by which name."""

ties = Table(
    "ties",
    metadata,
    Column("article", Key, ForeignKey("articles.key"), primary_key=True),
    Column("other", Key, ForeignKey("articles.key"), primary_key=True),
    sqlite_with_rowid=False,
)
"""Which two shown articles cover one event; each pair stands here both ways round."""

coverage = Table(
    "coverage",
    metadata,
    Column("article", Key, ForeignKey("articles.key"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("path", Text, index=True),
    Column("is_published", Boolean, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published", BigInteger),
    Column("domain", Text, index=True),
    Column("name", Text),
    Column("language", Text),
    sqlite_with_rowid=False,
)
"""What an article's entry names as related; `path` is that of the document, where it
is one, which is published itself or held."""

resources = Table(
    "resources",
    metadata,
    Column("path", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", BigInteger, nullable=False),
)
"""What is published."""

histories = Table(
    "histories",
    metadata,
    Column("path", Text, primary_key=True),
    Column("etag", Text, nullable=False),
    Column("since", Text, nullable=False),
)
"""What of a feed, the one with this entity tag, is new since each of its past states, as JSON."""

tombstones = Table(
    "tombstones",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Key, ForeignKey("channels.key"), primary_key=True),
    Column("published", BigInteger, nullable=False),
    Column("deleted", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The entries that were taken out of channels, and when; an entry that is back is none of them.
`published` is the date that an entry had in the channel, which is its month in archives."""

Index("tombstones_deleted", tombstones.c.deleted)
Index("tombstones_latest", tombstones.c.channel, tombstones.c.deleted)
Index("tombstones_published", tombstones.c.channel, tombstones.c.published)

retirements = Table(
    "retirements",
    metadata,
    Column("stem", Text, primary_key=True),
    Column("retired", BigInteger, nullable=False),
)
"""The channels whose feeds have ended, and when; by stem, since it is the URL that was promised."""

tops = Table(
    "tops",
    metadata,
    Column("channel", Key, ForeignKey("channels.key"), primary_key=True),
    Column("day", BigInteger, nullable=False),
    Column("updated", BigInteger),
)
"""The topics whose best articles of the week were chosen, and the day for which they were: its
first second. `updated` is when the newest of them last changed."""

top_articles = Table(
    "top_articles",
    metadata,
    Column("channel", Key, ForeignKey("channels.key"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""The best articles of the week of a topic, the best first, by the ids they are shown under."""

digested = Table(
    "digested",
    metadata,
    Column("channel", Key, ForeignKey("channels.key"), primary_key=True),
    Column("frequency", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("updated", BigInteger),
    sqlite_with_rowid=False,
)
"""Until when there are digests of a channel: of what ended then, none is made again. `updated` is
when the newest was published."""

digests = Table(
    "digests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Key, ForeignKey("channels.key"), nullable=False),
    Column("frequency", Text, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
)
"""The digest of each day or week that ended, as it was published then."""

Index("digests_newest", digests.c.channel, digests.c.frequency, digests.c.published.desc())

digest_items = Table(
    "digest_items",
    metadata,
    Column("digest", Text, ForeignKey("digests.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("id", Text, nullable=False, index=True),
    Column("path", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("sources", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What a digest says of articles, the best first: nothing but their withdrawal changes it."""

DIGESTS = (digested, digests, digest_items)
"""What is promised of past days and weeks, which the corpus would not give again."""
