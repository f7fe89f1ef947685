"""The pages on which people find feeds: all of them, and those of a kind in some order."""

from feeds.model import Contents, Line, Resource
from feeds.pages.environment import PAGE_FILE, PAGE_TYPE, template
from feeds.pages.plot import Sparkline, sparkline
from feeds.text.clean import replace_illegal

# From so many on, a tenth says nothing.
_MANY = 10


def directory_page(contents: Contents) -> Resource:
    """Write a page that lists feeds, with links by which readers discover them."""
    page = template("directory.html").render(
        contents=contents,
        language=contents.language,
        root="../" * contents.path.count("/"),
        sparkline=_sparkline,
        weekly=_weekly,
    )
    return Resource(contents.path + PAGE_FILE, PAGE_TYPE, replace_illegal(page).encode())


def _sparkline(line: Line) -> Sparkline | None:
    return sparkline(line.counts) if any(line.counts) else None


def _weekly(line: Line) -> str:
    """Say how many entries a week there are: to a tenth where they are few."""
    number = line.weekly
    written = f"{number:.0f}" if number >= _MANY else f"{number:.1f}".removesuffix(".0")
    return f"{written} a week" if written != "0" else "less than one in ten weeks"
