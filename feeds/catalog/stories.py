"""Stories: which articles cover one event, and under which id each story is published."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    func,
    select,
    true,
    update,
)

from feeds.catalog import schema
from feeds.catalog.records import RECORD, WITH_RECORDS, stored_gist
from feeds.catalog.rows import PART, in_batches, read_parts, write_rows
from feeds.model import StoredGist

_articles = schema.articles
_ids = schema.ids
_memberships = schema.memberships
_ties = schema.ties
_SHOWN = _articles.c.shown_as.is_not(None)


def _telling(condition: ColumnElement[bool]) -> Select[Any]:
    """Ask for all articles of the stories that articles tell which meet a condition."""
    named = select(_articles.c.story).where(condition, _articles.c.story.is_not(None))
    is_told = _articles.c.story.is_not(None), _articles.c.story.in_(named)
    return select(_articles.c.key).where(*is_told)


_MATES = _telling(_articles.c.key.in_(PART))
_OTHERS = select(_ties.c.other).where(_ties.c.article.in_(PART))
_TIES = select(_ties.c.article, _ties.c.other).where(_ties.c.article.in_(PART))
_SHOWN_UNDER = select(_articles.c.key).where(_articles.c.id.in_(PART), _SHOWN)
_TELLERS = select(
    *(_articles.c[name] for name in ("key", "id", "published", "story", "shown_as"))
).where(_articles.c.key.in_(PART))
# Under which ids stories are published: a name of theirs, or that of an article alone.
_NAMED = [
    select(_articles.c.key, column).where(column.in_(PART), _SHOWN, also)
    for column, also in ((_articles.c.story, true()), (_articles.c.id, _articles.c.story.is_(None)))
]
_LAST = (
    select(_ids.c.id, func.max(_ids.c.story))
    .where(_ids.c.id.in_(PART), _ids.c.story.is_not(None))
    .group_by(_ids.c.id)
)


_OF_GIST = tuple(_articles.c[name] for name in ("key", "id", "shown_as"))
# As a gist, a record is read with texts.
_GISTS = {
    with_texts: select(*_OF_GIST, gist.label("gist"), _articles.c.story).select_from(table)
    for with_texts, gist, table in (
        (False, _articles.c.gist, _articles),
        (True, RECORD, WITH_RECORDS),
    )
}


class Teller(NamedTuple):
    """An article that may tell a story with others; `published` is in seconds since 1970.

    `story` is the id under which its story is published now, None where it is alone under its
    own; `last_story` the one under which it last was, as far as that is another id.
    """

    key: int
    id: str
    published: int
    is_shown: bool
    story: str | None
    last_story: str | None


class Taken:
    """The ids under which stories are published; what is not asked for first is asked one by one.

    `ask` gives those of some ids under which one is.
    """

    def __init__(self, ask: Callable[[Iterable[str]], set[str]], first: Iterable[str]) -> None:
        self._ask = ask
        self._asked = set(first)
        self._taken = ask(self._asked)

    def has(self, identifier: str) -> bool:
        """Whether a story is published under an id."""
        if identifier not in self._asked:
            self._asked.add(identifier)
            self._taken |= self._ask([identifier])
        return identifier in self._taken


class Stories:
    """The stories that articles tell."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tie(self, ties: Mapping[int, set[int]], *, anew: bool = False) -> set[int]:
        """Keep with which others some articles cover one event.

        Gives the articles for which these are others than before, and those others. Where this
        is `anew`, nothing was known of these articles that these sets do not say.
        """
        before = {} if anew else self._tied(ties)
        gone: set[tuple[int, int]] = set()
        new: set[tuple[int, int]] = set()
        for key, others in ties.items():
            for pairs, changed in (
                (gone, before.get(key, set()) - others),
                (new, others - before.get(key, set())),
            ):
                pairs.update((key, other) for other in changed)
                pairs.update((other, key) for other in changed)
        if gone:
            same = (_ties.c.article == bindparam("of"), _ties.c.other == bindparam("to"))
            rows = [{"of": one, "to": other} for one, other in sorted(gone)]
            self._connection.execute(delete(_ties).where(*same), rows)
        if new:
            names = ("article", "other")
            write_rows(self._connection, _ties, names, sorted(new), unique=names)
        return {key for pair in gone | new for key in pair}

    def forget_ties(self) -> None:
        """Forget which articles cover one event."""
        self._connection.execute(delete(_ties))

    def all(self) -> set[int]:
        """Give all articles that tell a story with others, or did."""
        found = set(self._connection.execute(select(_ties.c.article).distinct()).scalars())
        told = select(_articles.c.key).where(_articles.c.story.is_not(None))
        found.update(self._connection.execute(told).scalars())
        once = select(_ids.c.id).where(_ids.c.story.is_not(None)).distinct()
        ids = self._connection.execute(once).scalars().all()
        return found.union(key for (key,) in read_parts(self._connection, _SHOWN_UNDER, ids))

    def around(self, keys: Iterable[int]) -> set[int]:
        """Give these articles and all that ties, or stories until now, join with them."""
        found: set[int] = set()
        frontier = set(keys)
        while frontier:
            found |= frontier
            near = self.mates(frontier)
            near.update(other for (other,) in read_parts(self._connection, _OTHERS, frontier))
            frontier = near - found
        return found

    def mates(self, keys: Iterable[int]) -> set[int]:
        """Give those of some articles that tell a story with others, and all these."""
        return {key for (key,) in read_parts(self._connection, _MATES, keys)}

    def mates_of_members(self, channel: int) -> set[int]:
        """Give the articles that are on a story with a member of a channel."""
        members = select(_memberships.c.article).where(_memberships.c.channel == channel)
        query = _telling(_articles.c.key.in_(members))
        return set(self._connection.execute(query).scalars())

    def tellers(self, keys: Collection[int]) -> list[Teller]:
        """Give some articles, and what is known of their stories."""
        rows = list(read_parts(self._connection, _TELLERS, keys))
        last = self._last({row.id for row in rows})
        return [
            Teller(
                row.key,
                row.id,
                row.published,
                row.shown_as is not None,
                row.story,
                last.get(row.id),
            )
            for row in rows
        ]

    def ties_among(self, keys: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Give, each once, the pairs of articles that cover one event, as far as one is given."""
        for one, other in read_parts(self._connection, _TIES, keys):
            if one < other:
                yield one, other

    def taken(self, but: Collection[int], first: Iterable[str]) -> Taken:
        """Give the ids under which stories are published, leaving some articles aside.

        Those that are asked for `first` are looked up together.
        """
        return Taken(partial(self._published, but), first)

    def keep(self, stories: Mapping[int, str | None], last: Mapping[str, str | None]) -> None:
        """Keep the stories of articles by key, and the ids of the last ones by article's id."""
        for table, at, values in ((_articles, "key", stories), (_ids, "id", last)):
            change = update(table).where(table.c[at] == bindparam("at"))
            rows = [{"at": key, "told": value} for key, value in values.items()]
            if rows:
                self._connection.execute(change.values(story=bindparam("told")), rows)

    def batches(
        self, keys: Iterable[int] | None, *, with_texts: bool
    ) -> Iterator[list[list[StoredGist]]]:
        """Give, in batches, the articles of the stories that some articles are on, or of all.

        They are read `with_texts` where somebody asks what they say.
        """
        query = _GISTS[with_texts]
        done: set[str] = set()
        for own in in_batches(self._connection, query, _articles.c.key, keys):
            named = {row.story for row in own} - {None}
            if not named:
                yield [[stored_gist(row)] for row in own]
                continue
            rows = {row.key: row for row in own}
            names = named - done
            told = query.where(_articles.c.story.in_(names))
            rows |= {row.key: row for row in self._connection.execute(told)} if names else {}
            stories: dict[object, list[StoredGist]] = {}
            for key, row in sorted(rows.items()):
                if row.story not in done:
                    stories.setdefault(row.story or key, []).append(stored_gist(row))
            done |= names
            yield list(stories.values())

    def _published(self, but: Collection[int], ids: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for query in _NAMED:
            rows = read_parts(self._connection, query, ids)
            found.update(identifier for key, identifier in rows if key not in but)
        return found

    def _tied(self, keys: Iterable[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for article, other in read_parts(self._connection, _TIES, keys):
            found.setdefault(article, set()).add(other)
        return found

    def _last(self, ids: Iterable[str]) -> dict[str, str]:
        return dict(map(tuple, read_parts(self._connection, _LAST, sorted(ids))))
