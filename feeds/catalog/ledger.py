"""Ids, given once, and since when an article says what it says."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from sqlalchemy import ColumnElement, Connection, Select, Table, select

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.rows import PART, read_parts, write_rows

# Nearly all paths; to quote one takes several times as long.
_UNQUOTED = re.compile(r"[\w.~/-]*", re.ASCII).fullmatch


class Claim(NamedTuple):
    """A document that is to have an id: its path, its article's address, an id of its own.

    `emitted` is a digest of what feeds would say, `modified` since when in the document's
    own words, in seconds since 1970. `id` is the one that the article has until it is given
    another, `is_new` says that there was no article at its path.
    """

    path: str
    address: str
    explicit: str | None
    emitted: str
    modified: int
    id: str = ""
    is_new: bool = False


class Given(NamedTuple):
    """What the ledger has of a document; `modified` is what was said when `emitted` was new."""

    path: str
    address: str
    id: str
    emitted: str | None = None
    modified: int | None = None


def _asking(table: Table, column: str, *also: ColumnElement[bool]) -> Select[Any]:
    columns = (table.c[name] for name in Given._fields)
    return select(*columns).where(table.c[column].in_(PART), *also)


_ANY = select(schema.ids.c.path).limit(1)
_GIVEN = {column: _asking(schema.ids, column) for column in ("path", "address", "id")}
_LISTED = {
    column: _asking(schema.articles, column, schema.articles.c.listed)
    for column in ("address", "id")
}
_LEAVING = _asking(schema.articles, "address", ~schema.articles.c.listed)


class Ledger:
    """Gives every article its id and remembers it."""

    def __init__(self, connection: Connection, authority: str) -> None:
        self._connection = connection
        self._authority = authority

    def give(self, claims: Sequence[Claim]) -> list[Given]:
        """Give ids in the order of the claims: a document's own, one given before, or a new one.

        What a path was given stays its own however its address changes, unless the article
        that was there is at another path now: then that one took the id along. So does one
        that comes to this path, where there was none or one that is gone. Two articles share
        an id only where documents of their own say so. A new id is a `tag:` URI (RFC 4151)
        of the authority and the path, so that an empty catalog gives the same again; where
        that is taken, a digest of the address is added.

        A date that moves while the entry says the same is not taken over, whatever happened
        to the document meanwhile.
        """
        is_new = self._connection.execute(_ANY).first() is None
        tags = {claim.path: self._tag_of(claim) for claim in claims}
        ids = _first_ids(tags, claims) if is_new else self._allotment(tags, claims).give_all(claims)
        known = [] if is_new else sorted(self._given("id", set(ids.values())), reverse=True)
        since = {(row.id, row.emitted): row.modified for row in known}
        given = [
            Given(path, address, ids[path], emitted, since.get((ids[path], emitted), modified))
            for path, address, _, emitted, modified, *_ in claims
        ]
        self._keep(given)
        return given

    def tag(self, path: str) -> str:
        """Give the id of a new article at a path, where nothing is in the way of it."""
        return f"tag:{self._authority}:{path if _UNQUOTED(path) else quote(path)}"

    def _tag_of(self, claim: Claim) -> str:
        """Give the tag of a claim; what has no other id until now has it already."""
        if claim.is_new and claim.id and not claim.explicit:
            return claim.id
        return self.tag(claim.path)

    def _allotment(self, tags: Mapping[str, str], claims: Sequence[Claim]) -> "_Allotment":
        addresses = {claim.address for claim in claims}
        before = {row.path: row for row in self._given("path", tags)}
        found = sorted(self._given("address", addresses), reverse=True)
        candidates = {*tags.values(), *(row.id for row in (*before.values(), *found))}
        others = [
            row
            for row in (
                *self._listed("address", {row.address for row in before.values()}),
                *self._listed("id", candidates),
            )
            if row.path not in tags
        ]
        holders: dict[str, set[str]] = {}
        for row in others:
            holders.setdefault(row.id, set()).add(row.address)
        return _Allotment(
            tags=tags,
            before=before,
            # Of several paths with one address, the one that sorts first counts.
            by_address={row.address: row.id for row in found},
            living=addresses | {row.address for row in others},
            holders=holders,
            leaving={row.id for row in self._rows(_LEAVING, addresses)},
            used={row.id for row in self._given("id", tags.values())},
        )

    def _given(self, column: str, values: Iterable[str]) -> Iterator[Given]:
        return self._rows(_GIVEN[column], values)

    def _listed(self, column: str, values: Iterable[str]) -> Iterator[Given]:
        return self._rows(_LISTED[column], values)

    def _rows(self, query: Select[Any], values: Iterable[str]) -> Iterator[Given]:
        return map(Given._make, read_parts(self._connection, query, values))

    def _keep(self, rows: Sequence[Given]) -> None:
        for part in parts(rows):
            write_rows(self._connection, schema.ids, Given._fields, part, unique=("path",))


@dataclass(frozen=True, slots=True)
class _Allotment:
    """Who has which id while ids are given.

    `before` is what each path was given, `by_address` what each address was. `living` are
    the addresses at which there is an article now, `holders` those that an id stands for
    now, `leaving` the ids of articles that were there until now, `used` the tags that were
    ever given.
    """

    tags: Mapping[str, str]
    before: Mapping[str, Given]
    by_address: dict[str, str]
    living: set[str]
    holders: dict[str, set[str]]
    leaving: set[str]
    used: set[str]

    def give_all(self, claims: Iterable[Claim]) -> dict[str, str]:
        """Give documents their ids, by path.

        Those are first whose claim is the strongest: their own word, then an old place.
        """

        def weakness(claim: Claim) -> int:
            return 0 if claim.explicit else 1 if self._is_at_home(claim) else 2

        return {claim.path: self._give(claim) for claim in sorted(claims, key=weakness)}

    def _give(self, claim: Claim) -> str:
        """Give a document its id."""
        identifier = claim.explicit or self._first_free(claim)
        self.holders.setdefault(identifier, set()).add(claim.address)
        self.by_address.setdefault(claim.address, identifier)
        return identifier

    def _first_free(self, claim: Claim) -> str:
        for candidate in self._candidates(claim):
            if claim.address in self.holders.get(candidate, {claim.address}):
                return candidate
        digest = hashlib.sha256(claim.address.encode()).hexdigest()[:8]
        return f"{self.tags[claim.path]};{digest}"

    def _candidates(self, claim: Claim) -> Iterator[str]:
        before = self.before.get(claim.path)
        known = self.by_address.get(claim.address)
        if before and before.address == claim.address:
            yield before.id
        if known and known not in self.holders and (claim.is_new or known in self.leaving):
            yield known
        if before and before.address not in self.living:
            yield before.id
        if known:
            yield known
        if self.tags[claim.path] not in self.used:
            yield self.tags[claim.path]

    def _is_at_home(self, claim: Claim) -> bool:
        before = self.before.get(claim.path)
        return before is not None and before.address == claim.address


def _first_ids(tags: Mapping[str, str], claims: Sequence[Claim]) -> dict[str, str]:
    """Give ids, by path, where none was ever given: their tags to all but a few.

    Who says another id, is where others are, too, or has a tag that another says for its id,
    takes its turn; nobody else comes into question for what one of these may get.
    """
    articles = Counter(claim.address for claim in claims)
    said = {claim.explicit for claim in claims}
    in_turn = [
        claim
        for claim in claims
        if claim.explicit or articles[claim.address] > 1 or tags[claim.path] in said
    ]
    living = {claim.address for claim in in_turn}
    allotment = _Allotment(tags, {}, {}, living, holders={}, leaving=set(), used=set())
    return {**tags, **allotment.give_all(in_turn)}
