"""The files of a publication, of which nothing is given but what its manifest speaks of."""

import hashlib
import os
from pathlib import Path

from feeds.http.coding import IDENTITY
from feeds.http.compression import COMPRESS, coded
from feeds.model import Published
from feeds.publish.spares import spare_name
from feeds.serve.prepared import Prepared


class Unmatched(Exception):
    """A file is not what the manifest says: the next publication is on its way, or it is harmed."""


class Files:
    """Reads what is below `root`; what is being replaced, among its `spares`."""

    __slots__ = ("_root", "_spares")

    def __init__(self, root: Path, spares: Path) -> None:
        self._root = root
        self._spares = spares

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

    def _read(self, entry: Published) -> bytes | None:
        """Read the bytes that the manifest speaks of; None where they are nowhere."""
        # In this order: what is replaced is among the spares before.
        body = _read(self._root / entry.path, entry)
        return _read(self._spares / spare_name(entry.path), entry) if body is None else body


def _read(file: Path, entry: Published) -> bytes | None:
    try:
        with file.open("rb") as stream:
            # Before reading, so that a wrong size cannot ask for more memory than there is.
            if os.fstat(stream.fileno()).st_size != entry.size:
                return None
            body = stream.read(entry.size)
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest() == entry.sha256 else None
