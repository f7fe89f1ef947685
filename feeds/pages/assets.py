"""What pages fetch besides their text: how they look, and what they can do where scripts run."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from feeds.model import Resource

ASSET_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
"""The media types of these files, by their suffixes."""


def style() -> Resource:
    """Give how all pages look."""
    return _asset("style", ".css")


def scripts() -> Iterator[Resource]:
    """Give what copies an address, lists chosen feeds, and finds some; pages do without."""
    for name in ("choose", "copy", "search"):
        yield _asset(name, ".js")


@cache
def _asset(name: str, suffix: str) -> Resource:
    path = f"{name}{suffix}"
    body = (files("feeds.pages") / "templates" / path).read_bytes()
    return Resource(path, ASSET_TYPES[suffix], body)
