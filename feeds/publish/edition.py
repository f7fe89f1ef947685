"""What a cycle publishes: of all resources offered, those whose bytes are new."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from feeds.model import FormerAddresses, Published, Resource
from feeds.publish.directory import DirectoryDestination, Staging
from feeds.publish.manifest import (
    MANIFEST_NAME,
    NOTHING_FORMER,
    dump_manifest,
    entity_tag,
    load_manifest,
)

_SECOND = timedelta(seconds=1)


class Edition:
    """Takes resources one by one, stages those that changed, and publishes them together.

    `known` is what is published now, `now` the instant that becomes the last modification
    of what changes; or the second after the one before, where that is later. Without a staging
    area nothing is written. Under `former` addresses nothing is published, whatever is offered.
    """

    def __init__(
        self,
        known: Mapping[str, Published],
        now: datetime,
        staging: Staging | None,
        former: FormerAddresses = NOTHING_FORMER,
    ) -> None:
        self.known = known
        self.now = now
        self._staging = staging
        self._former = former
        self._offered: dict[str, Published] = {}
        self.written: list[str] = []
        self.bytes_written = 0

    @classmethod
    def unchanged(
        cls,
        known: Mapping[str, Published],
        now: datetime,
        former: FormerAddresses = NOTHING_FORMER,
    ) -> "Edition":
        """Give the edition of a cycle in which nothing changed."""
        edition = cls(known, now, None, former)
        edition._offered.update(known)
        return edition

    def offer(self, resource: Resource) -> bool:
        """Take a resource, and tell whether it is written.

        One whose bytes are published already keeps its validators. Raises `ValueError` where
        two resources claim one path.
        """
        if resource.path in self._offered:
            message = f"two resources claim {resource.path}"
            raise ValueError(message)
        if self._former.find(resource.path):
            return False
        digest = sha256(resource.body).hexdigest()
        published = self.known.get(resource.path)
        is_written = published is None or not _is_same(published, resource, digest)
        if published is None or is_written:
            published = Published(
                path=resource.path,
                media_type=resource.media_type,
                sha256=digest,
                size=len(resource.body),
                etag=entity_tag(digest),
                last_modified=_modified(published, self.now),
            )
            self.written.append(resource.path)
            self.bytes_written += len(resource.body)
            if self._staging:
                self._staging.stage(resource, published.last_modified)
        self._offered[resource.path] = published
        return is_written

    def keep(self, paths: Iterable[str]) -> None:
        """Leave what is published under these paths as it is."""
        for path in paths:
            if path in self.known and not self._former.find(path):
                self._offered[path] = self.known[path]

    def deleted(self) -> list[str]:
        """Give what is published and was neither offered nor kept."""
        return sorted(self.known.keys() - self._offered.keys())

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Map the paths of what is written or deleted to its bytes before and after, or 0."""
        return {
            path: (_size(self.known.get(path)), _size(self._offered.get(path)))
            for path in (*self.written, *self.deleted())
        }

    def unchanged_count(self) -> int:
        """Count the resources that are offered or kept with the bytes that are published."""
        return len(self._offered) - len(self.written)

    def resources(self) -> Mapping[str, Published]:
        """Give what is published once this edition is."""
        return self._offered

    def lasting(self) -> Mapping[str, Published]:
        """Give what is published whether or not this edition gets there: what it leaves alone."""
        written = set(self.written)
        return {path: item for path, item in self.known.items() if path not in written}

    def is_news(self, manifest: bytes | None) -> bool:
        """Whether publishing it would change anything, the manifest being what it is."""
        return bool(self.written or self.deleted()) or manifest != self._manifest()

    def stage_manifest(self) -> None:
        """Stage the manifest, the last thing to be staged."""
        if self._staging:
            manifest = Resource(MANIFEST_NAME, "application/json", self._manifest())
            self._staging.stage(manifest, self.now)

    def publish(self, referrers: Sequence[str], targets: Sequence[str] = ()) -> None:
        """Move everything into place.

        `targets` are the paths of resources that others refer to; they come first, in order.
        `referrers` are those of resources that refer to others; they and the manifest come
        last, deletions after them.
        """
        if self._staging:
            self._staging.publish((*referrers, MANIFEST_NAME), self.deleted(), targets)

    def _manifest(self) -> bytes:
        return dump_manifest(self._offered.values(), self._former)


def published_now(
    remembered: Mapping[str, Published],
    destination: DirectoryDestination,
    former: FormerAddresses = NOTHING_FORMER,
) -> tuple[Mapping[str, Published], bool]:
    """Find out what is published, and whether it is what is remembered.

    Where it is not (another catalog wrote it, files are gone), what counts is what lies
    there: a resource whose bytes are as one of the two records says keeps its validators.
    """
    manifest = destination.manifest()
    is_as_remembered = manifest == dump_manifest(remembered.values(), former)
    is_whole = not destination.was_interrupted() and destination.holds(remembered.values())
    if is_as_remembered and is_whole:
        return remembered, True
    candidates = [*remembered.values(), *_listed(manifest)]
    digests = {item.path: destination.digest(item.path) for item in candidates}
    return {item.path: item for item in candidates if digests[item.path] == item.sha256}, False


def _listed(manifest: bytes | None) -> Sequence[Published]:
    if manifest is None:
        return ()
    try:
        return load_manifest(manifest)
    except ValueError:
        return ()


def _size(published: Published | None) -> int:
    return published.size if published else 0


def _modified(before: Published | None, now: datetime) -> datetime:
    """Give when bytes appeared that were other `before`: later than these, by a second at least.

    Clients that know by time what they have would not take other bytes of the same second.
    """
    return now if before is None else max(now, before.last_modified + _SECOND)


def _is_same(published: Published, resource: Resource, digest: str) -> bool:
    return published.sha256 == digest and published.media_type == resource.media_type
