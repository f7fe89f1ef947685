"""Ids: given once, found again by path and then by address."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import Column, ColumnElement, Connection, Table, select
from sqlalchemy.dialects.sqlite import insert

from feeds.catalog import schema
from feeds.catalog.parts import parts


class Claim(NamedTuple):
    """A document that is to have an id: its path, its article's address, an id of its own."""

    path: str
    address: str
    explicit: str | None


class _Given(NamedTuple):
    path: str
    address: str
    id: str


class Ledger:
    """Gives every article its id and remembers it."""

    def __init__(self, connection: Connection, authority: str) -> None:
        self._connection = connection
        self._authority = authority

    def give(self, claims: Sequence[Claim]) -> Mapping[str, str]:
        """Give ids by path: the document's own, the one given before, or a new one.

        What a path was given stays its own however its address changes, unless the article
        that was there is at another path now: then that one took the id along. Two articles
        share an id only where documents of their own say so. A new id is a `tag:` URI
        (RFC 4151) of the authority and the path, so that an empty catalog gives the same
        again; where that is taken, a digest of the address is added.
        """
        allotment = self._allotment(claims)
        given = {claim.path: allotment.give(claim) for claim in allotment.in_turn(claims)}
        self._keep(_Given(claim.path, claim.address, given[claim.path]) for claim in claims)
        return given

    def _allotment(self, claims: Sequence[Claim]) -> "_Allotment":
        tags = {claim.path: f"tag:{self._authority}:{quote(claim.path)}" for claim in claims}
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
            used={row.id for row in self._given("id", tags.values())},
        )

    def _given(self, column: str, values: Iterable[str]) -> Iterator[_Given]:
        return self._rows(schema.ids, schema.ids.c[column], values)

    def _listed(self, column: str, values: Iterable[str]) -> Iterator[_Given]:
        table = schema.articles
        return self._rows(table, table.c[column], values, table.c.listed)

    def _rows(
        self, table: Table, column: Column[str], values: Iterable[str], *also: ColumnElement[bool]
    ) -> Iterator[_Given]:
        query = select(table.c.path, table.c.address, table.c.id).where(*also)
        for part in parts(values):
            for row in self._connection.execute(query.where(column.in_(part))):
                yield _Given(*row)

    def _keep(self, rows: Iterable[_Given]) -> None:
        statement = insert(schema.ids)
        change = {"address": statement.excluded.address, "id": statement.excluded.id}
        upsert = statement.on_conflict_do_update(["path"], set_=change)
        for part in parts(rows):
            self._connection.execute(upsert, [row._asdict() for row in part])


@dataclass(frozen=True, slots=True)
class _Allotment:
    """Who has which id while ids are given.

    `before` is what each path was given, `by_address` what each address was. `living` are
    the addresses at which there is an article now, `holders` those that an id stands for
    now, `used` the tags that were ever given.
    """

    tags: Mapping[str, str]
    before: Mapping[str, _Given]
    by_address: dict[str, str]
    living: set[str]
    holders: dict[str, set[str]]
    used: set[str]

    def in_turn(self, claims: Iterable[Claim]) -> list[Claim]:
        """Put those first whose claim is the strongest: their own word, then an old place."""

        def weakness(claim: Claim) -> int:
            return 0 if claim.explicit else 1 if self._is_at_home(claim) else 2

        return sorted(claims, key=weakness)

    def give(self, claim: Claim) -> str:
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
        if before and (before.address == claim.address or before.address not in self.living):
            yield before.id
        if claim.address in self.by_address:
            yield self.by_address[claim.address]
        if self.tags[claim.path] not in self.used:
            yield self.tags[claim.path]

    def _is_at_home(self, claim: Claim) -> bool:
        before = self.before.get(claim.path)
        return before is not None and before.address == claim.address
