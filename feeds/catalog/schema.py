"""The tables, in words that nearly all databases know.

What is said of a table for one database has SQLAlchemy load all that it knows of that one: so
nothing is said for any but SQLite.

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
    String,
    Table,
    UniqueConstraint,
    text,
)

VERSION = 9
"""Raised with every change of the tables: a catalog of another version is made anew."""

metadata = MetaData()

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
"""Digests of what the catalog was made with; a change of one means work to be done again."""

files = Table(
    "files",
    metadata,
    Column("path", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("digest", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("findings", String, nullable=False),
)
"""Every document of the corpus; `state` is listed, held, skipped or kept (it has an
error, and its article is that of its last good version), findings are JSON."""

HELD = "held"
"""The state of a document that says itself that it is not to be published."""

ids = Table(
    "ids",
    metadata,
    Column("path", String, primary_key=True),
    Column("address", String, nullable=False, index=True),
    Column("id", String, nullable=False, index=True),
    Column("emitted", String),
    Column("modified", BigInteger),
    Column("story", String),
)
"""The ledger: the id that a path, and the address found there, was given, what feeds said of the
article (a digest of it), and since when; and under which id its story was last published, where
that is another. Nothing leaves it."""

articles = Table(
    "articles",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("path", String, nullable=False, unique=True),
    Column("id", String, nullable=False, index=True),
    Column("address", String, nullable=False, index=True),
    Column("published", BigInteger, nullable=False),
    Column("modified", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("emitted", String, nullable=False),
    Column("gist", String, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("shadowed_by", String),
    Column("shown_as", String),
    Column("shown_at", String),
    Column("story", String),
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
    Column("article", Integer, ForeignKey("articles.key"), primary_key=True),
    Column("record", String, nullable=False),
)
"""What the documents of articles say, as JSON: some kilobytes each, which whoever decides over many
articles need not read, nor write again with what was decided."""

# SQLite takes an index with a condition only where a query has the very words of it.
for _name, _column, _condition in (
    ("articles_stale", articles.c.stale, "stale = 1"),
    ("articles_unlisted", articles.c.listed, "listed = 0"),
    ("articles_shadowed", articles.c.shadowed_by, "shadowed_by IS NOT NULL"),
    ("articles_hidden", articles.c.published, "shown_as IS NULL"),
    ("articles_shown", articles.c.published, "shown_as IS NOT NULL"),
    ("articles_story", articles.c.story, "story IS NOT NULL"),
    ("articles_modified", articles.c.modified, "updated <> modified"),
    ("articles_updated", articles.c.updated, "updated <> published"),
):
    Index(_name, _column, sqlite_where=text(_condition))

channels = Table(
    "channels",
    metadata,
    Column("key", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("first_name", String),
    Column("stem", String, unique=True),
    Column("title", String),
    Column("updated", BigInteger),
    UniqueConstraint("kind", "name"),
)
"""Every channel that ever was, with the stem of its URLs; none is ever taken back. A channel
that goes on under another name has a first name."""

overviews = Table(
    "overviews",
    metadata,
    Column("channel", Integer, ForeignKey("channels.key"), primary_key=True),
    Column("overview", String, nullable=False),
)
"""What people see of a channel among others, as JSON, as it was when its feed was last made."""

memberships = Table(
    "memberships",
    metadata,
    Column("article", Integer, ForeignKey("articles.key"), primary_key=True),
    Column("channel", Integer, ForeignKey("channels.key"), primary_key=True),
    Column("published", BigInteger, nullable=False),
    Column("position", BigInteger),
    Column("added", BigInteger),
    Column("label", String, nullable=False),
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
        sqlite_where=text("position IS NOT NULL"),
    )

labels = Table(
    "labels",
    metadata,
    Column("channel", Integer, ForeignKey("channels.key"), primary_key=True),
    Column("label", String, primary_key=True),
    Column("articles", Integer, nullable=False),
)
"""How many members call a channel by which name."""

ties = Table(
    "ties",
    metadata,
    Column("article", Integer, ForeignKey("articles.key"), primary_key=True),
    Column("other", Integer, ForeignKey("articles.key"), primary_key=True),
    sqlite_with_rowid=False,
)
"""Which two shown articles cover one event; each pair stands here both ways round."""

coverage = Table(
    "coverage",
    metadata,
    Column("article", Integer, ForeignKey("articles.key"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("path", String, index=True),
    Column("is_published", Boolean, nullable=False),
    Column("url", String, nullable=False),
    Column("title", String, nullable=False),
    Column("published", BigInteger),
    Column("domain", String, index=True),
    Column("name", String),
    Column("language", String),
    sqlite_with_rowid=False,
)
"""What an article's entry names as related; `path` is that of the document, where it
is one, which is published itself or held."""

resources = Table(
    "resources",
    metadata,
    Column("path", String, primary_key=True),
    Column("media_type", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("etag", String, nullable=False),
    Column("last_modified", BigInteger, nullable=False),
)
"""What is published."""

histories = Table(
    "histories",
    metadata,
    Column("path", String, primary_key=True),
    Column("etag", String, nullable=False),
    Column("since", String, nullable=False),
)
"""What of a feed, the one with this entity tag, is new since each of its past states, as JSON."""

tombstones = Table(
    "tombstones",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", Integer, ForeignKey("channels.key"), primary_key=True),
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
    Column("stem", String, primary_key=True),
    Column("retired", BigInteger, nullable=False),
)
"""The channels whose feeds have ended, and when; by stem, since it is the URL that was promised."""

tops = Table(
    "tops",
    metadata,
    Column("channel", Integer, ForeignKey("channels.key"), primary_key=True),
    Column("day", BigInteger, nullable=False),
    Column("updated", BigInteger),
)
"""The topics whose best articles of the week were chosen, and the day for which they were: its
first second. `updated` is when the newest of them last changed."""

top_articles = Table(
    "top_articles",
    metadata,
    Column("channel", Integer, ForeignKey("channels.key"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("id", String, nullable=False),
    sqlite_with_rowid=False,
)
"""The best articles of the week of a topic, the best first, by the ids they are shown under."""

digested = Table(
    "digested",
    metadata,
    Column("channel", Integer, ForeignKey("channels.key"), primary_key=True),
    Column("frequency", String, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("updated", BigInteger),
    sqlite_with_rowid=False,
)
"""Until when there are digests of a channel: of what ended then, none is made again. `updated` is
when the newest was published."""

digests = Table(
    "digests",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", Integer, ForeignKey("channels.key"), nullable=False),
    Column("frequency", String, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("title", String, nullable=False),
)
"""The digest of each day or week that ended, as it was published then."""

Index("digests_newest", digests.c.channel, digests.c.frequency, digests.c.published.desc())

digest_items = Table(
    "digest_items",
    metadata,
    Column("digest", String, ForeignKey("digests.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("id", String, nullable=False, index=True),
    Column("path", String, nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("url", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("excerpt", String, nullable=False),
    Column("sources", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What a digest says of articles, the best first: nothing but their withdrawal changes it."""

DIGESTS = (digested, digests, digest_items)
"""What is promised of past days and weeks, which the corpus would not give again."""
