"""What people see of what they ask for, in a real browser."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from pages import LEAST_TARGET, MOST_BYTES, TAGS, WIDTHS, by_page
from queried import QUERIES
from sites import Site, by_feeds, look, sample


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the sample corpus."""
    with by_feeds(tmp_path_factory.mktemp("site"), sample) as site:
        yield site


@pytest.mark.parametrize("with_script", [False, True])
def test_people_see_what_readers_get(site: Site, *, with_script: bool) -> None:
    """Typed or followed, a query shows the entries of its feed, and leads to that."""
    queries = {name: query._asdict() for name, query in QUERIES.items()}
    job = {"origin": site.origin, "queries": queries, "withScript": with_script}
    shown: dict[str, Any] = look("asking", job)
    for name, query in QUERIES.items():
        with urlopen(site.origin + query.feed(".json")) as answer:
            feed = json.load(answer)
        found = shown[name]
        assert found["titles"] == [item["title"] for item in feed["items"]]
        assert len(found["titles"]) >= query.least
        assert found["address"] == site.origin + query.feed(".atom")
        assert site.origin + query.feed(".json") in found["feeds"]
        assert found["complaints"] == []


def test_pages_of_queries_are_as_all_others(site: Site) -> None:
    """Axe finds no violation, nothing is beyond the edge or small, and all of it is light."""
    paths = {f"{query.page}{query.asked}" for query in QUERIES.values()}
    paths |= {"/search/?q=nothing+at+all", "/search/?q=a&q=b", "/search/"}
    job = {
        "origin": site.origin,
        "pages": [f"{site.origin}{path}" for path in sorted(paths)],
        "tags": TAGS,
        "widths": WIDTHS,
        "least": LEAST_TARGET,
    }
    pages: list[dict[str, Any]] = look("examine", job)
    for kind in ("violations", "beyond", "small", "complaints"):
        assert by_page(pages, kind) == {}
    assert {page["url"]: page["weight"] for page in pages if page["weight"] >= MOST_BYTES} == {}
