import gzip
import random
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds.http import compression
from feeds.http.compression import COMPRESS, LEAST_BYTES, coded

FEED = b"<entry><title>What is said again and again</title></entry>\n" * 100


def brotli(data: bytes) -> bytes:
    return bytes(pytest.importorskip("brotli").decompress(data))


def zstd(data: bytes) -> bytes:
    library = pytest.importorskip("zstandard")
    return bytes(library.ZstdDecompressor().decompress(data))


DECODE: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli,
    "zstd": zstd,
}


@pytest.mark.parametrize("coding", DECODE)
def test_a_coding_gives_the_bytes_back(coding: str) -> None:
    """What is coded is smaller, is decoded to the same, and is the same each time."""
    if coding not in COMPRESS:
        pytest.skip(f"{coding} is not installed")
    compressed = COMPRESS[coding](FEED)
    assert len(compressed) < len(FEED)
    assert DECODE[coding](compressed) == FEED
    assert COMPRESS[coding](FEED) == compressed


def test_gzip_is_always_there_and_tells_no_time_and_no_name() -> None:
    """The header has no flag and no time (RFC 1952, section 2.3)."""
    compressed = coded(FEED)["gzip"]
    assert compressed[:4] == b"\x1f\x8b\x08\x00"
    assert compressed[4:8] == bytes(4)


def test_gzip_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without zlib-ng there are the same codings, and gzip takes about as many bytes."""
    for name in ("zlib_ng", "zlib_ng.zlib_ng"):
        monkeypatch.setitem(sys.modules, name, None)
    codings = runpy.run_path(compression.__file__)["COMPRESS"]
    assert codings.keys() == COMPRESS.keys()
    text = Path(compression.__file__).read_bytes()
    compressed = codings["gzip"](text)
    assert gzip.decompress(compressed) == text
    assert len(compressed) == pytest.approx(len(COMPRESS["gzip"](text)), rel=0.05)


def test_the_identity_is_first_and_the_same() -> None:
    """The bytes themselves are always there."""
    variants = coded(FEED)
    assert next(iter(variants.items())) == ("identity", FEED)
    assert variants.keys() == {"identity", *COMPRESS}
    assert coded(FEED, ["gzip"]).keys() == {"identity", "gzip"}


def test_what_is_small_stays_as_it_is() -> None:
    """One byte less than the least is not coded."""
    assert coded(FEED[: LEAST_BYTES - 1]) == {"identity": FEED[: LEAST_BYTES - 1]}
    assert "gzip" in coded(FEED[:LEAST_BYTES])


def test_what_gets_no_smaller_stays_as_it_is() -> None:
    """Bytes in which there is nothing to save are sent as they are."""
    noise = random.Random(1).randbytes(4 * LEAST_BYTES)  # noqa: S311
    assert coded(noise) == {"identity": noise}
