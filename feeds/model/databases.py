"""Databases that all hosts share, by their URLs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

_SCHEMES = frozenset({"postgresql", "postgres"})
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,39}")
_SECRETS = frozenset({"password", "sslpassword"})
# What libpq knows nothing of: under which name our tables stand together.
_SCHEMA = "schema"
_USUAL_SCHEMA = "feeds"


@dataclass(frozen=True, slots=True, repr=False)
class Database:
    """A database of PostgreSQL by its URL, as libpq reads it; nobody is shown a password of it.

    In the query, `schema` is the name of the schema that has the tables; `feeds` without it.
    """

    url: str

    def __str__(self) -> str:
        scheme, _, rest = self._before.partition("://")
        # Where a password is not written as it should be, more than it is left out.
        user, at, place = rest.rpartition("@")
        if "@" in self.url and not at:
            return f"{scheme}://"
        before = f"{scheme}://{user.partition(':')[0]}{at}{place}"
        return _url(before, (each for each in self._fields if each[0] not in _SECRETS))

    def __repr__(self) -> str:
        return f"Database({str(self)!r})"

    @property
    def schema(self) -> str:
        """The schema that has the tables."""
        return dict(self._fields).get(_SCHEMA, _USUAL_SCHEMA)

    @property
    def conninfo(self) -> str:
        """What libpq is to be given: the URL without what is ours alone."""
        return _url(self._before, (each for each in self._fields if each[0] != _SCHEMA))

    @property
    def _before(self) -> str:
        return self.url.partition("?")[0]

    @property
    def _fields(self) -> list[tuple[str, str]]:
        return parse_qsl(self.url.partition("?")[2], keep_blank_values=True)


def is_database(text: str) -> bool:
    """Whether a text means a database and not a directory."""
    return text.partition("://")[0] in _SCHEMES and "://" in text


def database(url: str) -> Database:
    """Read the URL of a database. Raises ValueError, which never tells the URL's password."""
    if not url.isprintable() or " " in url:
        raise ValueError("is no URL of a database: it has a blank or a control character")
    found = Database(url)
    if not _NAME.fullmatch(found.schema) or found.schema.startswith("pg_"):
        raise ValueError(f'has the schema "{found.schema}", which is no name in small letters')
    return found


def _url(before: str, fields: Iterable[tuple[str, str]]) -> str:
    # A plus is no blank to libpq.
    query = urlencode([*fields], safe="/:,", quote_via=quote)
    return f"{before}?{query}" if query else before
