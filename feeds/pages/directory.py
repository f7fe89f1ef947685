"""The list of all feeds, which is the page at `/`: the one place that knows Jinja."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from feeds.model import ChannelKind, Directory, FeedFormat, Resource

if TYPE_CHECKING:
    from jinja2 import Template

PAGE_TYPE = "text/html; charset=utf-8"
"""The media type of pages."""

_HEADINGS: tuple[tuple[ChannelKind, str], ...] = (
    ("all", "Everything"),
    ("rule", "Selections"),
    ("topic", "Topics"),
    ("provider", "Providers"),
)


def load() -> None:
    """Load what pages are written with, which otherwise the first one waits for."""
    _template()


def directory_page(directory: Directory, formats: Sequence[FeedFormat]) -> Resource:
    """Write the page that lists all feeds, with links by which readers discover them."""
    by_kind = {
        heading: [outline for outline in directory.outlines if outline.kind == kind]
        for kind, heading in _HEADINGS
    }
    page = _template().render(
        directory=directory,
        groups=[(heading, outlines) for heading, outlines in by_kind.items() if outlines],
        formats={form.name: form for form in formats},
    )
    return Resource("index.html", PAGE_TYPE, page.encode())


@cache
def _template() -> "Template":
    # ruff: noqa: PLC0415 - most cycles make no page, and need not wait for Jinja to load
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("feeds.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("directory.html")
