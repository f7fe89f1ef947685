"""What is published: bytes under a path, and what caches are told of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct


class Resource(Struct, frozen=True):
    """Bytes to be published under a path relative to the publication's root."""

    path: str
    media_type: str
    body: bytes


class Published(Struct, frozen=True):
    """What the manifest says of a resource: where it is, what its bytes are, since when.

    `sha256` is in hexadecimal, `size` in bytes, `etag` a strong entity tag with its
    quotes (RFC 9110, section 8.8.3), `last_modified` when these bytes first appeared.
    """

    path: str
    media_type: str
    sha256: str
    size: int
    etag: str
    last_modified: datetime


class History(Struct, frozen=True):
    """What is new in a feed to those who have one of its past states.

    `etag` is that of the feed as it is now. `since` maps the entity tags of past states, the
    latest last, to numbers in which a bit is set for each entry of the feed, the first one's
    the lowest, that was other then or not there.
    """

    etag: str
    since: Mapping[str, int]


class Redirect(Struct, frozen=True):
    """A path that is answered with where its resource is now (RFC 9110, section 15.4).

    `target` is an absolute URL, `status` 301 or 302. A path that ends with `/*` is all that is
    below a directory, whose address below it follows the target, which ends with `/`.
    """

    path: str
    target: str
    status: int


class Gone(Struct, frozen=True):
    """A path that is answered with 410 (RFC 9110, section 15.5.11).

    `body` is the path of the resource that comes with that answer, where one does. A path
    that ends with `/*` is all that is below a directory.
    """

    path: str
    body: str | None = None


@dataclass(frozen=True, slots=True)
class FormerAddresses:
    """What is answered under paths at which nothing is published any more."""

    redirects: tuple[Redirect, ...] = ()
    gone: tuple[Gone, ...] = ()
    _known: Mapping[str, Redirect | Gone] = field(init=False, repr=False, compare=False)
    _longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Order what is known by path, since every unknown path of a request is looked up here."""
        # Of several that say something of one path the first holds, redirects before others.
        everything: list[Redirect | Gone] = [*self.redirects, *self.gone]
        known = {item.path: item for item in reversed(everything)}
        folders = (len(path) - 1 for path in known if path.endswith("/*"))
        object.__setattr__(self, "_known", known)
        object.__setattr__(self, "_longest", max(folders, default=0))

    def find(self, path: str) -> Redirect | Gone | None:
        """Give what is answered under a path; what is said of it alone comes first.

        Then come the directories above it, the nearest one first.
        """
        found, end = self._known.get(path), self._longest
        while found is None and (end := path.rfind("/", 0, end)) >= 0:
            found = self._known.get(f"{path[: end + 1]}*")
        return found
