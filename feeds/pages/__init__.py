"""Pages for people: the same bytes from the server and in the output."""

from feeds.pages.archive import month_page, years_page
from feeds.pages.assets import ASSET_TYPES, scripts, search_index, styles
from feeds.pages.directory import directory_page
from feeds.pages.environment import PAGE_FILE, PAGE_TYPE, Look, load
from feeds.pages.feed import page_form
from feeds.pages.help import help_page
from feeds.pages.look import load_look, look_findings
from feeds.pages.search import search_page
from feeds.pages.status import banner_of, status_page

__all__ = [
    "ASSET_TYPES",
    "PAGE_FILE",
    "PAGE_TYPE",
    "Look",
    "banner_of",
    "directory_page",
    "help_page",
    "load",
    "load_look",
    "look_findings",
    "month_page",
    "page_form",
    "scripts",
    "search_index",
    "search_page",
    "status_page",
    "styles",
    "years_page",
]
