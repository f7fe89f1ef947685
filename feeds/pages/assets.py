"""What pages fetch besides their text: how they look, and what they can do where scripts run."""

from collections.abc import Iterator

from feeds.model import Directory, Resource
from feeds.pages.environment import Look
from feeds.selection.finding import INDEX_PATH, write_index

ASSET_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".data": "application/json",
}
"""The media types of these files, by their suffixes."""


def styles(look: Look) -> Iterator[Resource]:
    """Give how all pages look, and how those do that list something."""
    for name in ("style", "lists"):
        yield _asset(look, name, ".css")


def scripts(look: Look) -> Iterator[Resource]:
    """Give what copies an address, lists chosen feeds, and finds some; pages do without."""
    for name in ("choose", "copy", "search"):
        yield _asset(look, name, ".js")


def search_index(directory: Directory, suffix: str) -> Resource:
    """Give what feeds are found in; readers take them in the format with this suffix."""
    return Resource(INDEX_PATH, ASSET_TYPES[".data"], write_index(directory, suffix))


def _asset(look: Look, name: str, suffix: str) -> Resource:
    path = f"{name}{suffix}"
    return Resource(path, ASSET_TYPES[suffix], look.text(path).encode())
