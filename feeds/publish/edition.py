"""What a cycle publishes: of all resources offered, those whose bytes are new."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from feeds.model import FormerAddresses, Published, Resource
from feeds.publish.destination import Destination, Staging
from feeds.publish.known import Known, Lost
from feeds.publish.manifest import MANIFEST_NAME, NOTHING_FORMER, entity_tag, load_manifest

Witness = Callable[[Resource], None]
"""Is shown each resource whose bytes are new."""


class Edition:
    """Takes resources one by one, stages those that changed, and publishes them together.

    `known` is what is published now, `now` the instant that becomes the last modification
    of what changes; or the second after the one before, where that is later. Without a staging
    area nothing is written. A `witness` is shown each resource whose bytes are new. Under `former`
    addresses nothing is published, whatever is offered.

    What is published and neither offered nor kept is deleted; where what is not touched `lasts`,
    only of what is reconsidered.
    """

    def __init__(
        self,
        known: Known,
        now: datetime,
        staging: Staging | None,
        former: FormerAddresses = NOTHING_FORMER,
        *,
        lasts: bool = False,
        witness: Witness | None = None,
    ) -> None:
        self.known = known
        self.now = now
        self._staging = staging
        self._former = former
        self._witness = witness
        self.lasts = lasts
        self._going = set[str]() if lasts else set(known)
        self._offered = set[str]()
        self._written: dict[str, Published] = {}
        # How many of these are in their places already.
        self._moved = 0
        self.bytes_written = 0

    @classmethod
    def unchanged(
        cls, known: Known, now: datetime, former: FormerAddresses = NOTHING_FORMER
    ) -> "Edition":
        """Give the edition of a cycle in which nothing changed."""
        return cls(known, now, None, former, lasts=True)

    @property
    def written(self) -> list[str]:
        """The paths of resources whose bytes are new."""
        return list(self._written)

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
        self._offered.add(resource.path)
        self._going.discard(resource.path)
        digest = sha256(resource.body).hexdigest()
        published = self.known.get(resource.path)
        if published is not None and _is_same(published, resource, digest):
            return False
        item = Published(
            path=resource.path,
            media_type=resource.media_type,
            sha256=digest,
            size=len(resource.body),
            etag=entity_tag(digest),
            last_modified=self.known.last_modified(resource.path, digest, self.now),
        )
        self._written[resource.path] = item
        self.bytes_written += len(resource.body)
        if self._witness:
            self._witness(resource)
        if self._staging:
            self._staging.stage(resource, item.last_modified)
        return True

    def reconsider(self, paths: Iterable[str]) -> None:
        """Delete what is published under these paths, unless it is offered or kept."""
        known = (path for path in paths if path in self.known)
        self._going.update(path for path in known if path not in self._offered)

    def keep(self, paths: Iterable[str]) -> None:
        """Leave what is published under these paths as it is."""
        self._going.difference_update(path for path in paths if not self._former.find(path))

    def deleted(self) -> list[str]:
        """Give what is published now and will not be."""
        return sorted(self._going)

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Map the paths of what is written or deleted to its bytes before and after, or 0."""
        return {
            path: (_size(self.known.get(path)), _size(self._written.get(path)))
            for path in (*self._written, *self.deleted())
        }

    def unchanged_count(self) -> int:
        """Count the resources that stay as they are published."""
        return len(self.known) - len(self.replaced()) - len(self._going)

    def replaced(self) -> Mapping[str, Published]:
        """Give what was published until now of what is written."""
        return {path: self.known[path] for path in self._written if path in self.known}

    def dropped(self) -> Mapping[str, Published]:
        """Give what is deleted."""
        return {path: self.known[path] for path in self.deleted()}

    def replacements(self) -> Mapping[str, Published]:
        """Give what is written."""
        return self._written

    @property
    def has_changes(self) -> bool:
        """Whether anything is written or deleted that is not published yet."""
        return self.has_news or bool(self._going)

    @property
    def is_begun(self) -> bool:
        """Whether some of it is published ahead of the rest."""
        return self._moved > 0

    @property
    def has_news(self) -> bool:
        """Whether anything is written that is not published yet."""
        return len(self._written) > self._moved

    def manifest(self) -> bytes:
        """Write the manifest of what is published once this edition is."""
        return b"".join(self.known.manifest(self._former, self._written.values(), self._going))

    def stage_manifest(self, outdated: Iterable[str] | None = None) -> None:
        """Stage the manifest, the last thing to be staged before this is published, and wait.

        So a disk that is full is met before anybody counts on what is staged.

        Where it is published ahead, that is the manifest of what is written until now, and of
        what was published until now besides what is `outdated` by that.
        """
        if self._staging:
            going = self._going if outdated is None else outdated
            parts = self.known.manifest(self._former, self._written.values(), going)
            self._staging.stage_parts(MANIFEST_NAME, parts, self.now)
            self._staging.settle()

    def publish(self, referrers: Sequence[str], targets: Sequence[str] = ()) -> None:
        """Move everything into place.

        `targets` are the paths of resources that others refer to; they come first, in order, and
        what is new after them. `referrers` are those of resources that refer to others; they and
        the manifest come last, deletions after them.
        """
        self._moved = len(self._written)
        if self._staging:
            first = (*targets, *self._new((*targets, *referrers)))
            self._staging.publish((*referrers, MANIFEST_NAME), self.deleted(), first)

    def publish_ahead(self, targets: Sequence[str], outdated: Sequence[str]) -> None:
        """Move into place what is written until now; what is still to come is published after it.

        What is `outdated` by it goes before all else. Nothing else is deleted yet.
        """
        self._moved = len(self._written)
        if self._staging:
            first = (*targets, *self._new(targets))
            self._staging.publish((MANIFEST_NAME,), (), first, outdated)

    def _new(self, others: Iterable[str]) -> list[str]:
        """Give the paths of what was not there, but for others, in an order to appear in.

        What was there may lead to it, as a feed to its second page, and a page to the next one.
        """
        new = self._written.keys() - self.known.keys() - {*others}
        return sorted(new, key=lambda path: (path.count("/"), len(path), path), reverse=True)

    def settle(self) -> Known:
        """Have what is known be what is published, now that this edition is."""
        self.known.change(self._written.values(), self.deleted())
        return self.known


def published_now(
    remembered: Known,
    destination: Destination,
    former: FormerAddresses = NOTHING_FORMER,
) -> tuple[Known, bool]:
    """Find out what is published, and whether it is what is remembered.

    Where it is not (another catalog wrote it, files are gone), what counts is what lies
    there: a resource whose bytes are as one of the two records says keeps its validators. Of
    others, it is known what anybody may have been sent last.
    """
    manifest = destination.manifest()
    is_whole = not destination.was_interrupted() and destination.holds(remembered.values())
    if manifest == b"".join(remembered.manifest(former)) and is_whole:
        return remembered, True
    candidates = [*remembered.values(), *_listed(manifest)]
    digests = {item.path: destination.digest(item.path) for item in candidates}
    known = (item for item in candidates if digests[item.path] == item.sha256)
    lost: dict[str, Lost] = {}
    for item in candidates:
        _add_lost(lost, item.path, Lost(item.last_modified, item.sha256))
        # A publisher that was killed may have left files that no record speaks of.
        if (date := destination.date(item.path)) is not None:
            _add_lost(lost, item.path, Lost(date, digests[item.path] or ""))
    return Known(known, lost), False


def _add_lost(lost: dict[str, Lost], path: str, other: Lost) -> None:
    """Keep the later one of what was under a path; of a second that is of both, only the time."""
    known = lost.get(path, other)
    if known.last_modified == other.last_modified and known.sha256 != other.sha256:
        known = other._replace(sha256="")
    lost[path] = max(known, other, key=lambda item: item.last_modified)


def _listed(manifest: bytes | None) -> Sequence[Published]:
    if manifest is None:
        return ()
    try:
        return load_manifest(manifest)
    except ValueError:
        return ()


def _size(published: Published | None) -> int:
    return published.size if published else 0


def _is_same(published: Published, resource: Resource, digest: str) -> bool:
    return published.sha256 == digest and published.media_type == resource.media_type
