import hashlib
import json
from datetime import UTC, datetime

import pytest

from feeds.model import FormerAddresses, Gone, Published, Redirect
from feeds.publish.listing import load_listing
from feeds.publish.manifest import (
    dump_manifest,
    entity_tag,
    load_former,
    load_manifest,
)

SHA256 = hashlib.sha256(b"feed").hexdigest()


def published(path: str = "all.atom", size: int = 4) -> Published:
    return Published(
        path=path,
        media_type="application/atom+xml; charset=utf-8",
        sha256=SHA256,
        size=size,
        etag=entity_tag(SHA256),
        last_modified=datetime(2026, 10, 9, 8, 7, 6, tzinfo=UTC),
    )


def changed(**changes: object) -> bytes:
    """Write a manifest of one resource of which some fields are others, or gone for None."""
    manifest = json.loads(dump_manifest([published()]))
    fields = manifest["resources"][0] | changes
    manifest["resources"] = [{key: value for key, value in fields.items() if value is not None}]
    return json.dumps(manifest).encode()


def test_an_entity_tag_is_strong_and_made_of_the_digest() -> None:
    """The tag is half of the digest in quotes, so that equal bytes have equal tags."""
    assert entity_tag(SHA256) == f'"{SHA256[:32]}"'


def test_what_is_written_is_read_again() -> None:
    """Reading gives back what was written, in the order of paths."""
    entries = [published("b.atom"), published("index.html"), published("a/ü b/index.html")]
    assert load_manifest(dump_manifest(entries)) == (entries[2], entries[0], entries[1])


def test_an_empty_publication_has_a_manifest() -> None:
    """No resources are written and read like any others."""
    assert load_manifest(dump_manifest([])) == ()


def test_order_does_not_matter() -> None:
    """The same resources in any order give the same bytes."""
    entries = [published(f"{name}.atom") for name in "cabd"]
    assert dump_manifest(entries) == dump_manifest(reversed(entries))


def test_each_resource_has_a_line() -> None:
    """A changed resource changes one line, which begins with its path."""
    lines = dump_manifest([published("b.atom"), published("a.atom")]).decode().splitlines()
    assert lines[0] == '{"version":1,"resources":['
    assert lines[1].startswith('{"path":"a.atom",')
    assert '"last_modified":"2026-10-09T08:07:06Z"' in lines[1]
    assert lines[-1] == "]}"
    assert len(lines) == 4


def test_two_resources_under_one_path_are_refused() -> None:
    """Neither writing nor reading lets two resources claim one path."""
    with pytest.raises(ValueError, match=r"claim the path 'all\.atom'"):
        dump_manifest([published(), published(size=5)])
    line = dump_manifest([published()]).splitlines()[1]
    with pytest.raises(ValueError, match=r"claim the path 'all\.atom'"):
        load_manifest(b'{"version":1,"resources":[%s,%s]}' % (line, line))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"resources":[]}',
        b'{"version":2,"resources":[]}',
        b'{"version":true,"resources":[]}',
        b'{"version":"1","resources":[]}',
        b'{"version":1}',
        b'{"version":1,"resources":{}}',
        b'{"version":1,"resources":[null]}',
        b'{"version":1,"resources":["all.atom"]}',
        dump_manifest([published()])[:-4],
        *(changed(**{name: None}) for name in Published.__struct_fields__),
    ],
    ids=lambda data: repr(data[:40]),
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    """Torn bytes, other versions and missing members are a ValueError and nothing else."""
    for load in (load_manifest, load_listing):
        with pytest.raises(ValueError, match=r"."):
            load(data)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("path", ""),
        ("path", "/etc/passwd"),
        ("path", "../x"),
        ("path", "a/../../x"),
        ("path", "./a"),
        ("path", "a//b"),
        ("path", "a/"),
        ("path", "a\\b"),
        ("path", "a\0b"),
        ("path", "a\nb"),
        ("path", "\ud800"),
        ("path", "manifest.json"),
        ("path", 1),
        ("media_type", "text"),
        ("media_type", "text/html\r\nSet-Cookie: a=b"),
        ("media_type", "text/ü"),
        ("media_type", []),
        ("sha256", SHA256[1:]),
        ("sha256", SHA256.upper()),
        ("size", -1),
        ("size", True),
        ("size", 4.0),
        ("size", "4"),
        ("etag", "abc"),
        ("etag", 'W/"abc"'),
        ("etag", '"a"b"'),
        ("etag", '"abc"\r\n'),
        ("last_modified", "2026-10-09"),
        ("last_modified", "2026-10-09T08:07:06"),
        ("last_modified", "2026-10-09T08:07:06+02:00"),
        ("last_modified", "yesterday"),
        ("last_modified", ""),
        ("last_modified", 0),
    ],
)
def test_a_field_that_we_would_not_write_is_refused(key: str, value: object) -> None:
    """No path leads out of the publication, no field breaks a header, no type is guessed."""
    for load in (load_manifest, load_listing):
        with pytest.raises(ValueError, match=f"{key}|published|is not a date"):
            load(changed(**{key: value}))


def test_unknown_members_are_left_alone() -> None:
    """A later version of us may write more than we know."""
    assert load_manifest(changed(language="en")) == (published(),)


FORMER = FormerAddresses(
    (
        Redirect("feed/", "https://feeds.example/all.rss", 302),
        Redirect("topics/ü/*", "https://feeds.example/topics/u/", 301),
    ),
    (Gone("topics/x.atom", "gone/topics/x.atom"), Gone("topics/x/*")),
)


def test_former_addresses_are_written_and_read_again() -> None:
    """What is answered under them comes after the resources, each path on a line of its own."""
    data = dump_manifest([published()], FORMER)
    assert load_former(data) == FORMER
    assert load_manifest(data) == (published(),)
    assert b'\n{"path":"topics/x/*"}\n]}\n' in data
    assert load_former(dump_manifest([published()])) == FormerAddresses()


@pytest.mark.parametrize(
    ("key", "item"),
    [
        ("redirects", {"path": "a", "target": "https://feeds.example/", "status": 303}),
        ("redirects", {"path": "a", "target": "https://feeds.example/", "status": "301"}),
        ("redirects", {"path": "a", "target": "/all.rss", "status": 301}),
        ("redirects", {"path": "a", "target": "https://feeds.example/\r\nx: y", "status": 301}),
        ("redirects", {"path": "../a", "target": "https://feeds.example/", "status": 301}),
        ("redirects", {"path": "/a", "target": "https://feeds.example/", "status": 301}),
        ("redirects", {"path": "a"}),
        ("redirects", None),
        ("gone", {"path": ""}),
        ("gone", {"path": "a", "body": "../secret"}),
        ("gone", {"path": "a", "body": None}),
        ("gone", "a"),
    ],
)
def test_a_former_address_that_nobody_wrote_is_refused(key: str, item: object) -> None:
    """Nothing of a redirect or of what is gone can break out of a path or a header field."""
    manifest = json.loads(dump_manifest([])) | {key: [item]}
    with pytest.raises(ValueError, match=r"manifest|published as"):
        load_former(json.dumps(manifest).encode())
