from datetime import UTC, datetime, timedelta, timezone

import feedparser
from lxml import etree
from test_formats_golden import (
    ADA,
    BARE,
    EPISODE,
    FEED,
    FILM,
    FOREIGN,
    FULL,
    MYSTERY,
    PAGE,
    PAPER,
    PLAYER,
    STILL,
    TOMBSTONES,
    TOPICS,
)

from feeds import __version__
from feeds.formats.atom import FORMAT
from feeds.model import Entry, Image, Link, Person, Tombstone, replace

ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def root(*entries: Entry, **changes: object) -> etree._Element:
    feed = replace(FEED, **changes)
    return etree.fromstring(FORMAT.feed(feed, map(FORMAT.entry, entries)))


def element(entry: Entry) -> etree._Element:
    return root(entry).find(f"{ATOM}entry")


def attributes(parent: etree._Element, name: str) -> list[dict[str, str]]:
    return [dict(child.attrib) for child in parent.findall(name)]


def test_a_feed_says_where_it_is_and_where_its_page_is() -> None:
    """The links are `self` with Atom's media type and `alternate` with HTML's."""
    assert attributes(root(), f"{ATOM}link") == [
        {"rel": "self", "href": f"{FEED.stem_url}.atom", "type": "application/atom+xml"},
        {"rel": "alternate", "href": FEED.url, "type": "text/html"},
    ]


def test_a_feed_says_what_it_is() -> None:
    """Id, title, subtitle, author, language and generator are the feed's and our own."""
    parsed = feedparser.parse(FORMAT.feed(FEED, []))
    assert parsed.version == "atom10"
    assert (parsed.feed.id, parsed.feed.title) == (FEED.id, FEED.title)
    assert parsed.feed.subtitle_detail.type == "text/plain"
    assert parsed.feed.subtitle == FEED.description
    assert parsed.feed.author_detail == {
        "name": "News Desk",
        "email": "desk@news.example",
        "href": "https://news.example/about",
    }
    assert root().get(LANGUAGE) == "en"
    generator = root().find(f"{ATOM}generator")
    assert (generator.text, dict(generator.attrib)) == ("feeds", {"version": __version__})


def test_what_a_feed_does_not_know_is_left_out() -> None:
    """Without description, language or addresses of its author, there are no such elements."""
    feed = root(description="", language=None, author=Person("Desk"))
    assert feed.find(f"{ATOM}subtitle") is None
    assert feed.get(LANGUAGE) is None
    assert [child.tag for child in feed.find(f"{ATOM}author")] == [f"{ATOM}name"]


def test_dates_are_rfc_3339_in_utc() -> None:
    """Each date ends in `Z`, in whatever zone it was given, and the feed's is its own."""
    tokyo = timezone(timedelta(hours=9))
    entry = replace(FULL, published=datetime(2021, 7, 1, 2, 37, tzinfo=tokyo))
    assert element(entry).findtext(f"{ATOM}published") == "2021-06-30T17:37:00Z"
    assert element(entry).findtext(f"{ATOM}updated") == "2021-07-02T08:00:05Z"
    updated = datetime(2022, 1, 1, tzinfo=UTC)
    assert root(FULL, updated=updated).findtext(f"{ATOM}updated") == "2022-01-01T00:00:00Z"


def test_an_entry_puts_what_is_short_first() -> None:
    """The order of an entry's elements is always the same."""
    names = [child.tag.removeprefix(ATOM).replace(MEDIA, "media:") for child in element(FULL)]
    assert list(dict.fromkeys(names)) == [
        "id",
        "title",
        "updated",
        "published",
        "author",
        "link",
        "summary",
        "content",
        "category",
        "source",
        "media:content",
    ]


def test_every_link_keeps_its_relation_address_and_title() -> None:
    """The entry's page is its only alternate; each other link has rel, href, title and type."""
    links = element(FULL).findall(f"{ATOM}link")
    assert dict(links[0].attrib) == {"rel": "alternate", "href": FULL.url, "type": "text/html"}
    given = [(link.relation, link.url, link.title, link.media_type) for link in FULL.links]
    names = ("rel", "href", "title", "type")
    assert [tuple(link.get(name, "") for name in names) for link in links[1:]] == given


def test_any_relation_can_be_written() -> None:
    """A relation that feedgen does not know is written like the others (RFC 8288)."""
    link = Link("https://rel.example/story", "https://a.example/")
    entry = replace(BARE, links=(link,))
    written = attributes(element(entry), f"{ATOM}link")[1]
    assert written == {"rel": link.relation, "href": link.url}


def test_text_is_text_and_content_is_html() -> None:
    """A summary is plain text, content escaped HTML; what is empty is left out."""
    summary, content = (element(FULL).find(f"{ATOM}{name}") for name in ("summary", "content"))
    assert (summary.get("type"), summary.text) == ("text", FULL.summary)
    assert (content.get("type"), content.text) == ("html", FULL.content)
    assert element(BARE).find(f"{ATOM}summary") is None
    assert element(BARE).find(f"{ATOM}content") is None


def test_markup_in_a_title_stays_text() -> None:
    """A reader shows a title as it was written, with tags and entities in it."""
    title = '<b>&amp; "x"</b> AT&T 1 < 2'
    (parsed,) = feedparser.parse(
        FORMAT.feed(FEED, [FORMAT.entry(replace(FULL, title=title))])
    ).entries
    assert parsed.title_detail.type == "text/plain"
    assert parsed.title == title


def test_an_entry_without_a_title_is_called_by_its_address() -> None:
    """An empty title does not cost the feed."""
    assert element(replace(BARE, title="")).findtext(f"{ATOM}title") == BARE.url


def test_categories_have_term_scheme_and_label() -> None:
    """A topic is term and label alike, so that readers of either show it."""
    assert attributes(element(FULL), f"{ATOM}category") == [
        {"term": label, "scheme": TOPICS, "label": label}
        for label in ("Machine Learning", "C++ & C#")
    ]


def test_the_source_is_the_publication() -> None:
    """An entry's source has an id, a title, a date and an alternate link."""
    source = element(FULL).find(f"{ATOM}source")
    assert [child.tag.removeprefix(ATOM) for child in source] == ["id", "title", "updated", "link"]
    assert source.findtext(f"{ATOM}id") == FULL.source.url
    assert source.findtext(f"{ATOM}title") == "Medical Xpress"
    assert source.findtext(f"{ATOM}updated") == "2021-07-02T08:00:05Z"
    assert attributes(source, f"{ATOM}link") == [{"rel": "alternate", "href": FULL.source.url}]


def test_images_have_only_sizes_that_are_known() -> None:
    """Each image is one media:content, without group or thumbnail."""
    images = (*FULL.images, Image("https://cdn.example/3.jpg", width=0, height=5))
    entry = element(replace(FULL, images=images))
    first, second, third = entry.findall(f"{MEDIA}content")
    assert dict(first.attrib) == {
        "url": "https://cdn.example/1.jpg",
        "medium": "image",
        "width": "1920",
        "height": "1080",
    }
    assert first.findtext(f"{MEDIA}title") == 'A "tumour" <close>'
    assert dict(second.attrib) == {"url": "https://cdn.example/2.jpg", "medium": "image"}
    assert len(second) == 0
    assert dict(third.attrib) == {
        "url": "https://cdn.example/3.jpg",
        "medium": "image",
        "height": "5",
    }
    assert not list(entry.iter(f"{MEDIA}group", f"{MEDIA}thumbnail"))


def test_an_entry_names_its_own_language() -> None:
    """An entry in another language than its feed says so, one without language does not."""
    assert element(FOREIGN).get(LANGUAGE) == "ja"
    assert element(BARE).get(LANGUAGE) is None


def test_names_of_authors_are_kept_without_addresses() -> None:
    """Each author is a person with a name; an entry without leaves it to the feed's."""
    names = element(FULL).findall(f"{ATOM}author/{ATOM}name")
    assert [name.text for name in names] == ["Ada Lovelace", "Zoë Müller"]
    assert element(BARE).find(f"{ATOM}author") is None


def test_an_author_is_a_person() -> None:
    """An author has an e-mail address and a page where they are known."""
    (author,) = element(replace(BARE, authors=(ADA,))).findall(f"{ATOM}author")
    assert [(child.tag.removeprefix(ATOM), child.text) for child in author] == [
        ("name", ADA.name),
        ("email", "ada@plain.example"),
        ("uri", "https://plain.example/ada"),
    ]


def test_rights_are_plain_text() -> None:
    """Rights of a feed and of an entry are text; without them there is no element."""
    rights = "© <b>Ada</b> & Sons"
    feed = root(replace(BARE, rights=rights), rights=rights)
    for found in (feed.find(f"{ATOM}rights"), feed.find(f"{ATOM}entry/{ATOM}rights")):
        assert (found.text, found.get("type", "text")) == (rights, "text")
    assert not list(root(BARE).iter(f"{ATOM}rights"))


def test_coverage_may_name_its_language() -> None:
    """A link has the language of what it leads to where that is known."""
    link = Link("related", "https://a.example/", "Titel", "text/html", "de-AT")
    _, written = attributes(element(replace(BARE, links=(link,))), f"{ATOM}link")
    assert written == {
        "rel": "related",
        "href": link.url,
        "title": "Titel",
        "type": "text/html",
        "hreflang": "de-AT",
    }


def test_every_file_is_a_link() -> None:
    """Each file is linked with the type, length and title that are known."""
    entry = element(replace(BARE, enclosures=(EPISODE, PAPER, MYSTERY)))
    _, episode, paper, mystery = attributes(entry, f"{ATOM}link")
    assert episode == {
        "rel": "enclosure",
        "href": EPISODE.url,
        "title": EPISODE.title,
        "type": "audio/mpeg",
        "length": "24986239",
    }
    assert (paper["type"], paper["title"], paper["length"]) == (
        "application/pdf",
        "The paper",
        "81920",
    )
    assert mystery == {"rel": "enclosure", "href": MYSTERY.url}


def test_what_is_played_is_a_content_too() -> None:
    """A file to see or hear has its size and duration; any other is linked and nothing more."""
    entry = element(replace(BARE, enclosures=(EPISODE, PAPER, FILM, MYSTERY, FILM)))
    episode, film = entry.findall(f"{MEDIA}content")
    assert dict(episode.attrib) == {
        "url": EPISODE.url,
        "fileSize": "24986239",
        "type": "audio/mpeg",
        "medium": "audio",
        "duration": "1805",
    }
    assert episode.findtext(f"{MEDIA}title") == EPISODE.title
    assert dict(film.attrib) == {
        "url": FILM.url,
        "fileSize": "9000000",
        "type": "video/mp4",
        "medium": "video",
    }


def test_media_types_are_read_as_they_are_written() -> None:
    """Case and parameters of a media type do not hide its medium (RFC 9110, section 8.3.1)."""
    for media_type in ("Video/MP4", "video/mp4; codecs=avc1", " video/x"):
        film = replace(FILM, media_type=media_type)
        (content,) = element(replace(BARE, enclosures=(film,))).findall(f"{MEDIA}content")
        assert (content.get("type"), content.get("medium")) == (media_type, "video")


def test_a_video_is_what_plays_it() -> None:
    """A player is a video with the first image as its thumbnail, which is nowhere else."""
    entry = element(replace(FULL, player=PLAYER, images=(STILL, *FULL.images)))
    video, *images = entry.findall(f"{MEDIA}content")
    assert dict(video.attrib) == {"medium": "video"}
    assert [dict(child.attrib) for child in video] == [
        {"url": STILL.url, "height": "720", "width": "1280"},
        {"url": PLAYER},
    ]
    assert [image.get("url") for image in images] == [image.url for image in FULL.images]
    (alone,) = element(replace(BARE, player=PLAYER)).findall(f"{MEDIA}content")
    assert [child.tag for child in alone] == [f"{MEDIA}player"]


def test_a_feed_names_its_hubs_pages_and_pictures() -> None:
    """Hubs and pages are links, the pages with Atom's suffix and type; icon and logo addresses."""
    page = etree.fromstring(FORMAT.feed(PAGE, []))
    links = [(link.get("rel"), link.get("href")) for link in page.findall(f"{ATOM}link")]
    stem = FEED.stem_url
    assert links == [
        ("self", f"{stem}/2.atom"),
        ("alternate", FEED.url),
        ("hub", "https://hub.example/"),
        ("hub", "https://hub.example.org/?a=1&b=2"),
        ("first", f"{stem}.atom"),
        ("previous", f"{stem}.atom"),
        ("next", f"{stem}/3.atom"),
        ("last", f"{stem}/4.atom"),
    ]
    assert page.findall(f"{ATOM}link")[-1].get("type") == "application/atom+xml"
    assert (page.findtext(f"{ATOM}icon"), page.findtext(f"{ATOM}logo")) == (PAGE.icon, PAGE.logo)


def test_a_feed_names_what_was_taken_out_of_it() -> None:
    """Each tombstone has the id and a date in UTC, in the given order, before all entries."""
    tokyo = timezone(timedelta(hours=9))
    abroad = Tombstone("urn:x:1", datetime(2021, 7, 1, 2, 37, tzinfo=tokyo))
    feed = root(FULL, BARE, tombstones=(*TOMBSTONES, abroad))
    assert attributes(feed, DELETED) == [
        {"ref": TOMBSTONES[0].id, "when": "2021-07-03T00:00:01Z"},
        {"ref": TOMBSTONES[1].id, "when": "2021-06-30T12:00:00Z"},
        {"ref": "urn:x:1", "when": "2021-06-30T17:37:00Z"},
    ]
    names = [child.tag for child in feed]
    assert names[-5:] == [DELETED] * 3 + [f"{ATOM}entry"] * 2


def test_tombstones_are_declared_only_where_they_are() -> None:
    """A document without tombstones, of an archive or not, has none of their namespace."""
    for is_archive in (False, True):
        feed = replace(FEED, is_archive=is_archive)
        assert b"tombstones" not in FORMAT.feed(feed, [])
        buried = FORMAT.feed(replace(feed, tombstones=TOMBSTONES), [])
        assert buried.count(b'xmlns:at="http://purl.org/atompub/tombstones/1.0"') == 1
        assert b"<at:deleted-entry " in buried


def test_an_id_that_xml_cannot_carry_does_not_cost_the_feed() -> None:
    """Characters that XML forbids are replaced in a tombstone as they are in an entry."""
    strange = 'urn:\x0b:\ud800&<">'
    (tombstone,) = attributes(root(tombstones=(Tombstone(strange, FEED.updated),)), DELETED)
    assert tombstone["ref"] == element(replace(BARE, id=strange)).findtext(f"{ATOM}id")
    assert tombstone["ref"] == 'urn:\ufffd:\ufffd&<">'


def test_a_reader_that_knows_no_tombstones_is_not_disturbed() -> None:
    """With tombstones, feedparser takes a feed for sound and reads the same entries in it."""
    entries = list(map(FORMAT.entry, (FULL, BARE)))
    plain = feedparser.parse(FORMAT.feed(FEED, entries))
    buried = feedparser.parse(FORMAT.feed(replace(FEED, tombstones=TOMBSTONES), entries))
    assert not buried.bozo, buried.get("bozo_exception")
    assert buried.entries == plain.entries
    assert {name: buried.feed[name] for name in plain.feed} == plain.feed
