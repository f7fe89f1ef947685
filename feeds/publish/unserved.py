"""What of a publication is there for web servers to read, so that nobody is answered with it."""

from collections.abc import Mapping

from feeds.model import Published
from feeds.publish.hosting import hosts

CODED_FILES: Mapping[str, tuple[str, str]] = {
    "gzip": (".gz", "application/gzip"),
    "br": (".br", "application/octet-stream"),
}
"""Content coding → what nginx (gzip_static, brotli_static), Apache and Caddy look for beside a
resource: what is put at the end of its path; and the media type of that."""


def coded_path(path: str, coding: str) -> str:
    """Give where a resource's bytes in a content coding are."""
    return path + CODED_FILES[coding][0]


def is_unserved(entry: Published) -> bool:
    """Whether a resource is another one's bytes in a coding, or what a host is configured with.

    The paths of all others end with the suffix of a format or of pages, whatever channels are
    called, and have their types.
    """
    is_coded = any(
        entry.media_type == media_type and entry.path.endswith(suffix)
        for suffix, media_type in CODED_FILES.values()
    )
    return is_coded or any(entry.path == host.file for host in hosts().values())
