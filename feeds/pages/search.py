"""The page on which people find a feed by its name, and articles by their words."""

from feeds.model import Resource, Results, Source
from feeds.pages.environment import PAGE_FILE, PAGE_TYPE, Look
from feeds.text.clean import replace_illegal

_PATH = f"search/{PAGE_FILE}"
_MOST = 50


def search_page(
    look: Look, site: Source, language: str | None, results: Results | None = None
) -> Resource:
    """Write the page, with what was found, if anything was looked for."""
    found = results.feeds if results else ()
    articles = results and results.articles
    page = look.render(
        "search.html",
        site=site,
        language=language,
        root="../",
        words=results and results.words,
        found=[(each, each.page.removeprefix(site.url)) for each in found[:_MOST]],
        more=max(len(found) - _MOST, 0),
        feed=articles and articles.feed,
        twin=articles and articles.twin,
        cards=b"".join(articles.cards).decode() if articles else "",
        problem=results.problem if results else "",
    )
    return Resource(_PATH, PAGE_TYPE, replace_illegal(page).encode())
