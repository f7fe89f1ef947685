"""The catalog as one thing: its parts share one connection and its transactions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from sqlalchemy import Connection, bindparam, delete, select

from feeds.catalog import schema
from feeds.catalog.activities import Activities
from feeds.catalog.archives import Archives
from feeds.catalog.census import Census
from feeds.catalog.channels import Channels
from feeds.catalog.comparisons import Comparisons
from feeds.catalog.coverage import Coverage
from feeds.catalog.digests import Digests
from feeds.catalog.documents import Documents
from feeds.catalog.histories import Histories
from feeds.catalog.indexes import Indexes
from feeds.catalog.inquiries import Inquiries
from feeds.catalog.ledger import Ledger
from feeds.catalog.memberships import Memberships
from feeds.catalog.newest import Newest
from feeds.catalog.overviews import Overviews
from feeds.catalog.records import instant, seconds
from feeds.catalog.references import References
from feeds.catalog.retirements import Retirements
from feeds.catalog.rows import Batch, all_rows, replace_rows
from feeds.catalog.searchables import Searchables
from feeds.catalog.stories import Stories
from feeds.catalog.tombstones import Tombstones
from feeds.catalog.tops import Tops
from feeds.catalog.visibility import Visibility
from feeds.corpus.packing import pack_findings, unpack_findings
from feeds.model import Finding, Published

_HINDRANCES = "hindrances"
_OWES = "owes"
_SETTINGS = select(schema.settings.c.name, schema.settings.c.value)


class Catalog:
    """All that is kept between cycles, open for one of them.

    Nothing is committed unless the `fence` lets it pass, which raises where it does not.
    """

    def __init__(
        self, connection: Connection, indexes: Indexes, fence: Callable[[], None] = lambda: None
    ) -> None:
        self._connection = connection
        self._indexes = indexes
        self._fence = fence
        self._new_settings: dict[str, str] = {}
        self.documents = Documents(connection, indexes)
        self.visibility = Visibility(connection)
        self.channels = Channels(connection)
        self.memberships = Memberships(connection, self.channels, indexes)
        self.newest = Newest(connection)
        self.activities = Activities(connection)
        self.overviews = Overviews(connection)
        self.archives = Archives(connection)
        self.stories = Stories(connection)
        self.references = References(connection)
        self.tombstones = Tombstones(connection)
        self.retirements = Retirements(connection)
        self.tops = Tops(connection)
        self.digests = Digests(connection)
        self.histories = Histories(connection)
        self.census = Census(connection)
        self.inquiries = Inquiries(connection)
        self.searchables = Searchables(connection)

    def comparisons(self, held_until: int | None) -> Comparisons:
        """Give the articles that are compared with each other."""
        return Comparisons(self._connection, held_until)

    def coverage(self, held_until: int | None) -> Coverage:
        """Give the coverage of articles."""
        return Coverage(self._connection, held_until)

    def ledger(self, authority: str) -> Ledger:
        """Give the ledger that makes new ids in the name of an authority."""
        return Ledger(self._connection, authority)

    def commit(self) -> None:
        """Make all that was done until now last."""
        self._write_settings()
        self._indexes.make()
        self._fence()
        self._connection.commit()

    def all_rows(self) -> Iterator[Batch]:
        """Give all that there is."""
        for table in schema.metadata.sorted_tables:
            yield from all_rows(self._connection, table, tuple(table.columns.keys()))

    def setting(self, name: str) -> str | None:
        """Give what was remembered under a name."""
        return self._settings.get(name)

    def remember(self, name: str, value: str) -> None:
        """Remember a text under a name, unless it is what is remembered already."""
        if self.setting(name) != value:
            self._settings[name] = self._new_settings[name] = value

    def _write_settings(self) -> None:
        replace_rows(self._connection, schema.settings, self._new_settings.items())
        self._new_settings.clear()

    @cached_property
    def _settings(self) -> dict[str, str]:
        rows = self._connection.execute(_SETTINGS)
        return dict(map(tuple, rows.all()))

    @property
    def owes(self) -> bool:
        """Whether anything that the catalog tells may not be published yet."""
        return bool(self.setting(_OWES))

    @owes.setter
    def owes(self, owes: bool) -> None:
        """Note whether anything is owed."""
        if owes != self.owes:
            self.remember(_OWES, "1" if owes else "")

    def hindrances(self) -> tuple[Finding, ...]:
        """Give what hindered the last scan, besides the findings of documents."""
        return unpack_findings(self.setting(_HINDRANCES) or "")

    def keep_hindrances(self, findings: Iterable[Finding]) -> None:
        """Keep what hindered a scan."""
        self.remember(_HINDRANCES, pack_findings(tuple(findings)))

    def published(self) -> Mapping[str, Published]:
        """Give what is published, by path."""
        rows = self._connection.execute(select(schema.resources)).mappings()
        return {
            row["path"]: Published(**{**row, "last_modified": instant(row["last_modified"])})
            for row in rows
        }

    def publish(self, resources: Mapping[str, Published], before: Mapping[str, Published]) -> None:
        """Keep these resources as published, by path, instead of those `before`."""
        table = schema.resources
        gone = [{"of": path} for path in before.keys() - resources.keys()]
        if gone:
            self._connection.execute(delete(table).where(table.c.path == bindparam("of")), gone)
        rows = [_row(each) for path, each in resources.items() if before.get(path) != each]
        replace_rows(self._connection, table, rows)


def _row(resource: Published) -> tuple[object, ...]:
    told = resource.path, resource.media_type, resource.sha256, resource.size, resource.etag
    return *told, seconds(resource.last_modified)
