"""What one publication notes in a bucket: what it is about to write, and what is published then."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from feeds.errors import Superseded
from feeds.publish.destination import Clock
from feeds.publish.manifest import MANIFEST_NAME
from feeds.publish.record import (
    INTENTS,
    PROBES,
    RECORD,
    REGISTERS,
    REPLACED,
    Begun,
    Kept,
    Record,
    dump_intent,
    dump_record,
    dump_register,
    intent_key,
    load_intent,
    replaced_key,
    token_of,
)
from feeds.store import Conflict, Store, Stored

_LASTS = timedelta(days=1)
_SWEEP = timedelta(hours=1)
# Stores refuse a request that was signed so long ago, so that no publisher writes any more that
# had begun to by then.
_DOUBT = timedelta(minutes=15)


class Here(NamedTuple):
    """What a publication begins with.

    The `record` that is there, its `version`, and the `register` of what is published; what was
    `listed`, if anything was; what other publishers have `left` undone. The publisher's `token`
    and a `name` of its own, and the `terms` of what is said of objects.
    """

    store: Store
    record: Record | None
    version: str
    register: dict[str, Kept]
    listed: Mapping[str, Stored]
    left: tuple[str, ...]
    token: int
    name: str
    terms: str
    clock: Clock
    takeover: timedelta


class Committing:
    """Says what is about to be written, has that be published, and leaves nothing undone.

    `register` is what is published once all of this is; objects that are `doubtful` may have been
    written by another publisher, or may be yet.
    """

    def __init__(self, here: Here) -> None:
        self._here = here
        self._record, self._version = here.record, here.version
        self._intents, self._outdated = list[str](), list[str]()
        # What was left undone is read by an older manifest until it is finished.
        is_due = here.record is not None and here.clock() - here.record.swept >= _SWEEP
        self._sweeps = is_due and not here.left
        self.register = here.register
        self.doubtful = set[str]()

    @property
    def has_said_all(self) -> bool:
        """Whether what the store says of objects is what it is to say of new ones."""
        return self._record is not None and self._record.terms == self._here.terms

    def tell(self, keys: Sequence[str]) -> None:
        """Have it be known what is about to be written, for whoever has to go on with it."""
        key = intent_key(self._here.token, f"{self._here.name}-{len(self._intents)}")
        self._here.store.create(key, dump_intent(keys), {})
        self._intents.append(key)
        self._doubt()

    def check_place(self) -> None:
        """Raise `Superseded` where another publisher has our place."""
        store = self._here.store
        found = store.fetch(RECORD)
        is_ours = found is None if self._record is None else bool(found)
        if not is_ours or (found is not None and found.version != self._version):
            raise Superseded(store.address)
        if any(token_of(each.key) > self._here.token for each in store.objects(INTENTS)):
            raise Superseded(store.address)

    def commit(self, without: Iterable[str]) -> None:
        """Have what is written be what is published."""
        here, before, now = self._here, self._record, self._here.clock()
        for path in without:
            del self.register[path]
        generation = before.generation + 1 if before else 1
        key = f"{REGISTERS}/{generation}-{here.name}"
        here.store.create(key, dump_register(self.register), {})
        doubtful, until = self._doubts(now)
        record = Record(
            here.token,
            generation,
            self._publications(before.shown(now) if before else (), now),
            key,
            here.terms,
            now if before is None or self._sweeps else before.swept,
            tuple(sorted(doubtful)),
            until,
        )
        body = dump_record(record)
        try:
            if before is None:
                self._version = here.store.create(RECORD, body, {})
            else:
                self._version = here.store.replace(RECORD, body, {}, self._version)
        except Conflict:
            raise Superseded(here.store.address) from None
        if before is not None:
            self._outdated.append(before.register)
        self._record = record

    def finish(self) -> None:
        """Have nothing be left undone, whoever left it, and sweep away what has had its time."""
        here, record = self._here, self._record
        if record is None:
            return
        if here.left and not self._intents:
            self._doubt()
            self.commit(without=())
        if self._sweeps:
            self._sweep(record)
        strays = [key for key in self.doubtful if key not in self.register]
        here.store.delete([*self._outdated, *strays, *here.left, *self._intents])

    def _doubt(self) -> None:
        """Doubt what those have begun to write whose place this is now."""
        for key in self._here.left:
            data = self._here.store.get(key)
            self.doubtful.update(load_intent(key, data or b"").keys)

    def _doubts(self, now: datetime) -> tuple[set[str], datetime | None]:
        """Give what is to be doubted from now on, and until when."""
        before = self._record.until if self._record else None
        is_over = before is None or now >= before
        earlier = self._record.doubtful if self._record and not is_over else ()
        return {*self.doubtful, *earlier}, now + _DOUBT if self.doubtful else before

    def _publications(self, earlier: tuple[Begun, ...], now: datetime) -> tuple[Begun, ...]:
        """Give what is shown, and when it begins: all servers are to have it by then."""
        manifest = self.register[MANIFEST_NAME].sha256
        if not earlier:
            return (Begun(manifest, now),)
        if earlier[-1].manifest == manifest:
            return earlier
        begins = max(now + self._here.takeover, earlier[-1].begins)
        return (*earlier, Begun(manifest, begins))

    def _sweep(self, record: Record) -> None:
        """Delete what no manifest has named for a day, and what publishers that died have left."""
        store, before = self._here.store, self._here.clock() - _LASTS
        kept = {record.register, *(replaced_key(each.manifest) for each in record.publications)}
        store.delete(
            each.key
            for folder in (REPLACED, REGISTERS, PROBES)
            for each in store.objects(folder)
            if each.modified < before and each.key not in kept
        )
