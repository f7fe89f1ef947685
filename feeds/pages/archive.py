"""The pages of archives: all months of a feed, and the entries of one of them."""

from feeds.model import MonthPage, Resource, Years
from feeds.pages.environment import PAGE_FILE, PAGE_TYPE, Look
from feeds.text.clean import replace_illegal


def years_page(look: Look, years: Years) -> Resource:
    """Write the page that leads to the months of a feed."""
    return _page(look, years.path, "years.html", years=years, language=years.language)


def month_page(look: Look, month: MonthPage) -> Resource:
    """Write a page of a month: each entry is a line."""
    return _page(look, month.path, "month.html", month=month, language=month.language)


def _page(look: Look, path: str, name: str, **values: object) -> Resource:
    page = look.render(name, root="../" * path.count("/"), **values)
    return Resource(path + PAGE_FILE, PAGE_TYPE, replace_illegal(page).encode())
