"""The pages of archives: all months of a feed, and the entries of one of them."""

from feeds.model import MonthPage, Resource, Years
from feeds.pages.environment import PAGE_FILE, PAGE_TYPE, template
from feeds.text.clean import replace_illegal


def years_page(years: Years) -> Resource:
    """Write the page that leads to the months of a feed."""
    return _page(years.path, "years.html", years=years, language=years.language)


def month_page(month: MonthPage) -> Resource:
    """Write a page of a month: each entry is a line."""
    return _page(month.path, "month.html", month=month, language=month.language)


def _page(path: str, name: str, **values: object) -> Resource:
    page = template(name).render(root="../" * path.count("/"), **values)
    return Resource(path + PAGE_FILE, PAGE_TYPE, replace_illegal(page).encode())
