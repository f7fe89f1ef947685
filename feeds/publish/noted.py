"""What publishers have noted in a bucket, as it is read again and again."""

from datetime import datetime

from feeds.publish.destination import Clock
from feeds.publish.record import RECORD, Kept, Record, load_record, load_register
from feeds.store import Store, StoreFailed, Unchanged


class Noted:
    """The record and the register of a publication; `looked` is when the record was looked at last.

    The record that is known has a `version`, and an entity tag, `etag`.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._register: tuple[str, dict[str, Kept]] = ("", {})
        self.record: Record | None = None
        self.etag: str | None = None
        self.version = ""
        self.looked: datetime | None = None

    def look(self) -> Record | None:
        """Read the record, if it is another than before. Raises `StoreFailed`."""
        # What is published while it is read may not be seen.
        begun = self._clock()
        try:
            found = self._store.fetch(RECORD, unless=self.etag)
        except Unchanged:
            self.looked = begun
            return self.record
        self.looked = begun
        if found is None:
            self.record, self.etag, self.version = None, None, ""
            return None
        try:
            self.record = load_record(found.body)
        except ValueError as error:
            raise StoreFailed(self._store.address, f"{RECORD}: {error}") from None
        self.etag, self.version = found.etag, found.version
        return self.record

    def register(self) -> dict[str, Kept]:
        """Give the register of what is published. Raises `StoreFailed`."""
        key = self.record.register if self.record else ""
        if self._register[0] != key:
            data = self._store.get(key)
            try:
                self._register = key, load_register(data or b"")
            except ValueError as error:
                raise StoreFailed(self._store.address, f"{key}: {error}") from None
        return self._register[1]

    def know(self, register: dict[str, Kept]) -> None:
        """Know the register of what was published just now. Raises `StoreFailed`."""
        record = self.look()
        self._register = record.register if record else "", register
