"""The types of the configuration, and what may stand in them."""

import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from feeds.config import Configuration, Site, checks, header_fields, parse_configuration

FOLDER = Path("/srv/feeds/config")


def parse(text: str) -> Configuration:
    return parse_configuration(text, origin="x.yaml", folder=FOLDER)


def test_the_types_come_without_pydantic() -> None:
    """Nothing that is done with a configuration loads pydantic, but to describe it."""
    command = (
        "import pathlib, sys, feeds.config, feeds.config.schema;"
        "feeds.config.parse_configuration('limit: 3', origin='x', folder=pathlib.Path('/srv'));"
        "print([name for name in sys.modules if name.startswith('pydantic')])"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", command], capture_output=True, check=True, text=True
    )
    assert run.stdout == "[]\n"


def test_a_configuration_cannot_be_changed() -> None:
    """What was loaded stays as it was, also when nothing was loaded."""
    for configuration in (Configuration(), parse("limit: 20")):
        with pytest.raises(FrozenInstanceError):
            configuration.limit = 1  # type: ignore[misc]


def test_ids_are_made_from_the_authority_or_the_host() -> None:
    """The tagging entity is what is configured, with a year where it has none."""
    assert Site(id_authority="example.org,2025-01").authority == "example.org,2025-01"
    assert Site(id_authority="example.org").authority == "example.org,2026"
    assert Site(base_url="https://feeds.example.org:8443/x").authority == "feeds.example.org,2026"


def test_the_root_takes_paths() -> None:
    """The base URL is joined with paths whether it ends with a slash or not."""
    assert Site(base_url="https://example.org/feeds/").root == "https://example.org/feeds"
    assert Site(base_url="https://example.org").root == "https://example.org"


@pytest.mark.parametrize(
    "tag", ["en", "pt-BR", "zh-Hant-TW", "es-419", "sl-rozaj-biske", "de-CH-1996", "x-klingon"]
)
def test_languages_are_tags(tag: str) -> None:
    """What RFC 5646 allows is a language, and is kept as it is written."""
    assert parse(f"site: {{language: {tag}}}").site.language == tag


@pytest.mark.parametrize("tag", ["", "e", "en_US", "en-", "english please", "ſv", "12"])  # noqa: RUF001
def test_other_texts_are_no_languages(tag: str) -> None:
    """What RFC 5646 does not allow is refused, look-alikes of ASCII letters too."""
    with pytest.raises(ValueError, match="is not a language tag"):
        checks.language(tag)


@pytest.mark.parametrize(
    "entity",
    [
        "example.org",
        "example.org,2026",
        "example.org,2026-02",
        "example.org,2024-02-29",
        "news@feeds.example.org,2026",
        "xn--mller-kva.example,2026-12-31",
        "localhost",
    ],
)
def test_authorities_are_tagging_entities(entity: str) -> None:
    """What RFC 4151 allows is an authority, and its date may be left out."""
    assert checks.authority(entity) == entity


@pytest.mark.parametrize(
    "entity",
    ["", "example.org,", "example.org,2026-13", "example.org,2023-02-29", "exa mple.org", ".org"],
)
def test_other_texts_are_no_authorities(entity: str) -> None:
    """A date that never was, or a name that no domain has, is refused."""
    with pytest.raises(ValueError, match="is not a domain and a date"):
        checks.authority(entity)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Lisbon", "America/Argentina/Buenos_Aires"])
def test_time_zones_are_known(zone: str) -> None:
    """A zone of the IANA data is accepted."""
    assert checks.time_zone(zone) == zone


@pytest.mark.parametrize("zone", ["", "Europe", "Mars/Olympus", "/etc/passwd", "\ud800", "a" * 999])
def test_other_texts_are_no_time_zones(zone: str) -> None:
    """A directory, a path or a text that no file can be called by is refused, not an error."""
    with pytest.raises(ValueError, match="is not an IANA zone"):
        checks.time_zone(zone)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "localhost", "feeds.internal"])  # noqa: S104
def test_hosts_are_names_and_addresses(host: str) -> None:
    """Names and addresses of both families can be listened on."""
    assert checks.host(host) == host


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("9464", ("127.0.0.1", 9464)),
        ("0", ("127.0.0.1", 0)),
        ("10.0.0.5:9464", ("10.0.0.5", 9464)),
        ("0.0.0.0:65535", ("0.0.0.0", 65_535)),  # noqa: S104 - an example
        ("'[::1]:9464'", ("::1", 9464)),
        ("metrics.internal:1", ("metrics.internal", 1)),
    ],
)
def test_metrics_are_at_a_port_or_an_address_and_one(text: str, place: tuple[str, int]) -> None:
    """A port alone is one of the loopback address."""
    assert parse(f"server: {{metrics: {text}}}").server.metrics_at == place
    assert Configuration().server.metrics_at is None


@pytest.mark.parametrize(
    "text", ["", ":9464", "65536", "-1", "::1:9464", "a b:1", "x:", "http://x:1"]
)
def test_other_texts_are_no_place_for_metrics(text: str) -> None:
    """What has no port, or no address before its colon, is refused."""
    with pytest.raises(ValueError, match="is neither a port nor an address and one"):
        checks.listening(text)


def test_a_client_is_in_a_field() -> None:
    """The name of a header field is accepted as it is written, and no other text."""
    assert header_fields.field_name("X-Real-IP") == "X-Real-IP"
    for text in ("", "X Real", "X-Real-IP:", "Ü", "a" * 101):
        with pytest.raises(ValueError, match="is not the name of a header field"):
            header_fields.field_name(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("limit: 1", "limit"),
        ("limit: 100", "limit"),
        ("pages: 20", "pages"),
        ("related: {limit: 0}", "related"),
        ("related: {limit: 20}", "related"),
        ("top: {entries: 0}", "top"),
        ("top: {entries: 100}", "top"),
        ("digests: {entries: 1}", "digests"),
        ("digests: {entries: 100}", "digests"),
        ("server: {port: 0}", "server"),
        ("server: {port: 65535, max_age: 0}", "server"),
        ("reload: {every: 1}", "reload"),
        ("limits: {depth: 100, nodes: 1}", "limits"),
    ],
)
def test_bounds_are_within(text: str, key: str) -> None:
    """The least and the greatest number that are allowed are allowed."""
    assert getattr(parse(text), key) != getattr(Configuration(), key)


def test_the_longest_slug_has_eighty_characters() -> None:
    """A slug of 80 characters is one, of 81 is none."""
    assert checks.slug("a" * 80) == "a" * 80
    with pytest.raises(ValueError, match="is not a slug"):
        checks.slug("a" * 81)
