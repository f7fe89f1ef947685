import locale
from datetime import UTC, datetime, timedelta, timezone

import feedparser
import pytest
from lxml import etree
from test_formats_golden import (
    ADA,
    BARE,
    EPISODE,
    FEED,
    FILM,
    FULL,
    MYSTERY,
    PAGE,
    PAPER,
    PLAYER,
    STILL,
    TOPICS,
)

from feeds import __version__
from feeds.formats.rss import FORMAT
from feeds.model import Entry, Image, Link, Person, Source, asdict, replace

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
CREATOR = f"{DC}creator"
MEDIA = "{http://search.yahoo.com/mrss/}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"


def channel(*entries: Entry, **changes: object) -> etree._Element:
    feed = replace(FEED, **changes)
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
    assert channel().findtext("generator") == f"feeds {__version__}"
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
    """A feed of which only what is required is known has no other element."""
    assert [child.tag for child in channel(language=None, author=Person("Desk"))] == [
        *("title", "link", "description", f"{ATOM}link", "docs", "generator", "lastBuildDate"),
    ]


def test_a_channel_names_its_hubs_and_other_pages() -> None:
    """Hubs and pages are Atom links, the pages with the suffix of RSS."""
    stem = FEED.stem_url
    links = [(link.get("rel"), link.get("href")) for link in channel(**page()).iter(f"{ATOM}link")]
    assert links == [
        ("self", f"{stem}/2.rss"),
        ("hub", "https://hub.example/"),
        ("hub", "https://hub.example.org/?a=1&b=2"),
        ("first", f"{stem}.rss"),
        ("previous", f"{stem}.rss"),
        ("next", f"{stem}/3.rss"),
        ("last", f"{stem}/4.rss"),
    ]


def page() -> dict[str, object]:
    return asdict(PAGE)


@pytest.mark.parametrize(
    ("logo", "icon", "shown"),
    [
        ("https://a.example/logo.PNG", "https://a.example/icon.png", "https://a.example/logo.PNG"),
        ("https://a.example/logo.svg", "https://a.example/icon.png", "https://a.example/icon.png"),
        ("https://a.example/logo", None, "https://a.example/logo"),
        ("https://a.example/l?f=png", None, "https://a.example/l?f=png"),
        (None, "https://a.example/icon.jpeg", "https://a.example/icon.jpeg"),
        ("https://a.example/logo.webp", "https://a.example/favicon.ico", None),
        (None, None, None),
    ],
)
def test_a_picture_is_one_that_rss_allows(
    logo: str | None, icon: str | None, shown: str | None
) -> None:
    """The image is the logo, else the icon, unless its name says that it is no GIF, JPEG or PNG."""
    assert channel(logo=logo, icon=icon).findtext("image/url") == shown


def test_a_picture_is_called_as_its_channel() -> None:
    """Title and link of the image are those that the channel has."""
    named = channel(title="", logo="https://a.example/logo.png")
    for name in ("title", "link"):
        assert named.findtext(f"image/{name}") == named.findtext(name) == FEED.url


@pytest.mark.parametrize(
    ("seconds", "minutes", "period", "times"),
    [
        (1, "1", "hourly", "3600"),
        (60, "1", "hourly", "60"),
        (61, "2", "hourly", "59"),
        (1800, "30", "hourly", "2"),
        (3600, "60", "hourly", "1"),
        (3601, "61", "daily", "23"),
        (5400, "90", "daily", "16"),
        (86_400, "1440", "daily", "1"),
        (86_401, "1441", "weekly", "6"),
        (604_800, "10080", "weekly", "1"),
        (604_801, "10081", "monthly", "3"),
        (28 * 86_400, "40320", "monthly", "1"),
        (30 * 86_400, "43200", "yearly", "12"),
        (400 * 86_400, "576000", None, None),
    ],
)
def test_no_reader_is_told_to_come_too_often(
    seconds: int, minutes: str, period: str | None, times: str | None
) -> None:
    """Minutes are rounded up, and times in a period down to a whole number of at least one."""
    found = channel(interval=seconds)
    assert found.findtext("ttl") == minutes
    assert found.findtext(f"{SY}updatePeriod") == period
    assert found.findtext(f"{SY}updateFrequency") == times


def test_rights_are_a_copyright_and_said_once() -> None:
    """The feed's rights are RSS's own element; those of an item, which has none, Dublin Core's."""
    found = channel(replace(FULL, rights="© Ada"), rights="© Desk")
    assert found.findtext("copyright") == "© Desk"
    assert found.find(f"{DC}rights") is None
    assert found.findtext(f"item/{DC}rights") == "© Ada"


def test_dates_are_gmt_with_the_right_day() -> None:
    """A date is RFC 2822 in GMT, in whatever zone it was given."""
    tokyo = timezone(timedelta(hours=9))
    for moment, text in (
        (datetime(2021, 6, 30, 17, 37, tzinfo=UTC), "Wed, 30 Jun 2021 17:37:00 GMT"),
        (datetime(2021, 7, 1, 2, 37, tzinfo=tokyo), "Wed, 30 Jun 2021 17:37:00 GMT"),
        (datetime(2024, 2, 29, 0, 0, tzinfo=UTC), "Thu, 29 Feb 2024 00:00:00 GMT"),
    ):
        assert item(replace(FULL, published=moment)).findtext("pubDate") == text


def test_dates_leave_the_locale_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The locale belongs to the whole process, which may be serving, and is not touched."""

    def forbidden(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(locale, "setlocale", forbidden)
    assert channel(FULL).findtext("lastBuildDate")


@pytest.mark.parametrize(
    ("identity", "permanent"),
    [(FULL.id, "false"), (FULL.url, "true"), ("https://medicalxpress.com/?p=1", "false")],
)
def test_only_an_id_that_is_the_link_is_a_permalink(identity: str, permanent: str) -> None:
    """A guid that is a URL, but not the item's page, does not claim that it can be opened."""
    guid = item(replace(FULL, id=identity)).find("guid")
    assert (guid.text, guid.get("isPermaLink")) == (identity, permanent)


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
    entry = replace(FULL, summary=summary)
    shown = etree.HTML(f"<p>{item(entry).findtext('description')}</p>")
    assert "".join(shown.itertext()) == summary
    again = etree.HTML(f"<p>{parsed(entry).summary}</p>")
    assert "".join(again.itertext()) == summary


def test_a_title_is_plain_text() -> None:
    """A title is escaped once, as XML asks, and never for HTML."""
    title = '<b>&amp; "x"'
    assert item(replace(FULL, title=title)).findtext("title") == title


def test_content_is_html_after_the_description() -> None:
    """Content stands in content:encoded, and the shorter description before it."""
    names = [child.tag for child in item(FULL)]
    assert names.index("description") < names.index(f"{CONTENT}encoded")
    assert item(FULL).findtext(f"{CONTENT}encoded") == FULL.content
    assert parsed(FULL).content[0].value.startswith("<p>The <b>immune</b>")


def test_content_without_a_summary_is_the_description() -> None:
    """Every reader shows a description, so that it has the content where nothing is shorter."""
    entry = item(replace(FULL, summary=""))
    assert entry.findtext("description") == FULL.content
    assert entry.find(f"{CONTENT}encoded") is None


def test_an_item_may_have_a_title_alone() -> None:
    """Without summary and content there is no empty element in their place."""
    assert [child.tag for child in item(BARE)] == [
        *("title", "link", "guid", "pubDate", "source", f"{DC}publisher"),
    ]


def test_authors_need_no_address() -> None:
    """Authors are creators as in Dublin Core, since `author` must be an e-mail address."""
    assert [child.text for child in item(FULL).findall(CREATOR)] == ["Ada Lovelace", "Zoë Müller"]
    assert item(FULL).find("author") is None
    assert [author.name for author in parsed(FULL).authors] == ["Ada Lovelace", "Zoë Müller"]


def test_an_author_is_an_address_with_a_name() -> None:
    """A single author who has an e-mail address is the item's author, and no creator beside."""
    found = item(replace(FULL, authors=(ADA,)))
    assert found.findtext("author") == "ada@plain.example (Ada Lovelace (Countess))"
    assert found.find(CREATOR) is None


def test_several_authors_are_creators() -> None:
    """An item has one author at most, so that several are named alike, whatever their addresses."""
    found = item(replace(FULL, authors=(ADA, Person("Zoë Müller"))))
    assert [child.text for child in found.findall(CREATOR)] == [ADA.name, "Zoë Müller"]
    assert found.find("author") is None


def test_an_item_names_its_publisher_and_language() -> None:
    """The provider is the publisher; language and publisher are left out where not known."""
    found = item(FULL)
    assert found.findtext(f"{DC}publisher") == "Medical Xpress"
    assert found.findtext(f"{DC}language") == "en"
    nameless = item(replace(BARE, source=Source("https://bare.example/", "")))
    assert not [child.tag for child in nameless if child.tag.startswith(DC)]


def test_one_file_is_enclosed_and_the_others_are_contents() -> None:
    """The first file is the enclosure, each other a content of the medium that it is."""
    found = item(replace(BARE, enclosures=(EPISODE, FILM, PAPER, MYSTERY)))
    (enclosure,) = found.findall("enclosure")
    assert dict(enclosure.attrib) == {
        "url": EPISODE.url,
        "length": "24986239",
        "type": "audio/mpeg",
    }
    contents = found.findall(f"{MEDIA}content")
    assert [content.get("url") for content in contents] == [FILM.url, PAPER.url, MYSTERY.url]
    assert [content.get("medium") for content in contents] == ["video", "document", None]
    assert contents[1].findtext(f"{MEDIA}title") == "The paper"


def test_an_enclosure_has_what_rss_requires() -> None:
    """A length that is not known is zero, and a type that is not known is any bytes."""
    enclosure = item(replace(BARE, enclosures=(MYSTERY,))).find("enclosure")
    assert dict(enclosure.attrib) == {
        "url": MYSTERY.url,
        "length": "0",
        "type": "application/octet-stream",
    }


def test_an_enclosure_is_no_content() -> None:
    """An address is listed once, even if an image of the entry is its first file, too."""
    first = replace(EPISODE, url=FULL.images[0].url, media_type="image/jpeg")
    found = item(replace(FULL, enclosures=(first, FILM, FILM, first)))
    contents = [content.get("url") for content in found.findall(f"{MEDIA}content")]
    assert contents == [FULL.images[1].url, FILM.url]


def test_coverage_is_linked_with_its_title() -> None:
    """Each related or via link is an Atom link with rel, href and title; no other is there."""
    entry = replace(FULL, links=(*FULL.links, Link("replies", "https://r.example/")))
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


def test_a_video_is_what_plays_it() -> None:
    """A player is a video with its still as thumbnail, which is not an image besides."""
    other = Image("https://cdn.example/2.jpg", height=5)
    found = item(replace(BARE, player=PLAYER, images=(STILL, other, STILL)))
    video, image = found.findall(f"{MEDIA}content")
    assert dict(video.attrib) == {"medium": "video"}
    thumbnail, player = video
    assert dict(thumbnail.attrib) == {"url": STILL.url, "height": "720", "width": "1280"}
    assert (player.tag, dict(player.attrib)) == (f"{MEDIA}player", {"url": PLAYER})
    assert dict(image.attrib) == {"url": other.url, "medium": "image", "height": "5"}
