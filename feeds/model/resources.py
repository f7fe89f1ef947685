"""What is published: bytes under a path, and what caches are told of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Resource:
    """Bytes to be published under a path relative to the publication's root."""

    path: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Published:
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


@dataclass(frozen=True, slots=True)
class History:
    """What is new in a feed to those who have one of its past states.

    `etag` is that of the feed as it is now. `since` maps the entity tags of past states, the
    latest last, to numbers in which a bit is set for each entry of the feed, the first one's
    the lowest, that was other then or not there.
    """

    etag: str
    since: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Redirect:
    """A path that is answered with where its resource is now (RFC 9110, section 15.4).

    `target` is an absolute URL, `status` 301 or 302. A path that ends with `/*` is all that is
    below a directory, whose address below it follows the target, which ends with `/`.
    """

    path: str
    target: str
    status: int


@dataclass(frozen=True, slots=True)
class Gone:
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

    def find(self, path: str) -> Redirect | Gone | None:
        """Give what is answered under a path; what is said of it alone comes first."""
        everything: list[Redirect | Gone] = [*self.redirects, *self.gone]
        for known in everything:
            if known.path == path:
                return known
        folders = [known for known in everything if known.path.endswith("/*")]
        reaching = [known for known in folders if path.startswith(known.path[:-1])]
        return max(reaching, key=lambda known: len(known.path), default=None)
