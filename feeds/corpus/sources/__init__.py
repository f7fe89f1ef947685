"""Places where documents are: a room for each kind, and what leads to the right one."""

from pathlib import Path

from feeds.corpus.source import Source
from feeds.corpus.sources.directory import DirectorySource


def source_at(place: Path | str) -> Source:
    """Give the source of documents that is a directory, or a place in a bucket by its address."""
    if isinstance(place, Path):
        return DirectorySource(place)
    # What it takes to read a bucket is loaded by who has one.
    from feeds.corpus.sources.bucket import BucketSource  # noqa: PLC0415

    return BucketSource(place)
