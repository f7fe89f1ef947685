"""The bytes of a publication, of which nothing is given but what its manifest speaks of."""

from collections.abc import Callable

from feeds.http.coding import IDENTITY
from feeds.http.compression import COMPRESS, coded
from feeds.model import Published
from feeds.serve.prepared import Prepared


class Unmatched(Exception):
    """A file is not what the manifest says: the next publication is on its way, or it is harmed."""


class Files:
    """Gives bodies in codings, of what `read` gives: the bytes of a resource, or None.

    Where they `are_far`, nobody may wait for them who keeps others waiting.
    """

    __slots__ = ("_read", "are_far")

    def __init__(self, read: Callable[[Published], bytes | None], *, are_far: bool) -> None:
        self._read = read
        self.are_far = are_far

    def body(self, prepared: Prepared, coding: str) -> bytes | None:
        """Give a resource's bytes in a coding, coded if need be; None where that saves nothing.

        Raises `Unmatched`.
        """
        file = prepared.files.get(coding)
        if file is not None and (body := self._read(file)) is not None:
            return body
        whole = prepared.body(IDENTITY) or self._read(prepared.published)
        if whole is None:
            raise Unmatched(prepared.published.path)
        return coded(whole, [coding] if coding in COMPRESS else []).get(coding)
