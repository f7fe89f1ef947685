import json
from typing import Any

from test_formats_golden import (
    ADA,
    BARE,
    ENTRIES,
    EPISODE,
    FEED,
    FULL,
    ICON_ONLY,
    MYSTERY,
    PAGE,
    PLAYER,
)

from feeds.formats.jsonfeed import FORMAT
from feeds.model import Entry, Link, Person, replace


def head(**changes: object) -> dict[str, Any]:
    return json.loads(FORMAT.feed(replace(FEED, **changes), []))


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
        ("authors", [{"name": "News Desk", "url": "https://news.example/about"}]),
        ("language", "en"),
        ("items", []),
    ]


def test_what_a_feed_does_not_know_is_left_out() -> None:
    """No key stands for nothing."""
    bare = head(description="", language=None, author=Person("Desk", "desk@news.example"))
    assert list(bare) == ["version", "title", "home_page_url", "feed_url", "authors", "items"]
    assert bare["authors"] == [{"name": "Desk"}]


def test_an_item_says_what_an_entry_says() -> None:
    """Every key of an item is what the entry holds, in one order."""
    titles = [link.title for link in FULL.links]
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
                "items": [
                    {"url": "https://www.news-medical.net/a?x=1&y=2", "title": titles[0]},
                    {"url": "https://www.medindia.net/b.htm", "title": titles[1]},
                    {"url": "https://www.genengnews.com/c/", "title": "GEN", "relation": "via"},
                ],
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
    assert item(replace(FULL, content=""))["content_text"] == FULL.summary
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
    related = item(replace(BARE, links=links))["_related"]
    assert related["items"] == [{"url": "https://a.example/"}]


def test_a_related_link_may_name_its_language() -> None:
    """A language is given where it is known."""
    link = Link("related", "https://a.example/", "Titel", language="de-AT")
    related = item(replace(BARE, links=(link,)))["_related"]
    assert related["items"] == [{"url": link.url, "title": "Titel", "language": "de-AT"}]


def test_an_author_has_a_page() -> None:
    """An author is a name and a page; JSON Feed has no e-mail addresses."""
    authors = item(replace(BARE, authors=(ADA, Person("Zoë"))))["authors"]
    assert authors == [{"name": ADA.name, "url": ADA.url}, {"name": "Zoë"}]


def test_files_are_attachments() -> None:
    """An attachment has all that is known, and a type even if none is, since it must."""
    attachments = item(replace(BARE, enclosures=(EPISODE, MYSTERY)))["attachments"]
    assert attachments == [
        {
            "url": EPISODE.url,
            "mime_type": "audio/mpeg",
            "title": EPISODE.title,
            "size_in_bytes": 24_986_239,
            "duration_in_seconds": 1805,
        },
        {"url": MYSTERY.url, "mime_type": "application/octet-stream"},
    ]


def test_rights_and_players_are_extensions() -> None:
    """What JSON Feed has no name for is an object that says where it is explained."""
    found = item(replace(BARE, rights="© Ada", player=PLAYER))
    assert found["_rights"] == {
        "about": "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.10",
        "text": "© Ada",
    }
    assert found["_player"] == {
        "about": "https://www.rssboard.org/media-rss#media-player",
        "url": PLAYER,
    }
    assert head(rights="© Desk")["_rights"]["text"] == "© Desk"


def test_a_page_names_the_next_one_and_the_hubs() -> None:
    """The next page has the suffix of JSON, and every hub is one of WebSub."""
    page = json.loads(FORMAT.feed(PAGE, []))
    assert page["next_url"] == f"{FEED.stem_url}/3.json"
    assert page["hubs"] == [
        {"type": "WebSub", "url": "https://hub.example/"},
        {"type": "WebSub", "url": "https://hub.example.org/?a=1&b=2"},
    ]
    assert "next_url" not in head(pages=(("first", FEED.stem_url),))


def test_the_logo_is_the_icon_and_the_icon_the_favicon() -> None:
    """JSON Feed calls the larger picture icon, for which the smaller one serves, too."""
    page = json.loads(FORMAT.feed(PAGE, []))
    assert (page["icon"], page["favicon"]) == (PAGE.logo, PAGE.icon)
    page = json.loads(FORMAT.feed(ICON_ONLY, []))
    assert (page["icon"], page["favicon"]) == (ICON_ONLY.icon, ICON_ONLY.icon)
    assert "favicon" not in head(logo=PAGE.logo)


def test_a_feed_without_a_title_is_called_by_its_address() -> None:
    """JSON Feed requires a title."""
    assert head(title="")["title"] == FEED.url


def test_entries_are_compact_and_stand_on_lines_of_their_own() -> None:
    """An entry has no white space but in its text, and text is UTF-8 without escapes."""
    for entry in ENTRIES:
        data = FORMAT.entry(entry)
        assert b"\n" not in data
        assert data == json.dumps(item(entry), ensure_ascii=False, separators=(",", ":")).encode()
