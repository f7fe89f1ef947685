"""`feeds hosting`: what a static host is configured with to answer as the server does."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import click

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings
from feeds.cli.talk import exit_code
from feeds.config.types import Configuration
from feeds.publish.directory import DirectoryDestination
from feeds.publish.hosting import Hosted, Kind, hosts
from feeds.publish.manifest import load_former
from feeds.serve.policy import Policy
from feeds.serve.prepared import Prepared
from feeds.serve.publication import Publication

_FIELDS = {
    b"cache-control": "Cache-Control",
    b"x-content-type-options": "X-Content-Type-Options",
    b"content-security-policy": "Content-Security-Policy",
    b"access-control-allow-origin": "Access-Control-Allow-Origin",
    b"access-control-expose-headers": "Access-Control-Expose-Headers",
    b"vary": "Vary",
}


def print_hosting(settings: Settings, name: str) -> None:
    """Print what the host of this name is configured with, for what is published now."""
    with exit_code():
        click.echo(
            hosts()[name].text(_hosted(load_settings(settings, corpus_needed=False))), nl=False
        )


def _hosted(configuration: Configuration) -> Hosted:
    """Describe what is published by what the server would answer."""
    max_age = configuration.server.max_age
    publication = Publication.load(configuration.output, Policy(configuration), datetime.now(UTC))
    manifest = DirectoryDestination(configuration.output).manifest() or b""
    return Hosted(
        root=str(configuration.output),
        prefix=urlsplit(configuration.site.root).path,
        kinds=tuple(_kinds(publication)),
        former=load_former(manifest),
        moved_fields=(
            ("Cache-Control", f"max-age={max_age}"),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Security-Policy", "default-src 'none'; sandbox"),
            ("Access-Control-Allow-Origin", "*"),
        ),
    )


def _kinds(publication: Publication) -> Iterator[Kind]:
    """Give each kind of resource once, those in archives first.

    Of archives, the answer of a month that is not over counts: a host knows no months.
    """
    found: dict[tuple[str, str], Prepared] = {}
    for path, prepared in publication.answers.items():
        folder, _, name = path.rpartition("/")
        above = "archive" if folder.endswith("/archive") else ""
        kind = above, "." + name.rpartition(".")[2]
        if name and (kind not in found or _seconds(prepared) < _seconds(found[kind])):
            found[kind] = prepared
    for above, suffix in sorted(found, key=lambda kind: (not kind[0], kind)):
        fields = dict(found[above, suffix].variants["identity"].headers)
        media_type = fields[b"content-type"].decode()
        yield Kind(suffix, above, media_type, tuple(_fields(fields)))


def _seconds(prepared: Prepared) -> int:
    """Give how long an answer is fresh."""
    found = re.search(r"max-age=(\d+)", prepared.said.cache_control)
    return int(found[1]) if found else 0


def _fields(headers: Mapping[bytes, bytes]) -> Iterator[tuple[str, str]]:
    for name, written in _FIELDS.items():
        if name in headers:
            yield written, headers[name].decode()
