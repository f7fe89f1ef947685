"""Which of the paths that are asked for are feeds."""

from collections.abc import Callable, Collection
from functools import lru_cache
from urllib.parse import unquote

FeedOf = Callable[[str], str | None]
"""Gives the path of the feed that is asked for by a target, and None for all else."""

_LONGEST = 400
_REMEMBERED = 8_192

# How others call their feeds, where nobody says which are ours.
_USUAL_ENDS = (".xml", ".rdf", "/feed", "/rss", "/atom", "/feeds")
_NO_FEEDS = ("sitemap", "opensearch", "browserconfig", "manifest", "package")


def feeds_of(suffixes: Collection[str], base_path: str | None, only: str = "") -> FeedOf:
    """Give what tells feeds by their paths: those that end so, below a path where it is given.

    Without one, nothing is known of the publication, and what others call their feeds is one, too.
    A log of a server that is told shorter paths by another one before it has them so. `only` is
    the one feed that is looked for.
    """
    ends = tuple(suffixes) + (_USUAL_ENDS if base_path is None else ())
    before = f"{(base_path or '').strip('/')}/".removeprefix("/")
    wanted = _path(only).removeprefix(before)

    @lru_cache(_REMEMBERED)
    def feed_of(target: str) -> str | None:
        path = _path(target).removeprefix(before)
        is_feed = path == wanted if only else f"/{path}".removesuffix("/").endswith(ends)
        name = path.rpartition("/")[2]
        return path if is_feed and (only or not name.startswith(_NO_FEEDS)) else None

    return lambda target: feed_of(target) if len(target) <= _LONGEST else None


def _path(target: str) -> str:
    """Give what is asked for without its host and query, as it is meant."""
    if "://" in target[:10]:
        target = target.partition("://")[2].partition("/")[2]
    return unquote(target.partition("?")[0].partition("#")[0]).lstrip("/")
