"""What is published elsewhere now: what may be said of it, and where each address leads."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple

from feeds.config.checks import said, web_address
from feeds.config.kinds import Checked, Example, OrTextFor, Switch
from feeds.config.problems import Problem
from feeds.text.clean import is_clean

FEED_SUFFIXES = (".atom", ".json", ".rss")
"""What the paths of feeds end with, in all formats that there are."""

_STEM = re.compile(r"all|(?:topics|providers|feeds)/[^/]+")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_LISTS = ("all", "index.html", "feeds.opml", "manifest.json")


def former_path(value: str) -> str:
    """Accept a path below the root, decoded, that may end with a slash."""
    parts = value.removesuffix("/").split("/")
    if {"", ".", ".."} & set(parts) or set(value) & set("\\?#*") or not value.isprintable():
        raise ValueError(
            f"{said(value)} is not a path such as feed.xml or topics/energy, "
            "with no slash before it and no ? # * or \\ in it"
        )
    return value


def destination(value: str) -> str:
    """Accept a path as `former_path` does, `/` for the page of all feeds, or a URL elsewhere."""
    if _WEB.match(value):
        return web_address(value)
    return value if value == "/" and is_clean(value) else former_path(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where something is now that was published before."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = {
        "extra": "forbid",
        "use_attribute_docstrings": True,
    }

    to: Annotated[
        str, Checked(destination, (("minLength", 1),)), Example("topics/machine-learning")
    ]
    """The stem of a channel, to which all that belongs to one moves; or another path; or an
    absolute URL."""

    temporary: Switch = False
    """Whether it will come back, so that readers go on to ask at the former address."""


FormerPath = Annotated[str, Checked(former_path, (("pattern", r"^[^/\\?#*][^\\?#*]*$"),))]
Moves = Mapping[FormerPath, Annotated[Move, OrTextFor("to")]]


class Way(NamedTuple):
    """Where a path leads, and whether for good."""

    target: str
    is_permanent: bool


Ways = Mapping[str, Way]
"""Path → where it leads; what ends with `/*` is all that is below, and leads below its target."""


def is_stem(path: str) -> bool:
    """Whether this is where a channel is, not one of its resources."""
    return bool(_STEM.fullmatch(path)) and not path.endswith(FEED_SUFFIXES)


def moves_channel(source: str, target: str) -> bool:
    """Whether all that belongs to a channel moves: its feeds, and all that is below them.

    What leads to a channel is one; what leads to a URL is one if it can be.
    """
    return is_stem(source if _WEB.match(target) else target)


def ways(moved: Mapping[str, Move]) -> dict[str, Way]:
    """Give every path that leads elsewhere; what is said of one path wins over its channel."""
    found = {
        source: Way(move.to, not move.temporary)
        for source, move in moved.items()
        if not moves_channel(source, move.to)
    }
    for source, move in moved.items():
        if moves_channel(source, move.to):
            target = move.to.rstrip("/")
            for end in FEED_SUFFIXES:
                found.setdefault(source + end, Way(target + end, not move.temporary))
            found.setdefault(_below(source), Way(_below(target), not move.temporary))
    return found


def last_way(found: Ways, source: str) -> Way | None:
    """Follow a path to where it leads in the end; None where that is nowhere.

    It is permanent only if each step of the way is.
    """
    way = found[source]
    for _ in found:
        further = _step(found, way.target)
        if further is None:
            return way
        way = Way(further.target, way.is_permanent and further.is_permanent)
    return None


def moved_problems(values: Mapping[str, object]) -> Iterator[Problem]:
    """Tell what contradicts itself, in plain values that may be wrong in themselves."""
    written = values.get("moved")
    sources = written if isinstance(written, dict) else {}
    moved = {source: Move(to=to) for source, to in _targets(sources)}
    found = ways(moved)
    for source, move in moved.items():
        key = source + FEED_SUFFIXES[0] if moves_channel(source, move.to) else source
        if last_way(found, key) is None:
            yield Problem(("moved", source, "to"), f"{said(move.to)} leads back, or on for ever")
        if moves_channel(source, move.to) and set(move.to) & set("?#"):
            message = f"{said(move.to)} has a ? or #, so that no path can be put at its end"
            yield Problem(("moved", source, "to"), message)
        if _is_published(source, values):
            message = "is published, as this configuration says itself; it cannot have moved"
            yield Problem(("moved", source), message, at_key=True)


def _targets(sources: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for source, value in sources.items():
        target = value.get("to") if isinstance(value, dict) else value
        if isinstance(target, str):
            yield source, target


def _is_published(source: str, values: Mapping[str, object]) -> bool:
    """Whether the configuration itself says that this is published."""
    section, _, name = source.partition("/")
    configured = values.get(section) if section in {"topics", "feeds"} else None
    return source in _LISTS or (isinstance(configured, dict) and name in configured)


def _below(stem: str) -> str:
    """Give the directory of all that belongs to a channel, as `feeds.selection.stems` does."""
    return f"{stem}_/*" if stem.endswith(FEED_SUFFIXES) else f"{stem}/*"


def _step(found: Ways, path: str) -> Way | None:
    if path in found:
        return found[path]
    folder = path.removesuffix("/*")
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        if way := found.get(f"{folder}/*"):
            return Way(way.target[:-1] + path[len(folder) + 1 :], way.is_permanent)
    return None
