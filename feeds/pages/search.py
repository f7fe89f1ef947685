"""The page on which people find a feed by its name."""

from collections.abc import Sequence

from feeds.model import Outline, Resource, Source
from feeds.pages.environment import PAGE_FILE, PAGE_TYPE, template
from feeds.text.clean import replace_illegal

_PATH = f"search/{PAGE_FILE}"
_MOST = 50


def search_page(
    site: Source,
    language: str | None,
    words: str | None = None,
    found: Sequence[Outline] = (),
) -> Resource:
    """Write the page, with the feeds that were found by some words, if any were asked for."""
    listed = [(each, each.page.removeprefix(site.url)) for each in found[:_MOST]]
    page = template("search.html").render(
        site=site,
        language=language,
        root="../",
        words=words,
        found=listed,
        more=max(len(found) - _MOST, 0),
    )
    return Resource(_PATH, PAGE_TYPE, replace_illegal(page).encode())
