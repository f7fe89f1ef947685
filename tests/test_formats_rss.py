import dataclasses
import locale
from datetime import UTC, datetime, timedelta, timezone

import feedparser
import pytest
from lxml import etree
from test_formats_golden import BARE, FEED, FULL, TOPICS

from feeds.formats.rss import FORMAT
from feeds.model import Entry, Link, Person

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
MEDIA = "{http://search.yahoo.com/mrss/}"


def channel(*entries: Entry, **changes: object) -> etree._Element:
    feed = dataclasses.replace(FEED, **changes)
    return etree.fromstring(FORMAT.feed(feed, map(FORMAT.entry, entries))).find("channel")


def item(entry: Entry) -> etree._Element:
    return channel(entry).find("item")


def parsed(entry: Entry) -> feedparser.FeedParserDict:
    (found,) = feedparser.parse(FORMAT.feed(FEED, [FORMAT.entry(entry)])).entries
    return found


def test_a_channel_says_what_it_is() -> None:
    """Link, language, date and generator are the feed's and our own; it is RSS 2.0."""
    assert channel().findtext("link") == FEED.url
    assert channel().findtext("language") == "en"
    assert channel().findtext("lastBuildDate") == "Fri, 02 Jul 2021 08:00:05 GMT"
    assert channel().findtext("generator") == "feeds"
    assert feedparser.parse(FORMAT.feed(FEED, [])).version == "rss20"


def test_a_channel_says_where_it_is() -> None:
    """There is one Atom link, to the feed itself, with RSS's media type."""
    (link,) = channel().findall(f"{ATOM}link")
    assert dict(link.attrib) == {
        "rel": "self",
        "href": f"{FEED.stem_url}.rss",
        "type": "application/rss+xml",
    }


def test_a_channel_is_never_without_a_description() -> None:
    """RSS requires a description, and a title serves where there is none."""
    assert channel().findtext("description") == FEED.description
    assert channel(description="").findtext("description") == FEED.title


def test_an_editor_is_an_address() -> None:
    """The editor is named after an e-mail address, and not at all without one."""
    assert channel().findtext("managingEditor") == "desk@news.example (News Desk)"
    assert channel(author=Person("Desk")).find("managingEditor") is None


def test_what_a_channel_does_not_know_is_left_out() -> None:
    """A feed whose language is not known has none."""
    assert channel(language=None).find("language") is None


def test_dates_are_gmt_with_the_right_day() -> None:
    """A date is RFC 2822 in GMT, in whatever zone it was given."""
    tokyo = timezone(timedelta(hours=9))
    for moment, text in (
        (datetime(2021, 6, 30, 17, 37, tzinfo=UTC), "Wed, 30 Jun 2021 17:37:00 GMT"),
        (datetime(2021, 7, 1, 2, 37, tzinfo=tokyo), "Wed, 30 Jun 2021 17:37:00 GMT"),
        (datetime(2024, 2, 29, 0, 0, tzinfo=UTC), "Thu, 29 Feb 2024 00:00:00 GMT"),
    ):
        assert item(dataclasses.replace(FULL, published=moment)).findtext("pubDate") == text


def test_dates_leave_the_locale_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The locale belongs to the whole process, which may be serving, and is not touched."""

    def forbidden(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(locale, "setlocale", forbidden)
    assert channel(FULL).findtext("lastBuildDate")


def test_an_id_is_not_an_address() -> None:
    """A guid is the entry's id and says that it is no permalink; the link is the page."""
    guid = item(FULL).find("guid")
    assert (guid.text, dict(guid.attrib)) == (FULL.id, {"isPermaLink": "false"})
    assert item(FULL).findtext("link") == FULL.url


@pytest.mark.parametrize(
    "summary", ["fewer than <5% of <b>cells</b>", "AT&T &amp; Co.", "1 < 2 > 0", "a \"b\" 'c' ]]>"]
)
def test_a_summary_is_shown_as_it_was_written(summary: str) -> None:
    """A description is HTML, in which a plain summary shows as the text that it is."""
    entry = dataclasses.replace(FULL, summary=summary)
    shown = etree.HTML(f"<p>{item(entry).findtext('description')}</p>")
    assert "".join(shown.itertext()) == summary
    again = etree.HTML(f"<p>{parsed(entry).summary}</p>")
    assert "".join(again.itertext()) == summary


def test_a_title_is_plain_text() -> None:
    """A title is escaped once, as XML asks, and never for HTML."""
    title = '<b>&amp; "x"'
    assert item(dataclasses.replace(FULL, title=title)).findtext("title") == title


def test_content_is_html_after_the_description() -> None:
    """Content stands in content:encoded, and the shorter description before it."""
    names = [child.tag for child in item(FULL)]
    assert names.index("description") < names.index(f"{CONTENT}encoded")
    assert item(FULL).findtext(f"{CONTENT}encoded") == FULL.content
    assert parsed(FULL).content[0].value.startswith("<p>The <b>immune</b>")


def test_content_without_a_summary_is_the_description() -> None:
    """Every reader shows a description, so that it has the content where nothing is shorter."""
    entry = item(dataclasses.replace(FULL, summary=""))
    assert entry.findtext("description") == FULL.content
    assert entry.find(f"{CONTENT}encoded") is None


def test_an_item_may_have_a_title_alone() -> None:
    """Without summary and content there is no empty element in their place."""
    assert [child.tag for child in item(BARE)] == ["title", "link", "guid", "pubDate", "source"]


def test_authors_need_no_address() -> None:
    """Authors are creators as in Dublin Core, since `author` must be an e-mail address."""
    assert [child.text for child in item(FULL).findall(CREATOR)] == ["Ada Lovelace", "Zoë Müller"]
    assert item(FULL).find("author") is None
    assert [author.name for author in parsed(FULL).authors] == ["Ada Lovelace", "Zoë Müller"]


def test_coverage_is_linked_with_its_title() -> None:
    """Each related or via link is an Atom link with rel, href and title; no other is there."""
    entry = dataclasses.replace(FULL, links=(*FULL.links, Link("replies", "https://r.example/")))
    links = [dict(link.attrib) for link in item(entry).findall(f"{ATOM}link")]
    assert links == [
        {
            "rel": "related",
            "href": "https://www.news-medical.net/a?x=1&y=2",
            "title": "Researchers & machines",
        },
        {
            "rel": "related",
            "href": "https://www.medindia.net/b.htm",
            "title": "Immunotherapy 💉",
            "type": "text/html",
        },
        {"rel": "via", "href": "https://www.genengnews.com/c/", "title": "GEN"},
    ]


def test_an_items_link_survives_its_related_links() -> None:
    """A reader that knows Atom links still takes the item's own page for its link."""
    assert parsed(FULL).link == FULL.url


def test_categories_have_their_scheme_as_domain() -> None:
    """A topic's label is the text of its category."""
    categories = item(FULL).findall("category")
    assert [child.text for child in categories] == ["Machine Learning", "C++ & C#"]
    assert {child.get("domain") for child in categories} == {TOPICS}


def test_the_source_is_the_publication() -> None:
    """The source is the provider's name at its home page."""
    source = item(FULL).find("source")
    assert (source.text, source.get("url")) == ("Medical Xpress", FULL.source.url)


def test_images_stand_in_the_item_itself() -> None:
    """Each image is one media:content with the size that is known, without a group."""
    first, second = item(FULL).findall(f"{MEDIA}content")
    assert (first.get("width"), first.get("height")) == ("1920", "1080")
    assert dict(second.attrib) == {"url": "https://cdn.example/2.jpg", "medium": "image"}
    assert not list(item(FULL).iter(f"{MEDIA}group", f"{MEDIA}thumbnail"))
