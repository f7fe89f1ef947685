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
from feeds.publish.destination import Clock, NotShown, OutOfReach, Shown
from feeds.publish.manifest import MANIFEST_NAME
from feeds.publish.noted import Noted
from feeds.publish.record import (
    FOLDER,
    INTENTS,
    PROBES,
    Kept,
    Record,
    replaced_key,
    token_of,
)
from feeds.publish.uploading import BucketStaging
from feeds.store import Store, Stored, StoreFailed, TooLarge, probe

Terms = Callable[[str, str], Mapping[str, str]]
"""Gives what a store is to say of an object, by its path and media type."""

_REST = timedelta(seconds=2)
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
        self._noted = Noted(store, clock)
        self._said = said
        self._terms = terms
        self._takeover = takeover
        self.token = 0
        self._is_probed = False
        self._is_verified = False
        self._failed: datetime | None = None
        self._manifests: dict[str, bytes] = {}
        self._listed: dict[str, Stored] = {}

    @property
    def name(self) -> str:
        """What people call the place: its address."""
        return self._store.address

    # --- What is published -----------------------------------------------------------

    def manifest(self) -> bytes | None:
        """Read the manifest that was published last; None where there is none."""
        record = self._noted.look()
        if record is None:
            return None
        digest = record.publications[-1].manifest
        data = self._manifest(digest)
        self._manifests = {} if data is None else {digest: data}
        return data

    def stamp(self) -> object:
        """Give what is another with each publication that begins; None where there is none."""
        now = self._clock()
        is_early = self._noted.looked is not None and now - self._noted.looked < self._takeover / 2
        record = self._noted.record if is_early else self._noted.look()
        return None if record is None else (self._noted.etag, len(record.shown(now)))

    @property
    def sure_until(self) -> datetime | None:
        """Until when nothing begins that the last look at the record did not tell of.

        What was published after it begins so much later.
        """
        return None if self._noted.looked is None else self._noted.looked + self._takeover

    def shown(self) -> Sequence[Shown]:
        """Give the publication that has begun, and those that are to begin.

        Raises `NotShown` where there is none.
        """
        record = self._noted.record or self._noted.look()
        if record is None:
            raise NotShown("nothing is published yet")
        found = list[Shown]()
        for begun in record.shown(self._clock()):
            data = self._manifest(begun.manifest)
            if data is None:
                raise NotShown(f"{MANIFEST_NAME} is not what was published")
            found.append(Shown(data, self._read, begun.begins, is_far=True))
        self._manifests = {sha256(each.manifest).hexdigest(): each.manifest for each in found}
        return found

    def state(self) -> object:
        """Give what is another once anybody has published, equal while nobody has."""
        self._noted.look()
        return self._noted.etag, self.was_interrupted()

    def body(self, path: str) -> bytes | None:
        """Give the bytes that are published under a path; None where nothing is."""
        return self._store.get(path)

    def _read(self, entry: Published) -> bytes | None:
        """Read the bytes that a manifest speaks of; None where they are nowhere.

        Raises `OutOfReach` where the store does not answer, and for a while after that, so that
        not everybody who asks has to wait for it.
        """
        if self._failed is not None and self._clock() - self._failed < _REST:
            raise OutOfReach
        # In this order: what is replaced is kept before.
        for key in (entry.path, replaced_key(entry.sha256)):
            try:
                body = self._store.get(key, entry.size)
            except TooLarge:
                continue
            except StoreFailed:
                self._failed = self._clock()
                raise OutOfReach from None
            if body is not None and sha256(body).hexdigest() == entry.sha256:
                return body
        return None

    # --- For whoever publishes -------------------------------------------------------

    def prepare(self, token: int = 0) -> None:
        """Find out whether this can be published to, from now on by who leads with this token.

        Raises `Unconditional` where the store does not heed conditions, and `Superseded` where
        somebody with a higher token has published.
        """
        self.token = token or self.token
        if not self._is_probed:
            probe(self._store, PROBES)
            self._is_probed = True
        record = self._noted.look()
        if record is not None and record.token > self.token:
            raise Superseded(self.name)

    def holds(self, resources: Iterable[Published]) -> bool:
        """Whether every resource is there as it was published, and is said to be what it is.

        All objects are listed once for each publisher, since nobody else writes here; those that
        are doubtful, as long as they are.
        """
        record, register = self._noted.record or self._noted.look(), self._noted.register()
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
        record, kept = self._noted.record, self._noted.register().get(path)
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
        stored, kept = self._listed.get(path), self._noted.register().get(path)
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
            self._noted.know(staging.register)
        except OSError as error:
            place = Path(error.filename) if error.filename else self._scratch
            raise CannotWrite(place, error.strerror or str(error)) from None

    def _here(self) -> Here:
        """Give what a publication begins with."""
        record = self._noted.look()
        left = [(each.key, token_of(each.key)) for each in self._store.objects(INTENTS)]
        if any(token > self.token for _, token in left):
            raise Superseded(self.name)
        return Here(
            store=self._store,
            record=record,
            version=self._noted.version,
            register=dict(self._noted.register()),
            listed=self._listed,
            left=tuple(key for key, _ in left),
            token=self.token,
            name=uuid4().hex,
            terms=self._terms,
            clock=self._clock,
            takeover=self._takeover,
        )

    # --- What is known ---------------------------------------------------------------

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
