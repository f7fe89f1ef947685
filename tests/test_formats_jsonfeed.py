import dataclasses
import json
from typing import Any

from test_formats_golden import BARE, ENTRIES, FEED, FULL

from feeds.formats.jsonfeed import FORMAT
from feeds.model import Entry, Link, Person


def head(**changes: object) -> dict[str, Any]:
    return json.loads(FORMAT.feed(dataclasses.replace(FEED, **changes), []))


def item(entry: Entry) -> dict[str, Any]:
    return json.loads(FORMAT.entry(entry))


def test_a_feed_says_what_it_is() -> None:
    """The head has the keys of JSON Feed 1.1 in the order of its specification."""
    assert list(head().items()) == [
        ("version", "https://jsonfeed.org/version/1.1"),
        ("title", FEED.title),
        ("home_page_url", FEED.url),
        ("feed_url", f"{FEED.stem_url}.json"),
        ("description", FEED.description),
        ("language", "en"),
        ("authors", [{"name": "News Desk", "url": "https://news.example/about"}]),
        ("items", []),
    ]


def test_what_a_feed_does_not_know_is_left_out() -> None:
    """No key stands for nothing."""
    bare = head(description="", language=None, author=Person("Desk", "desk@news.example"))
    assert list(bare) == ["version", "title", "home_page_url", "feed_url", "authors", "items"]
    assert bare["authors"] == [{"name": "Desk"}]


def test_an_item_says_what_an_entry_says() -> None:
    """Every key of an item is what the entry holds, in one order."""
    assert list(item(FULL).items()) == [
        ("id", FULL.id),
        ("url", FULL.url),
        ("title", FULL.title),
        ("summary", FULL.summary),
        ("content_html", FULL.content),
        ("image", "https://cdn.example/1.jpg"),
        ("date_published", "2021-06-30T17:37:00Z"),
        ("date_modified", "2021-07-02T08:00:05Z"),
        ("authors", [{"name": "Ada Lovelace"}, {"name": "Zoë Müller"}]),
        ("tags", ["Machine Learning", "C++ & C#"]),
        ("language", "en"),
        (
            "_related",
            {
                "about": "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.7.2",
                "items": [{"url": link.url, "title": link.title} for link in FULL.links],
            },
        ),
        (
            "_source",
            {
                "about": "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.11",
                "url": FULL.source.url,
                "title": FULL.source.title,
            },
        ),
    ]


def test_an_item_is_never_without_content() -> None:
    """JSON Feed requires content, so that the summary serves, even if there is none."""
    assert item(dataclasses.replace(FULL, content=""))["content_text"] == FULL.summary
    assert list(item(BARE)) == [
        *("id", "url", "title", "content_text", "date_published", "_source"),
    ]
    assert item(BARE)["content_text"] == ""


def test_an_entry_that_did_not_change_has_no_date_of_change() -> None:
    """date_modified is there only if it says something that date_published does not."""
    assert "date_modified" not in item(BARE)
    assert item(FULL)["date_modified"] != item(FULL)["date_published"]


def test_related_links_may_lack_a_title() -> None:
    """A related link without a title has none in JSON, and other relations are left out."""
    links = (Link("related", "https://a.example/"), Link("replies", "https://b.example/"))
    related = item(dataclasses.replace(BARE, links=links))["_related"]
    assert related["items"] == [{"url": "https://a.example/"}]


def test_entries_are_compact_and_stand_on_lines_of_their_own() -> None:
    """An entry has no white space but in its text, and text is UTF-8 without escapes."""
    for entry in ENTRIES:
        data = FORMAT.entry(entry)
        assert b"\n" not in data
        assert data == json.dumps(item(entry), ensure_ascii=False, separators=(",", ":")).encode()
