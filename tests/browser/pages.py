"""Every kind of page in a real browser, from our server and as files."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from lxml import etree
from sites import Publish, Serve, Site, as_files, by_feeds, kinds, look, own, sample

# All that axe knows of WCAG 2.2 AA, and of what it includes, and what is good practice besides.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDTHS = (360, 1280)
LEAST_TARGET = 24
MOST_BYTES = 50_000

PUBLISHED: dict[str, tuple[Serve, Publish]] = {
    "sample": (by_feeds, sample),
    "from left to right": (by_feeds, own),
    "from right to left": (as_files, partial(own, language="ar")),
    "without pictures": (as_files, partial(own, images=False)),
}


@pytest.fixture(scope="module", params=PUBLISHED)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Give a publication that is served."""
    serve, publish = PUBLISHED[request.param]
    with serve(tmp_path_factory.mktemp("site"), publish) as site:
        yield site


@pytest.fixture(scope="module")
def pages(site: Site) -> list[dict[str, Any]]:
    """Give what was found on the smallest and the largest page of each kind there is."""
    paths = {path for group in kinds(site.pages).values() for path in (group[0], group[-1])}
    job = {
        "origin": site.origin,
        "pages": [site.url(path) for path in sorted(paths)],
        "tags": TAGS,
        "widths": WIDTHS,
        "least": LEAST_TARGET,
    }
    found: list[dict[str, Any]] = look("examine", job)
    return found


def by_page(pages: list[dict[str, Any]], what: str) -> dict[str, Any]:
    """Give what was found of one sort, by the addresses of pages on which there is any."""
    return {page["url"]: page[what] for page in pages if page[what]}


def test_all_kinds_of_pages_are_looked_at(site: Site, pages: list[dict[str, Any]]) -> None:
    """Whatever kind there is was tried, a feed with stories and one without among them."""
    assert {"index.html", "help/index.html", "all/index.html"} <= kinds(site.pages).keys()
    assert {"topics/*/index.html", "providers/*/index.html"} <= kinds(site.pages).keys()
    tried = {page["url"] for page in pages}
    for group in kinds(site.pages).values():
        assert tried & {site.url(path) for path in group}
    if "all/page/2/index.html" in site.pages:
        assert {page["stories"] for page in pages} >= {0, 5, 50}


def test_nobody_is_kept_out(pages: list[dict[str, Any]]) -> None:
    """Axe finds no violation, light or dark, narrow or wide."""
    assert by_page(pages, "violations") == {}


def test_nothing_is_beyond_the_edge(pages: list[dict[str, Any]]) -> None:
    """No page is to be scrolled sideways at 320 px, nor where text is twice as large."""
    assert by_page(pages, "beyond") == {}


def test_targets_are_large_enough(pages: list[dict[str, Any]]) -> None:
    """What is not within a sentence can be hit by a finger."""
    assert by_page(pages, "small") == {}


def test_nobody_else_is_asked_but_for_pictures(pages: list[dict[str, Any]]) -> None:
    """What a page has from elsewhere are the pictures of its articles."""
    for page in pages:
        assert {item["kind"] for item in page["asked"]} <= {"image"}
        assert {item["url"] for item in page["asked"]} <= set(page["pictures"])


def test_nobody_else_is_asked_where_pictures_are_not_wanted(
    site: Site, pages: list[dict[str, Any]]
) -> None:
    """`html.images: false` leaves nothing that another host is asked for."""
    configuration = site.output.parent / "config/feeds.yaml"
    is_plain = configuration.exists() and "images: false" in configuration.read_text("utf-8")
    assert is_plain != bool(by_page(pages, "asked"))


def test_browsers_complain_of_nothing(pages: list[dict[str, Any]]) -> None:
    """No script fails, nothing is missing, and the page's own policy forbids nothing it needs."""
    assert by_page(pages, "complaints") == {}


def test_pages_are_light(pages: list[dict[str, Any]]) -> None:
    """A page with all that it has from us weighs less than 50 kB, with fifty stories on it, too."""
    assert {page["url"]: page["weight"] for page in pages if page["weight"] >= MOST_BYTES} == {}


@pytest.mark.parametrize("serve", [by_feeds, as_files])
@pytest.mark.parametrize("with_script", [False, True])
def test_an_address_is_copied_by_keys_alone(
    serve: Serve, tmp_path_factory: pytest.TempPathFactory, *, with_script: bool
) -> None:
    """From `/` to a feed's page to its address in the clipboard, each stop seen.

    Without a script, the field that is reached has its text selected, and shows no button.
    """
    with serve(tmp_path_factory.mktemp("site"), sample) as site:
        stem = f"{site.origin}/topics/urban-gardening"
        job = {"origin": site.origin, "feed": f"{stem}/", "withScript": with_script}
        found = look("keyboard", job)
    assert found["selected"] == found["pasted"] == f"{stem}.atom"
    assert (found["unseen"], found["complaints"]) == ([], [])
    if with_script:
        assert (found["button"], found["status"]) == ("Copy", "Copied.")
    else:
        assert found["buttons"] == 0


@pytest.mark.parametrize(
    ("serve", "with_script"), [(by_feeds, True), (by_feeds, False), (as_files, True)]
)
def test_feeds_are_found_and_chosen(
    serve: Serve, tmp_path_factory: pytest.TempPathFactory, *, with_script: bool
) -> None:
    """A search finds feeds by a part of their names, and some are taken as an OPML of their own.

    A server does that where no script runs, and a script where there is no server.
    """
    stems = ["topics/urban-gardening", "topics/ocean-science"]
    with serve(tmp_path_factory.mktemp("site"), sample) as site:
        job = {
            "origin": site.origin,
            "withScript": with_script,
            "words": "GARD",
            "chosen": stems,
        }
        found = look("finding", job)
    assert found["hrefs"] == [f"{site.origin}/topics/urban-gardening/"]
    # A request whose answer becomes a file has failed, as browsers see it.
    complaints = [each for each in found["complaints"] if "/feeds.opml?" not in each]
    # A server finds articles, too.
    said = "1 found by name." if serve is by_feeds else "1 found."
    assert (found["said"], complaints) == (said, [])
    outlines = etree.fromstring(found["list"].encode()).findall(".//outline[@xmlUrl]")
    taken = {outline.get("xmlUrl").removeprefix(f"{site.origin}/") for outline in outlines}
    assert taken == {f"{stem}.atom" for stem in stems}
    assert all(outline.get("htmlUrl").endswith("/") for outline in outlines)
