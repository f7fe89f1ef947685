"""Any bytes as the manifest of a publication."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from test_publish_manifest import FORMER, published

from feeds.publish.listing import load_listing
from feeds.publish.manifest import dump_manifest, load_former, load_manifest

LONGEST = 2_000
KNOWN = dump_manifest([published(f"{name}.atom") for name in "abcd"], FORMER)
WORDS = [
    '{"path":"',
    '","media_type":',
    '"size":',
    "\n]",
    ',"gone":[',
    ',"redirects":[',
    "../",
    "\\u0000",
    "\\",
    "},\n{",
]


def seeds() -> Iterable[bytes]:
    """Give manifests."""
    yield KNOWN
    yield dump_manifest([])
    yield dump_manifest([published("a/\u00fc b/index.html"), published("b.atom.gz", 7)])


def check(data: bytes) -> None:
    """See that both ways to read a manifest agree on it, and that what they read is safe."""
    try:
        entries, former = load_manifest(data), load_former(data)
    except ValueError:
        refused(data)
        return
    written = dump_manifest(entries, former)
    assert (load_manifest(written), load_former(written)) == (entries, former)
    assert dump_manifest(entries, former) == written
    listing, known = load_listing(data), load_listing(KNOWN)
    after = load_listing(data, known)
    other = {*entries} ^ {*known}
    for found in (listing, after):
        assert tuple(found) == entries
        assert found.former == former
        assert all(found.find(entry.path) == entry for entry in entries)
        assert found.find("none.atom") is None or "none.atom" in {entry.path for entry in entries}
    assert after.changed is None or after.changed >= {entry.path for entry in other}
    for entry in entries:
        parts = PurePosixPath(entry.path).parts
        assert parts
        assert not {"..", "/"} & {*parts}
        assert f"{entry.etag}{entry.media_type}{entry.path}".isprintable()


def refused(data: bytes) -> None:
    """See that a manifest which one way refuses is refused by the other, too."""
    for before in (None, load_listing(KNOWN)):
        try:
            load_listing(data, before)
        except ValueError:
            continue
        raise AssertionError("refused by one way only")
