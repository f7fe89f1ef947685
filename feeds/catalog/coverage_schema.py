"""The tables of what coverage is found by: what may be referred to, and what came of comparing."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table

from feeds.catalog.kinds import Key, Text
from feeds.catalog.schema import metadata

held = Table(
    "held",
    metadata,
    Column("path", Text, primary_key=True),
    Column("address", Text, nullable=False, index=True),
    Column("published", BigInteger, nullable=False, index=True),
    Column("record", Text, nullable=False),
)
"""Documents that are not to be published, but may be referred to where configuration says so."""

held_news = Table(
    "held_news",
    metadata,
    Column("path", Text, primary_key=True),
)
"""Which of those came, changed or went since coverage was last found."""

mentions = Table(
    "mentions",
    metadata,
    Column("path", Text, primary_key=True),
    Column("address", Text, primary_key=True, index=True),
    sqlite_with_rowid=False,
)
"""The addresses that documents list as related."""

profiles = Table(
    "profiles",
    metadata,
    Column("path", Text, primary_key=True),
    Column("article", Key, ForeignKey("articles.key")),
    Column("published", BigInteger, nullable=False),
    Column("quality", BigInteger, nullable=False),
    *(
        Column(name, Text, nullable=False)
        for name in ("provider", "topics", "words", "times", "title", "addresses", "links")
    ),
    Column("url", Text, nullable=False),
    Column("headline", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", Text),
)
"""The documents that may be referred to: what of them is compared, and what is told of them.
`article` is null where a document is held."""

Index("profiles_published", profiles.c.published)

similar = Table(
    "similar",
    metadata,
    Column("article", Key, ForeignKey("articles.key"), primary_key=True),
    Column("paths", Text, nullable=False),
)
"""The documents that are on an article's story by comparison, the best first: a JSON array."""
