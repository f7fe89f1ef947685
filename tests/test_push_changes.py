from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from feeds.model import FormerAddresses, Gone, Published, Redirect, replace as other
from feeds.publish.listing import load_listing
from feeds.publish.manifest import dump_manifest, entity_tag
from feeds.push.changes import changes_between

ATOM = "application/atom+xml; charset=utf-8"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def published(path: str, text: str = "", media_type: str = ATOM) -> Published:
    digest = sha256(text.encode()).hexdigest()
    return Published(path, media_type, digest, len(text), entity_tag(digest), NOW)


def listing(*entries: Published, former: FormerAddresses | None = None) -> bytes:
    return dump_manifest(entries, former or FormerAddresses())


def compared(before: bytes, after: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give what has changed, and see that it is the same for who has not read it line by line."""
    old = load_listing(before)
    found = [changes_between(old, each) for each in (load_listing(after, old), load_listing(after))]
    assert found[0] == found[1]
    return found[0].new, found[0].served


def test_bytes_are_compared_and_not_lines() -> None:
    """What is as it was, and only dated or typed otherwise, has not changed."""
    before = [published("a.atom"), published("b.atom", "1"), published("d.atom")]
    after = [
        other(before[0], last_modified=NOW + timedelta(days=1), media_type="text/plain"),
        published("b.atom", "2"),
        published("c.atom"),
    ]
    assert compared(listing(*before), listing(*after)) == (
        ("b.atom", "c.atom"),
        ("b.atom", "c.atom", "d.atom"),
    )
    assert compared(listing(*after), listing(*after)) == ((), ())
    assert compared(listing(), listing(*before[:1])) == (("a.atom",), ("a.atom",))


def test_what_nobody_is_answered_with_is_no_change() -> None:
    """Compressed files, and those that configure hosts, are there for web servers."""
    coded = published("a.atom.gz", "1", "application/gzip")
    before = [coded, published("_nginx.conf", "1", "text/plain"), published("a.atom")]
    after = [other(each, sha256=sha256(b"2").hexdigest()) for each in before]
    assert compared(listing(*before), listing(*after)) == (("a.atom",), ("a.atom",))
    assert compared(listing(*before), listing()) == ((), ("a.atom",))


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ((), (Redirect("x", "https://feeds.example/a", 301),), ("x",)),
        ((Redirect("x", "https://feeds.example/a", 301),), (), ("x",)),
        (
            (Redirect("x", "https://feeds.example/a", 301),),
            (Redirect("x", "https://feeds.example/b", 301),),
            ("x",),
        ),
        ((Redirect("x/*", "https://feeds.example/a/", 301),), (), ()),
    ],
)
def test_former_addresses_are_served(
    before: tuple[Redirect, ...], after: tuple[Redirect, ...], paths: tuple[str, ...]
) -> None:
    """One of which something else is said has changed; what is below a directory is not known."""
    both = [listing(former=replace(FormerAddresses(), redirects=each)) for each in (before, after)]
    assert compared(*both) == ((), paths)


def test_what_ends_is_told_once() -> None:
    """A feed that is gone, and said to be, is one path."""
    after = listing(former=FormerAddresses((), (Gone("a.atom"),)))
    assert compared(listing(published("a.atom")), after) == ((), ("a.atom",))
