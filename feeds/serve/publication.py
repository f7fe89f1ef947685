"""A publication as the server holds it: every answer made before the request comes."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from feeds.errors import FeedsError
from feeds.model import Published
from feeds.publish.manifest import MANIFEST_NAME, load_manifest
from feeds.text.dates import http_date

Headers = tuple[tuple[bytes, bytes], ...]

# Seconds. Short where the origin answers, since what is withdrawn must soon be gone; a day
# where it does not, since an old feed is better than none (RFC 5861).
_STALE_WHILE_REVALIDATE = 60
_STALE_IF_ERROR = 86_400

_INDEX = "index.html"
_FEED_POLICY = "default-src 'none'; sandbox"
_PAGE_POLICY = (
    "default-src 'none'; img-src https: http:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class NoPublication(FeedsError):
    """There is no publication under this root that could be served."""

    def __init__(self, root: Path, reason: str) -> None:
        super().__init__(f"no publication in {root}: {reason}")


class Prepared:
    """All that can be answered about one resource: 200 with its body, or 304.

    `headers` and `unchanged_headers` are those of the two, names in lower case as ASGI wants
    them; `published` is what the manifest said when they were made.
    """

    __slots__ = (
        "body",
        "etag",
        "headers",
        "last_modified",
        "max_age",
        "published",
        "unchanged_headers",
    )

    def __init__(self, published: Published, body: bytes, max_age: int) -> None:
        self.published = published
        self.max_age = max_age
        self.body = body
        self.etag: str = published.etag
        self.last_modified: datetime = published.last_modified
        # RFC 9110, section 15.4.5: what a 304 repeats, and nothing else.
        validators = {
            "etag": published.etag,
            "last-modified": http_date(published.last_modified),
            "cache-control": _freshness(max_age),
        }
        self.unchanged_headers = _raw(validators)
        self.headers = _raw(_content(published.media_type, len(body)) | validators)

    def is_of(self, entry: Published, max_age: int) -> bool:
        """Whether preparing this entry again would give the same."""
        return self.published == entry and self.max_age == max_age


@dataclass(frozen=True, slots=True)
class Publication:
    """URL path, its percent signs decoded, → what is answered there; it never changes.

    `max_age` is in seconds. `unmatched` has the paths of resources whose files were not what
    the manifest says, so that they have their earlier answer or none: a publisher is at work,
    and loading once more will mend it.
    """

    answers: Mapping[str, Prepared]
    max_age: int
    unmatched: tuple[str, ...] = ()

    def get(self, url_path: str) -> Prepared | None:
        """Look up what is answered under this path; None where nothing is published."""
        return self.answers.get(url_path)

    @classmethod
    def load(cls, root: Path, max_age: int, previous: "Publication | None" = None) -> "Publication":
        """Read the publication under `root`, only what has changed since the previous one.

        Raises NoPublication when there is no manifest or it is none.
        """
        answers: dict[str, Prepared] = {}
        unmatched: list[str] = []
        for entry in _manifest(root):
            prepared = previous.get("/" + entry.path) if previous else None
            if prepared is None or not prepared.is_of(entry, max_age):
                body = _read(root, entry)
                if body is None:
                    unmatched.append(entry.path)
                else:
                    prepared = Prepared(entry, body, max_age)
            if prepared is not None:
                answers.update(dict.fromkeys(_url_paths(entry.path), prepared))
        return cls(MappingProxyType(answers), max_age, tuple(unmatched))


def _manifest(root: Path) -> tuple[Published, ...]:
    try:
        return load_manifest((root / MANIFEST_NAME).read_bytes())
    except OSError as error:
        raise NoPublication(root, f"{MANIFEST_NAME}: {error.strerror}") from error
    except ValueError as error:
        raise NoPublication(root, f"{MANIFEST_NAME}: {error}") from error


def _read(root: Path, entry: Published) -> bytes | None:
    """Read the bytes that the manifest speaks of; None when the file has others or is not there."""
    try:
        with (root / entry.path).open("rb") as file:
            # Before reading, so that a wrong size cannot ask for more memory than there is.
            if os.fstat(file.fileno()).st_size != entry.size:
                return None
            body = file.read(entry.size)
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest() == entry.sha256 else None


def _url_paths(path: str) -> tuple[str, ...]:
    directory, slash, name = ("/" + path).rpartition("/")
    return (directory + slash, "/" + path) if name == _INDEX else ("/" + path,)


def _freshness(max_age: int) -> str:
    return (
        f"public, max-age={max_age}, stale-while-revalidate={_STALE_WHILE_REVALIDATE}, "
        f"stale-if-error={_STALE_IF_ERROR}"
    )


def _content(media_type: str, size: int) -> dict[str, str]:
    is_page = media_type.partition(";")[0].strip().lower() == "text/html"
    fields = {
        "content-type": media_type,
        "content-length": str(size),
        "x-content-type-options": "nosniff",
        "content-security-policy": _PAGE_POLICY if is_page else _FEED_POLICY,
    }
    # Readers that run in a browser fetch feeds from everywhere; nobody fetches pages.
    return fields if is_page else fields | {"access-control-allow-origin": "*"}


def _raw(fields: Mapping[str, str]) -> Headers:
    return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in fields.items())
