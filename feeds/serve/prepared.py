"""All that can be answered about one resource, in every content coding, made beforehand."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from feeds.http.coding import tag_of_variant
from feeds.http.compression import COMPRESS, coded
from feeds.model import Published
from feeds.publish.policy import Said
from feeds.text.dates import http_date

Headers = tuple[tuple[bytes, bytes], ...]


class Answer:
    """What is sent: a status, header fields with names in lower case, and a body."""

    __slots__ = ("_head", "body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self._head: bytes | None = None

    @property
    def head(self) -> bytes:
        """The header fields as HTTP/1.1 writes them, with the line that ends them."""
        if self._head is None:
            lines = [b"%b: %b\r\n" % field for field in self.headers]
            self._head = b"".join([*lines, b"\r\n"])
        return self._head


class Variant(NamedTuple):
    """The answers in one content coding: the 200, and the 304."""

    whole: Answer
    unchanged: Answer


class Prepared:
    """The answers about one resource.

    `published` is what the manifest said when they were made and `said` what the
    configuration did, `bodies` maps codings to bytes, `identity` among them always. `etag` is
    that of the identity. `last_modified` is that of the manifest; None while that is to come.
    """

    __slots__ = ("bodies", "etag", "last_modified", "published", "said", "variants")

    def __init__(
        self,
        published: Published,
        bodies: Mapping[str, bytes],
        last_modified: datetime | None,
        said: Said,
    ) -> None:
        self.published = published
        self.bodies = bodies
        self.last_modified = last_modified
        self.said = said
        self.etag: str = published.etag
        self.variants = {coding: self._variant(coding, body) for coding, body in bodies.items()}

    @classmethod
    def make(
        cls,
        published: Published,
        body: bytes,
        said: Said,
        now: datetime,
        ready: Mapping[str, bytes] = MappingProxyType({}),
    ) -> "Prepared":
        """Code a body, but for the codings that are `ready`, and prepare its answers."""
        bodies = coded(body, [coding for coding in COMPRESS if coding not in ready])
        bodies.update(ready)
        return cls(published, bodies, _past(published.last_modified, now), said)

    def renewed(self, published: Published, said: Said, now: datetime) -> "Prepared":
        """Prepare the same bytes anew, for what else is said of them now."""
        last_modified = _past(published.last_modified, now)
        if (published, said, last_modified) == (self.published, self.said, self.last_modified):
            return self
        return Prepared(published, self.bodies, last_modified, said)

    def choose(self, codings: Sequence[str]) -> Variant | None:
        """Give the variant in the first coding that there is; None where there is none.

        A resource that is there in one coding only is not negotiated, as RFC 9110, section
        12.4.1, allows: its bytes are more use to anybody than an error.
        """
        for coding in codings:
            if (variant := self.variants.get(coding)) is not None:
                return variant
        return None if len(self.variants) > 1 else self.variants["identity"]

    def _variant(self, coding: str, body: bytes) -> Variant:
        unchanged = {
            "etag": tag_of_variant(self.etag, coding),
            **self.said.lasting_fields,
        }
        if self.last_modified is not None:
            unchanged["last-modified"] = http_date(self.last_modified)
        content = {"content-length": str(len(body)), **self.said.content_fields}
        if coding != "identity":
            content["content-encoding"] = coding
        whole = Answer(200, _raw(content | unchanged), body)
        return Variant(whole, Answer(304, _raw(unchanged), b""))


def _past(moment: datetime, now: datetime) -> datetime | None:
    """Give a moment unless it is to come (RFC 9110, section 8.8.2.1).

    In its stead, another could be said, but not one that a client was told of other bytes.
    """
    return moment if moment <= now else None


def _raw(fields: Mapping[str, str]) -> Headers:
    return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in fields.items())
