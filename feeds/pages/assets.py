"""What pages fetch besides their text: how they look, and what they can do where scripts run."""

from feeds.model import Resource
from feeds.pages.environment import Look

ASSET_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
"""The media types of these files, by their suffixes."""


def style(look: Look) -> Resource:
    """Give how all pages look."""
    return _asset(look, "style", ".css")


def script(look: Look) -> Resource:
    """Give what copies the address of a feed; its page is whole without."""
    return _asset(look, "copy", ".js")


def _asset(look: Look, name: str, suffix: str) -> Resource:
    path = f"{name}{suffix}"
    return Resource(path, ASSET_TYPES[suffix], look.text(path).encode())
