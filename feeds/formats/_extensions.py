"""Elements that more than one XML format writes and that feedgen does not write right."""

from feeds.formats._feedgen import Element, child
from feeds.model import Image, Link


def add_link(parent: Element, name: str, link: Link) -> None:
    """Append an Atom link with all it has (RFC 4287, section 4.2.7)."""
    child(parent, name, rel=link.relation, href=link.url, title=link.title, type=link.media_type)


def add_image(parent: Element, image: Image) -> None:
    """Append an image with its alternative text; width and height are in pixels.

    There is no `media:thumbnail`, since readers show an image twice that has both. The text
    is a `media:title` because some readers, feedparser among them, take a
    `media:description` for the summary or the content of the entry. Source: Media RSS 1.5.
    """
    media = child(
        parent,
        "media:content",
        url=image.url,
        medium="image",
        width=_pixels(image.width),
        height=_pixels(image.height),
    )
    if image.alternative:
        child(media, "media:title", image.alternative, type="plain")


def _pixels(count: int | None) -> str:
    return str(count) if count else ""
