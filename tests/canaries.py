"""Words that must not get out, and a search that finds them in whatever dress they do.

A dress is what programs make of text on its way: other case, escapes of addresses, markup and
JSON, digits for bytes, codings, a database.
"""

import base64
import gzip
import html
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from functools import partial
from urllib.parse import unquote_to_bytes

UNTOLD = "kanarienvogel4711"
"""What nobody is to be told: what is `secured`, what is no document, what is beside the corpus."""

INNER = "hausrotschwanz0815"
"""What readers are not to be told, and a publisher may be."""

_ESCAPE = re.compile(rb"\\u([0-9a-f]{4})|\\x([0-9a-f]{2})", re.IGNORECASE)
_DATABASE = b"SQLite format 3\0"
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _base64(before: int, text: str) -> str:
    return base64.b64encode(b"x" * before + text.encode() + b"yz").decode()


DRESSES: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "title": str.title,
    "percent": _percent,
    "half percent": lambda text: _percent(text[:5]) + text[5:],
    "json": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "python": lambda text: "".join(f"\\x{ord(char):02x}" for char in text),
    "entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "hex entities": lambda text: "".join(f"&#X{ord(char):X};" for char in text),
    "escaped entities": lambda text: "".join(f"&amp;#{ord(char)};" for char in text),
    "hex": lambda text: text.encode().hex(),
    "upper hex": lambda text: text.encode().hex().upper(),
    "utf-16": "\0".join,
    **{f"base64 after {before}": partial(_base64, before) for before in range(3)},
    **{f"upper in base64 after {n}": lambda text, n=n: _base64(n, text.upper()) for n in range(3)},
}
"""What text is made into, by the name of the dress."""


def traces(word: str, data: bytes, name: str = "") -> list[str]:
    """Give in which readings of some bytes a word is, which is to be in lower case.

    `name` is that of the file or of the coding.
    """
    return [how for how, text in _readings(data, name) if _holds(text, word)]


def _holds(text: bytes, word: str) -> bool:
    small = text.lower()
    patterns = (word, word.encode().hex(), "\0".join(word))
    return any(pattern.encode() in small for pattern in patterns) or any(
        pattern in text for pattern in _in_base64(word)
    )


def _in_base64(word: str) -> Iterator[bytes]:
    """Give what of a word, in any case, does not depend on the bytes around it in base64."""
    for text in (word, word.upper(), word.title()):
        for before in range(3):
            whole = base64.b64encode(b"x" * before + text.encode())
            inner = whole[4:-4]
            yield inner
            yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def _readings(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Give what some bytes say: as they are, out of their coding, out of all escapes."""
    yield "as it is", data
    if (inner := _decoded(data, name)) is not None:
        yield from ((f"decoded, {how}", text) for how, text in _readings(inner, ""))
    if data.startswith(_DATABASE):
        return
    markup = html.unescape(html.unescape(data.decode("latin-1")))
    yield "out of markup", markup.encode("latin-1", "replace")
    yield "out of an address", unquote_to_bytes(data)
    yield "out of a string", _ESCAPE.sub(_character, data)


def _character(escape: re.Match[bytes]) -> bytes:
    return chr(int(escape[1] or escape[2], 16)).encode("utf-8", "replace")


def _decoded(data: bytes, name: str) -> bytes | None:
    if data.startswith(_DATABASE):
        return _rows(data)
    if data.startswith(_GZIP):
        return gzip.decompress(data)
    if data.startswith(_ZSTD):
        import zstandard

        return bytes(zstandard.ZstdDecompressor().decompress(data))
    if name == "br" or name.endswith(".br"):
        import brotli

        return bytes(brotli.decompress(data))
    return None


def _rows(database: bytes) -> bytes:
    """Give all values of a database, of which the file may have parts in different pages."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database)
        # What is virtual has what it keeps in other tables.
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        names = [name for (name,) in connection.execute(query)]
        values = [
            value
            for name in names
            for row in connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - its own names
            for value in row
        ]
        return b"\n".join(map(_value, values))


def _value(value: object) -> bytes:
    """Give the bytes of a value, unpacked where it is packed."""
    if isinstance(value, bytes):
        with suppress(zlib.error):
            return zlib.decompress(value)
        return value
    return str(value).encode()
