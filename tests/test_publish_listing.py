"""Manifests to look resources up in."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, strategies as st
from test_publish_manifest import FORMER, published

from feeds.model import FormerAddresses, Published, replace
from feeds.publish.listing import Listing, load_listing
from feeds.publish.manifest import dump_manifest, load_manifest

NAMES = st.text(st.sampled_from('ab/.-"ü\u4e00z'), min_size=1, max_size=6)
PATHS = NAMES.filter(lambda name: not {"", ".", ".."} & set(name.split("/")))
RESOURCES = st.dictionaries(PATHS, st.integers(0, 3), max_size=12)
OFTEN_SAME = st.dictionaries(st.sampled_from([f"{n}.atom" for n in range(30)]), st.integers(0, 1))


def listed(sizes: Mapping[str, int], former: FormerAddresses = FORMER) -> bytes:
    """Write the manifest of resources by their paths and sizes."""
    return dump_manifest([published(path, size) for path, size in sizes.items()], former)


def found(listing: Listing, paths: set[str]) -> dict[str, Published | None]:
    """Look some paths up."""
    return {path: listing.find(path) for path in paths}


def changed(before: Mapping[str, int], after: Mapping[str, int]) -> set[str]:
    """Give the paths that are in one of two mappings only, or with other values."""
    return {path for path, _ in before.items() ^ after.items()}


@given(st.tuples(RESOURCES, RESOURCES) | st.tuples(OFTEN_SAME, OFTEN_SAME))
def test_every_resource_is_found_and_every_change(
    states: tuple[dict[str, int], dict[str, int]],
) -> None:
    """Whatever two manifests list, what is listed is found, and what is other is told."""
    before, after = states
    first = load_listing(listed(before))
    second = load_listing(listed(after, FormerAddresses()), first)
    assert (first.changed, second.changed) == (None, changed(before, after))
    assert (first.former, second.former) == (FORMER, FormerAddresses())
    for listing, sizes in ((first, before), (second, after)):
        paths = {*before, *after}
        expected = {path: published(path, sizes[path]) for path in paths & sizes.keys()}
        assert found(listing, paths) == dict.fromkeys(paths) | expected
        assert tuple(listing) == load_manifest(listed(sizes))


def test_a_long_manifest_is_compared_to_its_end() -> None:
    """Changes are found wherever they are among thousands of resources."""
    before = {f"{number:05}.atom": 4 for number in range(3_000)}
    first = load_listing(listed(before))
    for place in (0, 1, 1_499, 2_998, 2_999):
        path = f"{place:05}.atom"
        for after in (
            before | {path: 5},
            before | {f"{path}.gz": 1},
            {other: size for other, size in before.items() if other != path},
        ):
            second = load_listing(listed(after), first)
            assert second.changed == changed(before, after)
            assert load_listing(listed(before), second).changed == changed(before, after)
    assert load_listing(listed(before), first).changed == set()


def test_a_manifest_that_is_laid_out_otherwise_says_the_same() -> None:
    """JSON with other blanks, or in another order, is a manifest, too."""
    entries = [published(path=f"{number}.atom") for number in range(3)]
    data = dump_manifest(entries, FORMER)
    first = load_listing(data)
    lines = data.splitlines()
    swapped = [lines[0], lines[2], lines[1], *lines[3:]]
    for written in (json.dumps(json.loads(data)).encode(), b"\n".join(swapped)):
        for before in (None, first):
            listing = load_listing(written, before)
            assert tuple(listing) == tuple(entries)
            assert listing.former == FORMER
            assert listing.find("2.atom") == entries[2]
    assert load_listing(b'{"version":1,"resources":[\n]}').find("a") is None


def test_a_line_that_stands_twice_is_refused() -> None:
    """Also where both lines are the same, or were known before."""
    first = load_listing(dump_manifest([published()]))
    line = dump_manifest([published()]).splitlines()[1]
    other = dump_manifest([published(size=5)]).splitlines()[1]
    for lines in ((line, line), (line, other), (other, line)):
        data = b'{"version":1,"resources":[\n%s,\n%s\n]}\n' % lines
        for before in (None, first):
            with pytest.raises(ValueError, match="two resources claim"):
                load_listing(data, before)


@pytest.mark.parametrize("harm", [b'"size":-4', b'"size":"4"', b'"path":"b.atom","size":4'])
def test_a_line_that_nobody_wrote_is_refused_among_others(harm: bytes) -> None:
    """What is new is looked at as closely as in a first manifest."""
    entries = [published(path=f"{name}.atom") for name in "ace"]
    first = load_listing(dump_manifest(entries))
    entries[1] = replace(entries[1], size=7)
    data = dump_manifest(entries).replace(b'"size":7', harm)
    for before in (None, first):
        if b"path" in harm:
            # The last of two members with one name is the one that counts.
            assert load_listing(data, before).find("b.atom") is not None
        else:
            with pytest.raises(ValueError, match="size of the manifest"):
                load_listing(data, before)
