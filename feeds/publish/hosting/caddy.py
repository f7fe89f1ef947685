"""Caddy: what a site's block imports, whose root is the publication."""

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

_TAG = "{feeds_tag}"

_SERVING = (
    "file_server {",
    "    disable_canonical_uris",
    "    precompressed zstd br gzip",
    "}",
)


def _text(hosted: Hosted) -> str:
    """Write one route: what moved or is gone, kinds by their suffixes, pages, then a 404."""
    ours = f"{hosted.prefix}/*" if hosted.prefix else "*"
    lines = ["# For Caddy. Import this in a site whose root is this directory.", f"route {ours} {{"]
    lines += (*_indented(_route(hosted)), "}")
    return "\n".join(lines) + "\n"


def _route(hosted: Hosted) -> Iterator[str]:
    yield from _tags(hosted)
    for number, redirect in enumerate(hosted.former.redirects):
        yield from _redirect(hosted, redirect, f"moved{number}")
    types = {kind.suffix: kind for kind in hosted.kinds if not kind.folder}
    for number, gone in enumerate(hosted.former.gone):
        yield from _gone(hosted, gone, f"gone{number}", types)
    if hosted.prefix:
        yield f"uri strip_prefix {hosted.prefix}"
    for number, kind in enumerate(hosted.kinds):
        if kind.suffix == ".html":
            yield "@index path_regexp /$"
            yield "rewrite @index {path}index.html"
        yield from (f"@kind{number} {{", "    file", f"    path_regexp {_raw(kind.pattern)}")
        # What lists the publication is no part of it.
        yield from ("    not path_regexp ^/manifest\\.json$", "}")
        yield from _handle(f"kind{number}", kind, (*_tagging(hosted), *_SERVING))
    yield from (
        "@folder {",
        "    file {path}/index.html",
        f"    path_regexp folder `^{FOLDER}`",
        "}",
    )
    yield from _handled("folder", _fields(hosted.moved_fields), "redir * ./{re.folder.1}/ 308")
    yield from _fields(MISSING_FIELDS)
    yield 'respond "not found\n" 404'


def _tags(hosted: Hosted) -> Iterator[str]:
    """Map the path that was asked for, whatever becomes of it, to a tag: the first that matches."""
    choices = tag_choices(hosted, '"${1}"')
    if choices:
        lines = [f"{_raw(f'~{pattern}')} {tag}" for pattern, tag in reversed(choices)]
        lines.append(f"default {OF_LISTS}")
        yield from (f"map {{http.request.orig_uri.path}} {_TAG} {{", *_indented(lines), "}")


def _tagging(hosted: Hosted) -> Iterator[str]:
    """Set the fields of tags; a brace would be escaped where other values stand."""
    for name, value in tag_fields(hosted, _TAG):
        yield f"header {name} {value}"


def _redirect(hosted: Hosted, redirect: Redirect, name: str) -> Iterator[str]:
    target, pattern = unmistakable(redirect.target), _pattern(hosted, redirect.path)
    if redirect.path.endswith("/*"):
        target += f"{{re.{name}.1}}"
        pattern = pattern.removesuffix(".*$") + BELOW + "$"
    yield f"@{name} path_regexp {name} {_raw(pattern)}"
    yield from _handled(name, _fields(hosted.moved_fields), f"redir * {target} {redirect.status}")


def _gone(hosted: Hosted, gone: Gone, name: str, kinds: dict[str, Kind]) -> Iterator[str]:
    yield f"@{name} path_regexp {_raw(_pattern(hosted, gone.path))}"
    kind = kinds.get("." + gone.path.rpartition(".")[2])
    if gone.body and kind:
        last = (f"rewrite * /{gone.body}", *_SERVING[:-1], "    status 410", "}")
        yield from _handle(name, kind, last)
    else:
        yield from _handled(name, _fields(hosted.moved_fields), 'respond "gone\n" 410')


def _handle(name: str, kind: Kind, statements: Iterable[str]) -> Iterator[str]:
    fields = (("Content-Type", kind.media_type), *kind.fields)
    yield from _handled(name, _fields(fields), *statements)


def _handled(name: str, fields: Iterable[str], *statements: str) -> Iterator[str]:
    yield from (f"handle @{name} {{", *_indented((*fields, *statements)), "}")


def _fields(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Set header fields when the answer is made, so that nothing adds to them."""
    lines = [f"{name} {_quoted(value)}" for name, value in fields]
    yield from ("header {", *_indented((*lines, "defer")), "}")


def _pattern(hosted: Hosted, path: str) -> str:
    """Match a path exactly, its case too, which Caddy's matcher of paths does not regard."""
    exact = re.escape(f"{hosted.prefix}/{path.removesuffix('*')}")
    return f"^{exact}.*$" if path.endswith("/*") else f"^{exact}$"


def _raw(pattern: str) -> str:
    # What stands between backquotes has no escapes; a brace could begin a placeholder.
    safe = pattern.replace("`", r"\x60").replace(r"\{", r"\x7b").replace(r"\}", r"\x7d")
    return f"`{safe}`"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("{", "\\{")
    return f'"{escaped}"'


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"    {line}"


HOST = Host("caddy", "_caddy.conf", _text)
