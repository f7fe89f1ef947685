"""nginx: what a `server` block includes, whose root is the publication."""

import re
from collections.abc import Iterable, Iterator

from feeds.model import Gone, Redirect
from feeds.publish.hosting._hosted import (
    BELOW,
    FOLDER,
    MISSING_FIELDS,
    Host,
    Hosted,
    Kind,
    tag_choices,
    tag_fields,
    unmistakable,
)
from feeds.publish.policy import OF_LISTS

_INDEX = "index.html"
_TAG = "$feeds_tag"


def _text(hosted: Hosted) -> str:
    """Write the locations: exact ones, directories that moved, kinds by their suffixes, pages."""
    return "\n".join(_lines(hosted)) + "\n"


def _lines(hosted: Hosted) -> Iterator[str]:
    at = hosted.prefix
    yield f"# For nginx. Include this in a server in whose root this directory is {at or '/'}."
    yield "gzip_static on;"
    yield "error_page 403 404 = @feeds_missing;"
    for number, (pattern, tag) in enumerate(tag_choices(hosted, "$1")):
        if not number:
            yield f"set {_TAG} {OF_LISTS};"
        yield f"if ($uri ~ {_quoted(pattern)}) {{ set {_TAG} {tag}; }}"
    yield from _location("@feeds_missing", MISSING_FIELDS, *_saying(404, "not found"))
    for redirect in hosted.former.redirects:
        yield from _redirect(hosted, redirect)
    for gone in hosted.former.gone:
        yield from _gone(hosted, gone)
    yield from _location(f"= {at}/manifest.json", (), "return 404;")
    for kind in hosted.kinds:
        ours = f"^{re.escape(at)}/.*" if at else ""
        fields = (*kind.fields, *tag_fields(hosted, _TAG))
        yield from _location(f"~ {_quoted(ours + kind.pattern)}", fields, *_serving(kind))
        if kind.suffix == ".html":
            index = f"try_files ${{uri}}{_INDEX} =404;"
            place = f"^{re.escape(at)}/(.*/)?$" if at else "/$"
            yield from _location(f"~ {_quoted(place)}", fields, *_serving(kind), index)
    to_page = f'if (-f $request_filename/{_INDEX}) {{ return 308 "./$1/"; }}'
    place = f"~ {_quoted(f'^{re.escape(at)}{FOLDER}')}"
    yield from _location(place, hosted.moved_fields, to_page, "return 404;")
    yield from _location(f"{at}/", (), "return 404;")


def _redirect(hosted: Hosted, redirect: Redirect) -> Iterator[str]:
    target, fields = unmistakable(redirect.target), hosted.moved_fields
    if redirect.path.endswith("/*"):
        folder = f"{hosted.prefix}/{redirect.path[:-1]}"
        flag = "permanent" if redirect.status == 301 else "redirect"  # noqa: PLR2004 - RFC 9110
        way = f'rewrite {_quoted(f"^{re.escape(folder)}{BELOW}$")} "{target}$1?" {flag};'
        yield from _location(f"^~ {_quoted(folder)}", fields, way, "return 404;")
    else:
        path = _quoted(f"{hosted.prefix}/{redirect.path}")
        yield from _location(f"= {path}", fields, f'return {redirect.status} "{target}";')


def _gone(hosted: Hosted, gone: Gone) -> Iterator[str]:
    path = f"{hosted.prefix}/{gone.path}"
    place = f"^~ {_quoted(path[:-1])}" if path.endswith("/*") else f"= {_quoted(path)}"
    if gone.body:
        last = f"error_page 410 {_quoted(f'{hosted.prefix}/{gone.body}')};"
        yield from _location(place, (), last, "return 410;")
    else:
        yield from _location(place, hosted.moved_fields, *_saying(410, "gone"))


def _saying(status: int, word: str) -> tuple[str, str]:
    return 'default_type "text/plain; charset=utf-8";', f'return {status} "{word}\\n";'


def _serving(kind: Kind) -> tuple[str, str]:
    # nginx would choose by the suffix, and knows neither all of ours nor their charset.
    return "types { }", f"default_type {_quoted(kind.media_type)};"


def _location(place: str, fields: Iterable[tuple[str, str]], *statements: str) -> Iterator[str]:
    yield f"location {place} {{"
    for name, value in fields:
        yield f"    add_header {name} {_quoted(value)} always;"
    for statement in statements:
        yield f"    {statement}"
    yield "}"


def _quoted(text: str) -> str:
    """Quote a parameter; where nginx looks for variables, ours have no dollar sign."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


HOST = Host("nginx", "_nginx.conf", _text)
