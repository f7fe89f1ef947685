"""Elements that more than one XML format writes and that feedgen does not write right."""

from feeds.formats._feedgen import Element, child
from feeds.model import Enclosure, Entry, Feed, Image, Link

_MEDIUMS = {
    "application/pdf": "document",
    "audio": "audio",
    "image": "image",
    "text": "document",
    "video": "video",
}
_PLAYED = frozenset({"audio", "image", "video"})


def add_link(parent: Element, name: str, link: Link) -> None:
    """Append an Atom link with all it has (RFC 4287, section 4.2.7)."""
    child(
        parent,
        name,
        rel=link.relation,
        href=link.url,
        title=link.title,
        type=link.media_type,
        hreflang=link.language or "",
    )


def add_feed_links(parent: Element, name: str, feed: Feed, suffix: str, media_type: str) -> None:
    """Append a feed's hubs (WebSub, section 4), other pages and archive (RFC 5005, 3 and 4)."""
    for hub in feed.hubs:
        add_link(parent, name, Link("hub", hub))
    for relation, stem in feed.pages:
        add_link(parent, name, Link(relation, stem + suffix, media_type=media_type))
    for link in feed.links:
        add_link(parent, name, link)


def add_media(
    parent: Element, entry: Entry, files: tuple[Enclosure, ...], enclosed: str = ""
) -> None:
    """Append the player, the images and some files of an entry, none of them twice.

    `enclosed` is the address of a file that is not to stand here a second time. Only the
    still of a player is a `media:thumbnail`, since readers show an image twice that is a
    content, too. Source: Media RSS 1.5.1.
    """
    listed = {enclosed}
    if entry.player:
        _add_player(parent, entry.player, entry.images[:1])
        listed.update(image.url for image in entry.images[:1])
    items: tuple[Image | Enclosure, ...] = (*entry.images, *files)
    for item in items:
        if item.url not in listed:
            listed.add(item.url)
            _add_content(parent, item)


def is_played(enclosure: Enclosure) -> bool:
    """Tell whether a file is something to see or hear."""
    return _medium(enclosure.media_type) in _PLAYED


def number(count: int | None) -> str:
    """Write a number that is known and more than nothing, else the empty text."""
    return str(count) if count else ""


def _add_player(parent: Element, player: str, stills: tuple[Image, ...]) -> None:
    media = child(parent, "media:content", medium="video")
    for still in stills:
        child(
            media,
            "media:thumbnail",
            url=still.url,
            height=number(still.height),
            width=number(still.width),
        )
    child(media, "media:player", url=player)


def _add_content(parent: Element, item: Image | Enclosure) -> None:
    """Append an image or a file.

    What it is called is a `media:title` because some readers, feedparser among them, take a
    `media:description` for the summary or the content of the entry.
    """
    known = _image(item) if isinstance(item, Image) else _file(item)
    title = item.alternative if isinstance(item, Image) else item.title
    media = child(parent, "media:content", url=item.url, **known)
    if title:
        child(media, "media:title", title, type="plain")


def _image(image: Image) -> dict[str, str]:
    return {"medium": "image", "height": number(image.height), "width": number(image.width)}


def _file(enclosure: Enclosure) -> dict[str, str]:
    return {
        "fileSize": number(enclosure.length),
        "type": enclosure.media_type,
        "medium": _medium(enclosure.media_type),
        "duration": number(enclosure.duration),
    }


def _medium(media_type: str) -> str:
    """Give the medium, if any, that Media RSS has for a media type."""
    essence = media_type.partition(";")[0].strip().casefold()
    return _MEDIUMS.get(essence) or _MEDIUMS.get(essence.partition("/")[0], "")
