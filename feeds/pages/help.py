"""The page that tells people what a feed is."""

from feeds.model import Resource, Source
from feeds.pages.environment import PAGE_TYPE, Look

_PATH = "help/index.html"


def help_page(look: Look, site: Source) -> Resource:
    """Write the page about feeds of a publication."""
    page = look.render("help.html", site=site, language="en", root="../")
    return Resource(_PATH, PAGE_TYPE, page.encode())
