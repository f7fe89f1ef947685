"""What is published, as it changes: its manifest is always that which is written from nothing."""

from datetime import UTC, datetime
from random import Random

import pytest

from feeds.model import Published
from feeds.publish.known import Known
from feeds.publish.manifest import dump_manifest

SINCE = datetime(2026, 10, 1, tzinfo=UTC)


def published(number: int, said: int = 0) -> Published:
    """Give what is said of one of many resources."""
    name = ("", "ä", '"')[number % 3]
    path = f"topics/{number * 7919 % 10_007}{name}.atom"
    return Published(path, "text/plain", f"{said:064x}", said, f'"{said}"', SINCE)


@pytest.mark.parametrize("number", [0, 1, 255, 256, 257, 3_000])
def test_a_manifest_is_that_of_what_is_published(number: int) -> None:
    """However many resources come, change and go, and wherever, before and after they do."""
    random = Random(number)  # noqa: S311 - the same in every run
    there = {item.path: item for item in map(published, range(number))}
    known = Known(there.values())
    for turn, most in enumerate((1, 40, 2 * number, number, 40, 1), start=1):
        some = [
            published(random.randrange(3_000), turn) for _ in range(random.randint(1, most + 1))
        ]
        written = {item.path: item for item in some}
        kept = sorted(there.keys() - written.keys())
        deleted = random.sample(kept, random.randint(0, min(most, len(kept))))
        there = {path: item for path, item in there.items() if path not in deleted} | written
        expected = dump_manifest(there.values())
        assert b"".join(known.manifest(written=written.values(), deleted=deleted)) == expected
        known.change(written.values(), deleted)
        assert b"".join(known.manifest()) == expected
        assert dict(known) == there


def test_all_that_is_published_may_go_and_come() -> None:
    """With nothing there, the manifest lists nothing, and then what came."""
    items = [published(number) for number in range(600)]
    known = Known(items)
    known.manifest()
    paths = [item.path for item in items]
    assert b"".join(known.manifest(deleted=paths)) == dump_manifest(())
    known.change((), paths)
    assert b"".join(known.manifest(written=items[:1])) == dump_manifest(items[:1])
    known.change(items, ())
    assert b"".join(known.manifest()) == dump_manifest(items)
