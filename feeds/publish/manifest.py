"""The manifest: what a publication consists of, as bytes that people can read as well."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, TypeVar

from feeds.model import FormerAddresses, Gone, Published, Redirect, asdict
from feeds.text.dates import parse_instant, rfc3339

MANIFEST_NAME = "manifest.json"

NOTHING_FORMER = FormerAddresses()

T = TypeVar("T")
Former = TypeVar("Former", Redirect, Gone)

_VERSION = 1
BEGINNING = b'{"version":%d,"resources":[\n' % _VERSION
"""What every manifest begins with, the line feed before its first resource included."""
BETWEEN = b",\n"
"""What is between two lines of a manifest."""
BEFORE_PATH = b'{"path":"'
AFTER_PATH = b'","media_type":'
"""What is before and after the path in the line of a resource."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ETAG = re.compile(r'"[\x21\x23-\x7e]*"')
_URL = re.compile(r"https?://[!-~]+")
_REDIRECTIONS = frozenset({301, 302})
_MEDIA_TYPE = re.compile(r"[!-.0-~]+/[!-~]+(?: [!-~]+)*")


def entity_tag(sha256: str) -> str:
    """Make the strong entity tag of bytes from their SHA-256 in hexadecimal (RFC 9110, 8.8.3)."""
    return f'"{sha256[:32]}"'


def dump_manifest(entries: Iterable[Published], former: FormerAddresses = NOTHING_FORMER) -> bytes:
    """Write the manifest of these resources: JSON, sorted by path, a line for each of them.

    What is answered under former addresses comes after them, where there is any. Raises
    ValueError when two resources claim one path.
    """
    ordered = sorted(entries, key=lambda entry: entry.path)
    _refuse_duplicates(ordered)
    return b"".join(manifest_of_lines(map(manifest_line, ordered), former))


def manifest_of_lines(
    lines: Iterable[bytes], former: FormerAddresses = NOTHING_FORMER
) -> list[bytes]:
    """Write a manifest, in parts, of lines that resources have in it in the order of their paths.

    Several of them may be given as one, with `BETWEEN` between them.
    """
    end = b"\n]"
    if former.redirects:
        end += b',"redirects":' + _listed(former.redirects)
    if former.gone:
        end += b',"gone":' + _listed(former.gone)
    separated = [part for line in lines for part in (BETWEEN, line)]
    return [BEGINNING, *separated[1:], end, b"}\n"]


def manifest_line(entry: Published) -> bytes:
    """Write the line of a resource."""
    path, media_type, etag = map(_quoted, (entry.path, entry.media_type, entry.etag))
    return (
        f'{{"path":{path},"media_type":{media_type},"sha256":"{entry.sha256}",'
        f'"size":{entry.size},"etag":{etag},"last_modified":"{rfc3339(entry.last_modified)}"}}'
    ).encode()


def path_of_line(line: bytes) -> str:
    """Read the path from the line of a resource, as `manifest_line` writes it."""
    return load_path(line[len(BEFORE_PATH) : line.index(AFTER_PATH)])


def load_manifest(data: bytes) -> tuple[Published, ...]:
    """Read the resources of a manifest, in the order of their paths.

    Raises ValueError on anything that `dump_manifest` does not write, paths that lead out of
    the publication among them.
    """
    entries = tuple(_published(fields) for fields in _resources(data))
    _refuse_duplicates(entries)
    return tuple(sorted(entries, key=lambda entry: entry.path))


def load_line(line: bytes) -> Published:
    """Read a resource from its line, without the comma. Raises ValueError as `load_manifest`."""
    return _published(_parsed(line))


def load_path(text: bytes) -> str:
    """Read a path from what stands between its quotation marks. Raises ValueError for none."""
    if b"\\" not in text:
        return text.decode()
    path = _parsed(b'"%b"' % text)
    if not isinstance(path, str):
        raise ValueError("a path of the manifest is no text")  # noqa: TRY004 - as all that is wrong
    return path


def load_former(data: bytes) -> FormerAddresses:
    """Read from a manifest what is answered under former addresses, in the order of their paths.

    Raises ValueError on anything that `dump_manifest` does not write.
    """
    manifest = _manifest(data)
    redirects = _optional(manifest, "redirects")
    gone = _optional(manifest, "gone")
    return FormerAddresses(
        tuple(_by_path(map(_redirect, redirects))), tuple(_by_path(map(_gone, gone)))
    )


def _listed(items: Iterable[Former]) -> bytes:
    return b"[\n%b\n]" % BETWEEN.join(map(_compact, _by_path(items)))


def _by_path(items: Iterable[Former]) -> list[Former]:
    return sorted(items, key=lambda item: item.path)


def _compact(item: Redirect | Gone) -> bytes:
    known = {key: value for key, value in asdict(item).items() if value is not None}
    return json.dumps(known, separators=(",", ":")).encode()


def _refuse_duplicates(entries: Iterable[Published]) -> None:
    seen = set[str]()
    for entry in entries:
        if entry.path in seen:
            raise ValueError(f"two resources claim the path {entry.path!a}")
        seen.add(entry.path)


def _resources(data: bytes) -> list[Any]:
    return _field(_manifest(data), "resources", list)


def _manifest(data: bytes) -> object:
    manifest = _parsed(data)
    if _field(manifest, "version", int) != _VERSION:
        raise ValueError(f"the manifest is not of version {_VERSION}")
    return manifest


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data.decode())
    except RecursionError:
        raise ValueError("the manifest nests too deeply") from None


def _optional(manifest: object, key: str) -> list[Any]:
    is_there = isinstance(manifest, dict) and key in manifest
    return _field(manifest, key, list) if is_there else []


def _redirect(fields: object) -> Redirect:
    status = _field(fields, "status", int)
    if status not in _REDIRECTIONS:
        raise ValueError(f"status of the manifest cannot be {status}")
    return Redirect(_former_path(fields), _matching(fields, "target", _URL), status)


def _gone(fields: object) -> Gone:
    path = _former_path(fields)
    is_alone = not (isinstance(fields, dict) and "body" in fields)
    return Gone(path, None if is_alone else _path(_field(fields, "body", str)))


def _former_path(fields: object) -> str:
    """Read a former path, which may be a directory, or all that is below one."""
    path = _field(fields, "path", str)
    _path(path.removesuffix("*").removesuffix("/"))
    return path


def _published(fields: object) -> Published:
    return Published(
        path=_path(_field(fields, "path", str)),
        media_type=_matching(fields, "media_type", _MEDIA_TYPE),
        sha256=_matching(fields, "sha256", _SHA256),
        size=_size(_field(fields, "size", int)),
        etag=_matching(fields, "etag", _ETAG),
        last_modified=_moment(_field(fields, "last_modified", str)),
    )


def _field(fields: object, key: str, kind: type[T]) -> T:
    value = fields.get(key) if isinstance(fields, dict) else None
    # By the exact type: true is not a number here, as it would be to isinstance.
    if type(value) is not kind:
        raise ValueError(f"{key} of the manifest is missing or not a {kind.__name__}")
    return value


def _matching(fields: object, key: str, pattern: re.Pattern[str]) -> str:
    value = _field(fields, key, str)
    # These become header fields, so that nothing may be in them that ends a line.
    if pattern.fullmatch(value) is None:
        raise ValueError(f"{key} of the manifest cannot be {value[:80]!a}")
    return value


def _path(path: str) -> str:
    if path == MANIFEST_NAME or not all(map(_is_name, path.split("/"))):
        raise ValueError(f"no resource can be published as {path[:80]!a}")
    return path


def _is_name(part: str) -> bool:
    return part not in {"", ".", ".."} and "\\" not in part and part.isprintable()


def _size(size: int) -> int:
    if size < 0:
        raise ValueError(f"size of the manifest cannot be {size}")
    return size


def _moment(text: str) -> datetime:
    moment = parse_instant(text).moment
    if rfc3339(moment) != text:
        raise ValueError(f"last_modified of the manifest cannot be {text[:80]!a}")
    return moment
