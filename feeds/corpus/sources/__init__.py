"""Places where documents are: a room for each kind, and what leads to the right one."""

from pathlib import Path

from feeds.corpus.source import Source
from feeds.corpus.sources.directory import DirectorySource


def source_at(place: Path) -> Source:
    """Give the source of documents that a configuration names."""
    return DirectorySource(place)
