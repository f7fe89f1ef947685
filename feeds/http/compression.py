"""Bytes in content codings, and out of them; the same bytes give the same again.

gzip is always there, and faster where zlib-ng is installed; the others, where their libraries are.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from gzip import GzipFile
from importlib import import_module
from typing import Any, Protocol

from feeds.http.coding import IDENTITY

Compress = Callable[[bytes], bytes]


class Source(Protocol):
    """Where bytes come from, a few at a time."""

    def read(self, size: int = -1, /) -> bytes:
        """Give the next bytes, of a number at most; none at the end."""


Decompress = Callable[[Source], Source]

LEAST_BYTES = 800
"""Fewer bytes than this are not coded: with a head of ours they fit into one TCP segment."""

# Feeds are coded when they are published, all else while somebody waits. Levels above make feeds
# smaller by a hundredth at most (br: 11 by an eighth) and take up to fifty times as long; br at 4
# would take two thirds of the time and be a sixteenth larger.
_GZIP_LEVEL = 5
_BROTLI_QUALITY = 5
_ZSTD_LEVEL = 9

# Adds 16 to the greatest window: a gzip header, with no name and no time (RFC 1952).
_GZIP_WINDOW = 31


def _gzip() -> Compress:
    try:
        from zlib_ng.zlib_ng import compress  # noqa: PLC0415
    except ImportError:
        from zlib import compress  # noqa: PLC0415
    return lambda body: bytes(compress(body, _GZIP_LEVEL, _GZIP_WINDOW))


def _brotli() -> Compress | None:
    try:
        import brotli  # noqa: PLC0415
    except ImportError:
        return None
    return lambda body: bytes(brotli.compress(body, quality=_BROTLI_QUALITY))


def _zstd() -> Compress | None:
    # By its name, since the oldest Python that we run on does not have it.
    try:
        standard = import_module("compression.zstd")
    except ImportError:
        return _zstandard()
    return lambda body: bytes(standard.compress(body, level=_ZSTD_LEVEL))


def _zstandard() -> Compress | None:
    try:
        import zstandard  # noqa: PLC0415
    except ImportError:
        return None
    return lambda body: bytes(zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body))


def _installed() -> Mapping[str, Compress]:
    found = {"br": _brotli(), "zstd": _zstd(), "gzip": _gzip()}
    return {coding: compress for coding, compress in found.items() if compress}


COMPRESS: Mapping[str, Compress] = _installed()
"""Content coding → what codes bytes in it, for those that are there on this machine."""


def coded(body: bytes, codings: Iterable[str] = COMPRESS) -> dict[str, bytes]:
    """Map codings to a body in them, `identity` first; those that save nothing are left out."""
    variants = {IDENTITY: body}
    if len(body) < LEAST_BYTES:
        return variants
    for coding in codings:
        compressed = COMPRESS[coding](body)
        if len(compressed) < len(body):
            variants[coding] = compressed
    return variants


# --- Out of them -------------------------------------------------------------------------

_FIRST_BYTES = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}

MOST_FIRST_BYTES = max(map(len, _FIRST_BYTES))
"""How many bytes tell a coding."""


def coding_of(first: bytes) -> str:
    """Tell in which coding a file is by its first bytes (RFC 1952 and 8878)."""
    found = (coding for begin, coding in _FIRST_BYTES.items() if first.startswith(begin))
    return next(found, IDENTITY)


def _from_zstd() -> tuple[Decompress | None, type[Exception]]:
    try:
        standard = import_module("compression.zstd")
    except ImportError:
        return _from_zstandard()
    return standard.ZstdFile, standard.ZstdError


def _from_zstandard() -> tuple[Decompress | None, type[Exception]]:
    try:
        import zstandard  # noqa: PLC0415
    except ImportError:
        return None, EOFError
    reader = zstandard.ZstdDecompressor().stream_reader
    return partial(reader, read_across_frames=True), zstandard.ZstdError


def _from_gzip(source: Source) -> Source:
    # It is said to need more of a file than it does where nobody seeks in it.
    file: Any = source
    return GzipFile(fileobj=file)


_UNZSTD, _ZSTD_ERROR = _from_zstd()

BROKEN = (EOFError, OSError, zlib.error, _ZSTD_ERROR)
"""What is raised where bytes are not what they begin as, or are cut off."""

DECOMPRESS: Mapping[str, Decompress] = {
    IDENTITY: lambda source: source,
    "gzip": _from_gzip,
    **({"zstd": _UNZSTD} if _UNZSTD else {}),
}
"""Content coding → what takes it away, as far as bytes are read; for those that are there."""
