"""All that can be answered about one resource, made when it is first asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from feeds.http.coding import IDENTITY, tag_of_variant
from feeds.http.compression import COMPRESS, LEAST_BYTES
from feeds.model import History, Published
from feeds.publish.policy import Said
from feeds.serve.tally import Poll
from feeds.text.dates import http_date

Headers = tuple[tuple[bytes, bytes], ...]

# What the answers in one coding take besides their bytes, as measured: header fields, twice.
_BYTES_OF_HEADERS = 6_000


class Answer:
    """What is sent: a status, header fields with names in lower case, and a body.

    What it is counted as, each time, is a `poll` where one is made before; else its `kind` and
    status, or nothing where it is of no kind.
    """

    __slots__ = ("_head", "body", "headers", "kind", "poll", "status")

    def __init__(
        self,
        status: int,
        headers: Headers,
        body: bytes,
        poll: Poll | None = None,
        kind: str = "other",
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.poll = poll
        self.kind = kind
        self._head: bytes | None = None

    @property
    def head(self) -> bytes:
        """The header fields as HTTP/1.1 writes them, with the line that ends them."""
        if self._head is None:
            lines = [b"%b: %b\r\n" % field for field in self.headers]
            self._head = b"".join([*lines, b"\r\n"])
        return self._head


class Cold(NamedTuple):
    """What stands for an answer that needs a body which is not in memory: in this coding."""

    coding: str


class Variant:
    """The answers in one content coding: the 304, the 200 to HEAD and, with a body, that to GET.

    They are `counted` by a path, which may be empty, and a kind.
    """

    __slots__ = ("coding", "counted", "headed", "length", "unchanged", "whole")

    def __init__(
        self,
        coding: str,
        headers: Headers,
        unchanged: Headers,
        length: int,
        counted: tuple[str, str],
    ) -> None:
        self.coding = coding
        self.length = length
        self.counted = counted
        self.unchanged = Answer(304, unchanged, b"", self._poll(304, saved=length))
        self.headed = Answer(200, headers, b"", self._poll(200))
        self.whole: Answer | None = None

    def hold(self, body: bytes) -> None:
        """Answer with this body from now on."""
        self.whole = Answer(200, self.headed.headers, body, self._poll(200, sent=len(body)))

    def _poll(self, status: int, sent: int = 0, saved: int = 0) -> Poll:
        path, kind = self.counted
        return Poll(path, status, sent, saved, kind)


class Prepared:
    """The answers about one resource.

    `published` is what the manifest says of it, `files` what it says of those beside it, by
    codings, and `said` what the configuration does. `etag` is that of the identity.
    `last_modified` is that of the manifest; None while that is to come. `parts` are bodies with
    some entries of a feed, by past states and codings, and `history` knows these states.
    """

    __slots__ = (
        *("_lengths", "_variants", "etag", "files", "history", "last_modified", "parts"),
        *("published", "said"),
    )

    def __init__(
        self, published: Published, files: Mapping[str, Published], said: Said, now: datetime
    ) -> None:
        self.published = published
        self.files = files
        self.said = said
        self.etag: str = published.etag
        self.last_modified = _past(published.last_modified, now)
        self.history: History | None = None
        self.parts: dict[tuple[str, str], bytes | None] = {}
        # Of other codings, it is known only when its bytes have been coded once whether they
        # save anything.
        self._lengths: dict[str, int | None] = {IDENTITY: published.size}
        self._lengths.update((coding, file.size) for coding, file in files.items())
        self._variants: dict[str, Variant] = {}

    @property
    def weight(self) -> int:
        """About how many bytes of memory this takes."""
        variants = [*self._variants.values()]
        bodies = [len(variant.whole.body) for variant in variants if variant.whole]
        parts = [len(part) for part in [*self.parts.values()] if part]
        return sum(bodies) + sum(parts) + _BYTES_OF_HEADERS * (1 + len(variants))

    def choose(self, codings: Sequence[str]) -> Variant | Cold | None:
        """Give the variant in the first coding that there is; None where there is none.

        A resource that is there in one coding only is not negotiated, as RFC 9110, section
        12.4.1, allows: its bytes are more use to anybody than an error.
        """
        for coding in codings:
            if self._lengths.get(coding) is not None:
                return self.variant(coding)
            if self._is_unknown(coding):
                return Cold(coding)
        if unknown := next(filter(self._is_unknown, COMPRESS), None):
            return Cold(unknown)
        is_negotiated = any(
            length is not None for coding, length in self._lengths.items() if coding != IDENTITY
        )
        return None if is_negotiated else self.variant(IDENTITY)

    def variant(self, coding: str) -> Variant:
        """Give the variant in a coding that there is."""
        variant = self._variants.get(coding)
        if variant is None:
            variant = self._variants[coding] = self._variant(coding, self._lengths[coding] or 0)
        return variant

    def body(self, coding: str) -> bytes | None:
        """Give the bytes in a coding; None where they are not in memory."""
        variant = self._variants.get(coding)
        return variant.whole.body if variant and variant.whole else None

    def is_known(self, coding: str) -> bool:
        """Whether the bytes in a coding are in memory, or there are none."""
        is_none = coding in self._lengths and self._lengths[coding] is None
        return is_none or self.body(coding) is not None

    def hold(self, coding: str, body: bytes | None) -> None:
        """Answer with these bytes in a coding from now on, or never in it."""
        if body is None:
            self._lengths[coding] = None
            return
        # A file that was not as listed is made up for, and by other bytes perhaps.
        variant = self._variants.get(coding)
        if variant is None or variant.length != len(body):
            variant = self._variant(coding, len(body))
        variant.hold(body)
        self._variants[coding] = variant
        self._lengths[coding] = len(body)

    def _is_unknown(self, coding: str) -> bool:
        return (
            coding not in self._lengths
            and coding in COMPRESS
            and self.published.size >= LEAST_BYTES
        )

    def _variant(self, coding: str, length: int) -> Variant:
        unchanged = {
            "etag": tag_of_variant(self.etag, coding),
            **self.said.lasting_fields,
        }
        if self.last_modified is not None:
            unchanged["last-modified"] = http_date(self.last_modified)
        content = {"content-length": str(length), **self.said.content_fields}
        if coding != IDENTITY:
            content["content-encoding"] = coding
        counted = (self.published.path if self.said.is_polled else "", self.said.kind)
        return Variant(coding, _raw(content | unchanged), _raw(unchanged), length, counted)


def _past(moment: datetime, now: datetime) -> datetime | None:
    """Give a moment unless it is to come (RFC 9110, section 8.8.2.1).

    In its stead, another could be said, but not one that a client was told of other bytes.
    """
    return moment if moment <= now else None


def _raw(fields: Mapping[str, str]) -> Headers:
    return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in fields.items())
