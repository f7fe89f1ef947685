"""Where documents are, and how large one may be."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated

from feeds.config.kinds import (
    Anywhere,
    Example,
    PathPart,
    Slug,
    Switch,
    WebAddress,
    WholeNumber,
)
from feeds.config.section import Section

AtLeastOne = Annotated[int, WholeNumber(1)]


def name_of(place: Path | str) -> str:
    """Give the name of a directory, or of a prefix or bucket by its address."""
    return PurePosixPath(place).name


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusSource(Section):
    """A place where documents are: a directory, or a prefix in a bucket."""

    path: Annotated[Anywhere, Example("../articles")]
    """The directory, relative to the configuration file; or a place in a bucket of a store of
    objects, `s3://bucket/prefix`, `gs://…` or `az://…`, which needs `feeds[scale]`. Keys for the
    store are in the environment, as its own tools have them."""

    name: Annotated[PathPart | None, Example("articles")] = None
    """What the paths of its documents begin with when there are several; never change it,
    ids are made from those paths. Default: nothing for the first, the directory's name for
    the others."""

    dialect: Annotated[Slug | None, Example("jekyll")] = None
    """The dialect of all its documents; without it, each document's own keys decide."""

    base_url: Annotated[WebAddress | None, Example("https://www.example.org/")] = None
    """The absolute URL against which relative links in its documents are resolved."""

    repair_mojibake: Switch = False
    """Whether text that was decoded wrongly once, such as `Ã©` for `é`, is put right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Section):
    """How large a document may be before it is refused."""

    file_bytes: Annotated[AtLeastOne, Example(262_144)] = 1024 * 1024
    """Bytes of a whole file."""

    front_matter_bytes: Annotated[AtLeastOne, Example(16_384)] = 64 * 1024
    """Bytes of its front matter."""

    depth: Annotated[int, WholeNumber(1, 100), Example(10)] = 20
    """Levels of lists and mappings within each other, at most 100."""

    nodes: Annotated[AtLeastOne, Example(5_000)] = 20_000
    """Keys and values in the front matter."""

    title_characters: Annotated[AtLeastOne, Example(300)] = 1_000
    """Characters of a title."""

    topics: Annotated[AtLeastOne, Example(10)] = 50
    """Topics of one document."""

    related: Annotated[AtLeastOne, Example(10)] = 50
    """Related items of one document."""

    url_characters: Annotated[AtLeastOne, Example(1_000)] = 2_000
    """Characters of a URL."""

    seconds: Annotated[int, WholeNumber(1, 3_600), Example(10)] = 5
    """Seconds for which reading it may keep a processor busy; with all waiting, it may take four
    times as long."""
