"""Pages for people: the same bytes from the server and in the output."""

from feeds.pages.assets import ASSET_TYPES, script, style
from feeds.pages.directory import directory_page
from feeds.pages.environment import PAGE_TYPE, Look, load
from feeds.pages.feed import page_form
from feeds.pages.help import help_page
from feeds.pages.look import load_look, look_findings

__all__ = [
    "ASSET_TYPES",
    "PAGE_TYPE",
    "Look",
    "directory_page",
    "help_page",
    "load",
    "load_look",
    "look_findings",
    "page_form",
    "script",
    "style",
]
