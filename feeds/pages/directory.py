"""The list of all feeds, which is the page at `/`."""

from collections.abc import Sequence

from feeds.model import ChannelKind, Directory, FeedFormat, Resource
from feeds.pages.environment import PAGE_TYPE, Look

_HEADINGS: tuple[tuple[ChannelKind, str], ...] = (
    ("all", "Everything"),
    ("rule", "Selections"),
    ("topic", "Topics"),
    ("provider", "Providers"),
)


def directory_page(look: Look, directory: Directory, formats: Sequence[FeedFormat]) -> Resource:
    """Write the page that lists all feeds, with links by which readers discover them."""
    by_kind = {
        heading: [outline for outline in directory.outlines if outline.kind == kind]
        for kind, heading in _HEADINGS
    }
    page = look.render(
        "directory.html",
        directory=directory,
        language=directory.language,
        root="",
        has_help=any(outline.page != directory.url for outline in directory.outlines),
        groups=[(heading, outlines) for heading, outlines in by_kind.items() if outlines],
        formats={form.name: form for form in formats},
    )
    return Resource("index.html", PAGE_TYPE, page.encode())
