"""Conditional requests: whether the client has the representation already (RFC 9110, 13)."""

import re
from collections.abc import Iterator
from datetime import datetime

from feeds.text.dates import parse_http_date

# RFC 9110, sections 5.6.1 and 8.8.3. Every repetition is possessive: no field, however long
# and however wrong, is looked at more than once.
_OPAQUE_TAG = r'"[\x21\x23-\x7e\x80-\xff]*+"'
_TAG_LIST = re.compile(rf"(?:[ \t,]*+(?:W/)?+{_OPAQUE_TAG}[ \t]*+(?:,|\Z))*+[ \t,]*+")
_TAG = re.compile(_OPAQUE_TAG)

# What we, and servers in front that compress, put at the end of the tag of the bytes before:
# `-gzip` (Apache, Caddy), `--gzip` (Jetty), `;gzip`; and we for one reader alone (delta.py).
_ADDED = re.compile(r'(?:(?:--?+|;)(?:gzip|br|zstd|deflate|im))++"')


def has_tag(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match field names this entity tag, by weak comparison.

    Several field lines are joined with `, ` before. `*` names every tag; a field that is not
    what RFC 9110, section 13.1.2, says it should be names none. `etag` is that of the bytes
    without a content coding; with the name of one at its end it means the same resource in
    the same state, whoever coded it, and that is what a client with a copy asks about.
    """
    opaque = etag.removeprefix("W/")
    field = if_none_match.strip(" \t")
    if field in {opaque, "*"}:
        return True
    if _TAG_LIST.fullmatch(field) is None:
        return False
    return any(_is_of(tag.group(), opaque) for tag in _TAG.finditer(field))


def _is_of(tag: str, opaque: str) -> bool:
    return tag == opaque or (
        tag.startswith(opaque[:-1]) and _ADDED.fullmatch(tag, len(opaque) - 1) is not None
    )


def named_tags(if_none_match: str) -> Iterator[tuple[str, str]]:
    """Give the entity tags that an If-None-Match field names, and these with nothing added.

    Weak ones are given as strong ones. A field that is not what RFC 9110, section 13.1.2, says
    it should be names none.
    """
    if _TAG_LIST.fullmatch(if_none_match.strip(" \t")):
        for found in _TAG.finditer(if_none_match):
            tag = found.group()
            yield tag, _ADDED.sub('"', tag)


def is_unmodified_since(if_modified_since: str, last_modified: datetime) -> bool:
    """Whether nothing has changed since the date of an If-Modified-Since field.

    A field that is no HTTP date is as good as none (RFC 9110, section 13.1.3).
    """
    since = parse_http_date(if_modified_since)
    return since is not None and last_modified <= since


def is_not_modified(
    *,
    if_none_match: str | None,
    if_modified_since: str | None,
    etag: str,
    last_modified: datetime | None,
) -> bool:
    """Whether a GET or HEAD of a representation with these validators is answered with 304.

    If-Modified-Since counts only where there is no If-None-Match, even a malformed one
    (RFC 9110, section 13.2.2), and only where there is a `last_modified`, in whole seconds.
    """
    if if_none_match is not None:
        return has_tag(if_none_match, etag)
    if if_modified_since is not None and last_modified is not None:
        return is_unmodified_since(if_modified_since, last_modified)
    return False
