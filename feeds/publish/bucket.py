"""A place in a bucket as the place where resources go, for a CDN to read, and servers.

Keys are stable, since a CDN cannot follow a pointer. Each object is written over the version that
was published before, the record of all of them last: a publisher that has lost its place is told
by the first condition that does not hold, and stops. What is written over is kept for a day, so
that whoever knows an earlier manifest finds all that it speaks of.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from feeds.errors import CannotWrite, Superseded
from feeds.model import Published
from feeds.publish.committing import Here
from feeds.publish.destination import Clock, NotShown, Shown
from feeds.publish.manifest import MANIFEST_NAME
from feeds.publish.record import (
    FOLDER,
    INTENTS,
    PROBES,
    RECORD,
    Kept,
    Record,
    load_record,
    load_register,
    replaced_key,
    token_of,
)
from feeds.publish.uploading import BucketStaging
from feeds.store import Store, Stored, StoreFailed, TooLarge, Unchanged

Terms = Callable[[str, str], Mapping[str, str]]
"""Gives what a store is to say of an object, by its path and media type."""

_A_MINUTE = timedelta(minutes=1)


class BucketDestination:
    """Publishes below an address of a store, which holds nothing else.

    Resources are staged in a directory `scratch`. The store says of objects what `said` tells,
    which has a digest. A publication begins some time, `takeover`, after it was made, so that all
    servers have it by then; and nobody looks more often than twice in that time. A publisher has
    a `token`, higher than all before it, where there may be several.
    """

    def __init__(
        self,
        store: Store,
        scratch: Path,
        clock: Clock,
        said: Terms,
        terms: str,
        takeover: timedelta,
    ) -> None:
        self._store = store
        self._scratch = scratch
        self._clock = clock
        self._said = said
        self._terms = terms
        self._takeover = takeover
        self.token = 0
        self._is_probed = False
        self._is_verified = False
        self._record: Record | None = None
        self._etag: str | None = None
        self._version = ""
        self._looked: datetime | None = None
        self._register: tuple[str, dict[str, Kept]] = ("", {})
        self._manifests: dict[str, bytes] = {}
        self._listed: dict[str, Stored] = {}

    @property
    def name(self) -> str:
        """What people call the place: its address."""
        return self._store.address

    # --- What is published -----------------------------------------------------------

    def manifest(self) -> bytes | None:
        """Read the manifest that was published last; None where there is none."""
        record = self._look()
        if record is None:
            return None
        digest = record.publications[-1].manifest
        data = self._manifest(digest)
        self._manifests = {} if data is None else {digest: data}
        return data

    def stamp(self) -> object:
        """Give what is another with each publication that begins; None where there is none."""
        now = self._clock()
        is_early = self._looked is not None and now - self._looked < self._takeover / 2
        record = self._record if is_early else self._look()
        return None if record is None else (self._etag, len(record.shown(now)))

    def shown(self) -> Sequence[Shown]:
        """Give the publication that has begun, and those that are to begin.

        Raises `NotShown` where there is none.
        """
        record = self._record or self._look()
        if record is None:
            raise NotShown("nothing is published yet")
        found = list[Shown]()
        for begun in record.shown(self._clock()):
            data = self._manifest(begun.manifest)
            if data is None:
                raise NotShown(f"{MANIFEST_NAME} is not what was published")
            found.append(Shown(data, self._read, begun.begins))
        self._manifests = {sha256(each.manifest).hexdigest(): each.manifest for each in found}
        return found

    def state(self) -> object:
        """Give what is another once anybody has published, equal while nobody has."""
        self._look()
        return self._etag, self.was_interrupted()

    def body(self, path: str) -> bytes | None:
        """Give the bytes that are published under a path; None where nothing is."""
        return self._store.get(path)

    def _read(self, entry: Published) -> bytes | None:
        """Read the bytes that a manifest speaks of; None where they are nowhere."""
        # In this order: what is replaced is kept before.
        for key in (entry.path, replaced_key(entry.sha256)):
            try:
                body = self._store.get(key, entry.size)
            except (TooLarge, StoreFailed):
                continue
            if body is not None and sha256(body).hexdigest() == entry.sha256:
                return body
        return None

    # --- For whoever publishes -------------------------------------------------------

    def prepare(self) -> None:
        """Find out whether this can be published to.

        Raises `Unconditional` where the store does not heed conditions, and `Superseded` where
        somebody with a higher token has published.
        """
        if not self._is_probed:
            self._store.probe(PROBES)
            self._is_probed = True
        record = self._look()
        if record is not None and record.token > self.token:
            raise Superseded(self.name)

    def holds(self, resources: Iterable[Published]) -> bool:
        """Whether every resource is there as it was published, and is said to be what it is.

        All objects are listed once for each publisher, since nobody else writes here; those that
        are doubtful, as long as they are.
        """
        record, register = self._record or self._look(), self._kept()
        if record is None or record.terms != self._terms:
            return False
        for item in resources:
            kept = register.get(item.path)
            if kept is None or kept.sha256 != item.sha256:
                return False
        if not self._is_verified or self._is_doubtful(record):
            self._list()
            self._store.delete(
                [key for key in record.doubtful if key in self._listed and key not in register]
            )
            self._is_verified = all(self._is_as_kept(*item) for item in register.items())
        return self._is_verified

    def digest(self, path: str) -> str | None:
        """Give the SHA-256 of what is published under a path; None where nothing is.

        None, too, where something else is to be said of it than is.
        """
        record, kept = self._record, self._kept().get(path)
        if record is None or record.terms != self._terms:
            return None
        if not self._listed:
            self._list()
        if kept is not None and self._is_as_kept(path, kept):
            return kept.sha256
        body = self.body(path) if path in self._listed else None
        return None if body is None else sha256(body).hexdigest()

    def date(self, path: str) -> datetime | None:
        """Give when an object came that no record speaks of; None for any other."""
        stored, kept = self._listed.get(path), self._kept().get(path)
        if stored is None or (kept is not None and self._is_as_kept(path, kept)):
            return None
        return stored.modified.replace(microsecond=0)

    def was_interrupted(self) -> bool:
        """Whether a publisher ended at work, so that what is there may be of two editions."""
        return next(self._store.objects(INTENTS), None) is not None

    @contextmanager
    def publishing(self) -> Iterator[BucketStaging]:
        """Give a place to stage resources; what is not published when it closes is gone.

        Raises `StoreFailed` for whatever the store refuses, `Superseded` where another publisher
        has our place, and `CannotWrite` where there is no room to stage.
        """
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with TemporaryDirectory(prefix="staging-", dir=self._scratch) as folder:
                staging = BucketStaging(self._here(), Path(folder), self._said)
                yield staging
                staging.finish()
            self._listed = {}
            self._is_verified = True
            if (record := self._look()) is not None:
                self._register = record.register, staging.register
        except OSError as error:
            place = Path(error.filename) if error.filename else self._scratch
            raise CannotWrite(place, error.strerror or str(error)) from None

    def _here(self) -> Here:
        """Give what a publication begins with."""
        record = self._look()
        left = [(each.key, token_of(each.key)) for each in self._store.objects(INTENTS)]
        if any(token > self.token for _, token in left):
            raise Superseded(self.name)
        return Here(
            store=self._store,
            record=record,
            version=self._version,
            register=dict(self._kept()),
            listed=self._listed,
            left=tuple(key for key, _ in left),
            token=self.token,
            name=uuid4().hex,
            terms=self._terms,
            clock=self._clock,
            takeover=self._takeover,
        )

    # --- What is known ---------------------------------------------------------------

    def _look(self) -> Record | None:
        """Read the record, if it is another than before. Raises `StoreFailed`."""
        try:
            found = self._store.fetch(RECORD, unless=self._etag)
        except Unchanged:
            self._looked = self._clock()
            return self._record
        self._looked = self._clock()
        if found is None:
            self._record, self._etag, self._version = None, None, ""
            return None
        try:
            self._record = load_record(found.body)
        except ValueError as error:
            raise StoreFailed(self.name, f"{RECORD}: {error}") from None
        self._etag, self._version = found.etag, found.version
        return self._record

    def _kept(self) -> dict[str, Kept]:
        """Give the register of what is published. Raises `StoreFailed`."""
        key = self._record.register if self._record else ""
        if self._register[0] != key:
            data = self._store.get(key)
            try:
                self._register = key, load_register(data or b"")
            except ValueError as error:
                raise StoreFailed(self.name, f"{key}: {error}") from None
        return self._register[1]

    def _manifest(self, digest: str) -> bytes | None:
        """Read a manifest by its SHA-256; None where it is nowhere."""
        if digest not in self._manifests:
            for key in (MANIFEST_NAME, replaced_key(digest)):
                data = self._store.get(key)
                if data is not None and sha256(data).hexdigest() == digest:
                    self._manifests[digest] = data
                    break
        return self._manifests.get(digest)

    def _list(self) -> None:
        """Look at all objects that are for readers."""
        own = f"{FOLDER}/"
        self._listed = {
            each.key: each for each in self._store.objects() if not each.key.startswith(own)
        }

    def _is_as_kept(self, path: str, kept: Kept) -> bool:
        stored = self._listed.get(path)
        if stored is None or stored.size != kept.size:
            return False
        return self._store.tells(stored, kept.version)

    def _is_doubtful(self, record: Record) -> bool:
        # A clock that is behind another one must not believe in an object too soon.
        return record.until is not None and self._clock() < record.until + _A_MINUTE
