"""The lists of an article: its images, and the coverage that it names.

What is wrong with an item costs that item only. A slip that runs through a whole list (an
address that is relative in all of them) is one finding, with a count.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from feeds.corpus.dialect import Sources
from feeds.corpus.form import Form, Problem, Value
from feeds.model import Enclosure, Image, Mapping, Provider, RelatedItem
from feeds.text.urls import UrlProblem, check_domain, comparable, host_of

Item = TypeVar("Item", Image, RelatedItem, Enclosure)


def images(form: Form, sources: Sources, limit: int) -> tuple[Image, ...]:
    """Read images, each under its URL once."""

    def image(item: Form, url: str) -> Image:
        width = _positive(item.whole(sources.of("width")))
        height = _positive(item.whole(sources.of("height")))
        return Image(url, width, height, item.line(sources.of("alternative")))

    found = {image.url: image for image in read_items(form, sources, limit, image)}
    return tuple(found.values())


def related(form: Form, sources: Sources, limit: int, own_url: str) -> tuple[RelatedItem, ...]:
    """Read related coverage, each URL once and never the article's own."""

    def related_item(item: Form, url: str) -> RelatedItem:
        title = item.line(sources.of("title")) or url
        domain = check_domain(item.line(sources.of("provider.domain"))) or host_of(url)
        name = item.line(sources.of("provider.name")) or domain
        published = item.optional_instant(sources.of("published"))
        return RelatedItem(url, title, published, Provider(domain, name))

    found = {comparable(own_url): None}
    items = []
    for item in read_items(form, sources, limit, related_item):
        if (key := comparable(item.url)) not in found:
            found[key] = None
            items.append(item)
    return tuple(items)


def read_items(
    form: Form, sources: Sources, limit: int, make: Callable[[Form, str], Item]
) -> Iterator[Item]:
    """Make something of each item of a list under its URL, and tell of those that have none."""
    problems: list[Problem] = []
    for number, value in enumerate(form.items(sources)):
        if number == limit:
            form.warn("list-too-long", value, f"more than {limit} items; the rest is dropped")
            break
        item = form.under(value)
        url = _url(form, item, value, sources)
        if isinstance(url, Problem):
            problems.append(url)
        elif url:
            yield make(item, url)
    _report(form, problems)


def _url(form: Form, item: Form, value: Value, sources: Sources) -> str | Problem | None:
    """Give an item's URL; an item that is a scalar is its URL."""
    if isinstance(value.node, Mapping):
        url = item.first_url(sources.of("url"))
        return url or Problem(value, "url-missing", "the item has no URL")
    try:
        return form.url(value)
    except UrlProblem as error:
        return Problem(value, error.code, str(error))


def _report(form: Form, problems: list[Problem]) -> None:
    by_code: dict[str, list[Problem]] = {}
    for problem in problems:
        by_code.setdefault(problem.code, []).append(problem)
    for code, alike in by_code.items():
        more = f" (and {len(alike) - 1} more like it)" if len(alike) > 1 else ""
        form.warn(code, alike[0].value, f"{alike[0].message}; item dropped{more}")


def _positive(number: int | None) -> int | None:
    return number if number and number > 0 else None
