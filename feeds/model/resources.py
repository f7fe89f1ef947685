"""What is published: bytes under a path, and what caches are told of them."""

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
