"""The comparison of articles: what of them is compared, and what came of it."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, starmap

from sqlalchemy import Connection, and_, delete, func, select

from feeds.catalog import coverage_schema, schema
from feeds.catalog.lists import drop_lists
from feeds.catalog.parts import parts
from feeds.catalog.records import RECORD, WITH_RECORDS
from feeds.catalog.rows import in_batches, replace_rows
from feeds.model import PackedProfile
from feeds.text.dates import WEEK, week_of

_articles = schema.articles
_held = coverage_schema.held
_profiles = coverage_schema.profiles
_similar = coverage_schema.similar
_SHOWN = _articles.c.shown_as.is_not(None)
_TOLD = {"url", "headline", "name", "language"}
_COMPARED = tuple(column for column in _profiles.c if column.key not in _TOLD)
_ROWS_AT_ONCE = 500


class Comparisons:
    """The articles that are compared with each other.

    With `held_until`, in seconds since 1970, these are also those that are held and not of a
    later date.
    """

    def __init__(self, connection: Connection, held_until: int | None) -> None:
        self._connection = connection
        self._held_until = held_until

    def count(self) -> int:
        """Give the number of articles that are shown."""
        query = select(func.count()).select_from(_articles).where(_SHOWN)
        return self._connection.execute(query).scalar_one()

    def shown(self, keys: Iterable[int] | None = None) -> Iterator[list[tuple[int | None, str]]]:
        """Give, in batches, keys and records of articles that are shown: all, or of some."""
        query = select(_articles.c.key, RECORD).select_from(WITH_RECORDS).where(_SHOWN)
        for rows in in_batches(self._connection, query, _articles.c.key, keys):
            yield [(row.key, row.record) for row in rows]

    def held(self, paths: Iterable[str] | None = None) -> Iterator[list[tuple[int | None, str]]]:
        """Give records of documents that are held but may be referred to, as `shown` does."""
        if self._held_until is not None:
            query = select(_held.c.path, _held.c.record)
            query = query.where(_held.c.published <= self._held_until)
            for rows in in_batches(self._connection, query, _held.c.path, paths):
                yield [(None, row.record) for row in rows]

    def forget(self) -> None:
        """Forget all that was compared, and what came of it."""
        for table in (_similar, _profiles):
            self._connection.execute(delete(table))

    def compare(self, profiles: Sequence[PackedProfile]) -> None:
        """Keep what of documents is compared from now on."""
        replace_rows(self._connection, _profiles, profiles)

    def leave(self, paths: Iterable[str]) -> None:
        """Forget what of some documents was compared."""
        for part in parts(paths):
            self._connection.execute(delete(_profiles).where(_profiles.c.path.in_(part)))

    def compared(self, paths: Iterable[str]) -> dict[str, PackedProfile]:
        """Give what of some documents is compared, by path."""
        found: dict[str, PackedProfile] = {}
        for part in parts(paths):
            query = select(_profiles).where(_profiles.c.path.in_(part))
            found |= {row.path: PackedProfile(*row) for row in self._connection.execute(query)}
        return found

    def by_week(self) -> Iterator[tuple[int, list[PackedProfile]]]:
        """Give the weeks of documents that are compared, in order, with what of these is."""
        query = select(*_COMPARED).order_by(_profiles.c.published)
        rows = self._connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE))
        for week, some in groupby(starmap(PackedProfile, rows), _week):
            yield week, [*some]

    def of_week(self, week: int) -> list[PackedProfile]:
        """Give what is compared of the documents of a week."""
        published = _profiles.c.published
        within = and_(published >= week * WEEK, published < (week + 1) * WEEK)
        rows = self._connection.execute(select(*_COMPARED).where(within)).all()
        return [PackedProfile(*row) for row in rows]

    def keep(self, similar: Mapping[int, list[str]], *, anew: bool = False) -> set[int]:
        """Keep the paths of what is similar to articles, and give those to which other is now.

        Where this is `anew`, nothing is kept of these articles yet.
        """
        before = {} if anew else self.similar(similar)
        changed = {key: paths for key, paths in similar.items() if paths != before.get(key, [])}
        replace_rows(
            self._connection,
            _similar,
            [(key, json.dumps(paths)) for key, paths in changed.items()],
        )
        return changed.keys() & similar.keys()

    def drop(self, keys: Iterable[int]) -> None:
        """Forget what was similar to some articles."""
        drop_lists(self._connection, _similar, keys)

    def similar(self, keys: Collection[int]) -> dict[int, list[str]]:
        """Give the paths of what is similar to articles, the best first."""
        found: dict[int, list[str]] = {}
        for part in parts(keys):
            query = select(_similar).where(_similar.c.article.in_(part))
            found |= {key: json.loads(paths) for key, paths in self._connection.execute(query)}
        return found


def _week(profile: PackedProfile) -> int:
    return week_of(profile.published)
