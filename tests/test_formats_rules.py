"""Every format keeps the rules of the validators, and every rule is seen to be broken.

A broken document is a sound one, with all that there is in it, in which one thing was put
wrong: what is to be replaced, and by what.
"""

from collections.abc import Callable

import pytest
from feed_rules import RULES, Document, complaints
from test_formats_golden import (
    ARCHIVE,
    ARCHIVE_WITH_TOMBSTONES,
    CASES,
    DIRECTORY,
    EVERYTHING,
    FEED,
    FULL,
    PAGE,
    TOMBSTONES,
    WITH_TOMBSTONES,
)

from feeds.formats import directory_formats, feed_formats
from feeds.model import Feed, FeedFormat, Outline, replace

(ATOM,) = (room for room in feed_formats() if room.has_archives)
every_format = pytest.mark.parametrize("room", feed_formats(), ids=lambda room: room.name)

SOUND = {
    room.name: Document(
        room.feed(PAGE, map(room.entry, EVERYTHING)), f"{PAGE.stem_url}{room.suffix}"
    )
    for room in feed_formats()
} | {
    room.name: Document(room.directory(DIRECTORY), f"https://news.example/{room.path}")
    for room in directory_formats()
}
SOUND["archive"] = Document(
    ATOM.feed(ARCHIVE, map(ATOM.entry, EVERYTHING)), f"{ARCHIVE.stem_url}.atom"
)

SOUND["deleted"] = Document(
    ATOM.feed(WITH_TOMBSTONES, map(ATOM.entry, EVERYTHING)), f"{FEED.stem_url}.atom"
)
SOUND["deleted from an archive"] = Document(
    ATOM.feed(ARCHIVE_WITH_TOMBSTONES, map(ATOM.entry, EVERYTHING)), f"{ARCHIVE.stem_url}.atom"
)

_TO_SELF = '/2.atom" rel="self"'
_AUTHOR = """  <author>
    <name>News Desk</name>
    <email>desk@news.example</email>
    <uri>https://news.example/about</uri>
  </author>
"""
_LATER = TOMBSTONES[0]
_TOMBSTONE = f'<at:deleted-entry ref="{_LATER.id}" when="2021-07-03T00:00:01Z"/>'
_EDITOR = "<managingEditor>desk@news.example (News Desk)</managingEditor>"
_PODCAST = 'length="24986239" type="audio/mpeg"'
_FIRST_FEED = 'type="rss" text="Everything" title="Everything"'

BROKEN: dict[str, list[tuple[str, str, str]]] = {
    "can_be_read": [
        ("atom", "</feed>", ""),
        ("rss", "<ttl>", "<ttl>\x0b"),
        ("opml", "&amp;", "&"),
        ("json", '"version"', "version"),
    ],
    "has_no_document_type": [
        ("rss", "\n<rss", "\n<!DOCTYPE rss>\n<rss"),
        ("opml", "\n<opml", "\n<!DOCTYPE opml>\n<opml"),
    ],
    "root_is_on_one_line": [
        ("atom", ' xmlns="', '\n xmlns="'),
        ("rss", 'encoding="UTF-8"', "encoding='utf-8'"),
        ("opml", "\n<opml", " <opml"),
    ],
    "namespaces_stand_on_the_root": [
        ("atom", "<media:content", '<media:content xmlns:media="http://search.yahoo.com/mrss/"'),
        ("rss", "<item>", '<item xmlns:x="urn:x">'),
    ],
    # Atom
    "atom_has_id_title_and_updated_once": [
        ("atom", "<updated>2021-07-02T08:00:05Z</updated>", ""),
        ("atom", "<entry><id>", "<entry><id>urn:x</id><id>"),
        ("atom", "<source><id>https://plain.example/</id>", "<source>"),
    ],
    "atom_repeats_no_element": [
        ("atom", "<rights>", "<rights>Mine</rights><rights>"),
        ("atom", '<summary type="text">', '<summary type="text"/><summary type="text">'),
    ],
    "atom_has_authors": [("atom", _AUTHOR, _AUTHOR.replace("author>", "contributor>"))],
    "atom_persons_are_whole": [
        ("atom", "<name>News Desk</name>", ""),
        ("atom", "<name>Ada Lovelace</name>", "<name> </name>"),
        ("atom", "desk@news.example", "desk"),
        ("atom", "<name>Ada Lovelace</name>", "<name>Ada</name><name>Lovelace</name>"),
    ],
    "atom_ids_are_canonical": [
        ("atom", "<id>https://plain.example/?p=17</id>", f"<id>{iri}</id>")
        for iri in (
            *("plain.example", "/a", "https://plain.example", "https://Plain.example/"),
            *("https://plain.example:443/", "http://plain.example:80/a", "https://a.example/./b"),
            *("https://a.example/b/../c", "https://a.example/%7Eb", "https://a.example/%c3%a9"),
            *("https://a.example/%4", "TAG:a.example,2021:b", "urn:a b", ""),
        )
    ],
    "atom_ids_are_unique": [
        ("atom", "<id>https://plain.example/?p=17</id>", f"<id>{FULL.id}</id>"),
    ],
    "atom_self_is_its_address": [
        ("atom", _TO_SELF, '/3.atom" rel="self"'),
        ("atom", _TO_SELF, '/2.atom" rel="via"'),
        ("atom", 'rel="hub"', 'rel="self"'),
        ("atom", 'rel="self" type="application/atom+xml"', 'rel="self" type="text/xml"'),
    ],
    "atom_archives_say_so": [
        ("archive", "<fh:archive/>", "<fh:archive/><fh:archive/>"),
        ("archive", "<fh:archive/>", "<fh:archive>yes</fh:archive>"),
        ("archive", "<fh:archive/>", "<fh:complete/>"),
        ("archive", "<fh:archive/>", ""),
        ("archive", 'rel="current"', 'rel="via"'),
        ("archive", "<entry>", "<entry><fh:archive/>"),
        ("atom", 'rel="next"', 'rel="next-archive"'),
    ],
    "atom_alternates_differ": [
        ("atom", 'rel="hub" href="https://hub.example/"', 'rel="alternate" type="text/html"'),
        ("atom", 'rel="alternate" href="https://bare.example/"', 'rel="via" href="https://a.b/"'),
    ],
    "atom_dates_are_rfc_3339": [
        ("atom", "2021-06-30T17:37:00Z", date)
        for date in (
            *("2021-06-31T17:37:00Z", "2021-06-30T17:37:00", "2021-06-30", "2021-06-30 17:37:00Z"),
            *("2021-06-30T17:37Z", "Wed, 30 Jun 2021 17:37:00 GMT", ""),
        )
    ],
    "atom_texts_have_a_type": [
        ("atom", '<summary type="text">', '<summary type="html">'),
        ("atom", "<rights>", "<rights><b/>"),
        ("atom", '<content type="html">', '<content type="CDATA">'),
        ("atom", '<content type="html">', "<content>"),
    ],
    "atom_titles_are_not_blank": [("atom", "A headline alone: 1 &lt; 2", " ")],
    "atom_content_is_safe_html": [
        ("atom", "&lt;p&gt;At length", f"&lt;{tag}&gt;At length")
        for tag in (
            *("script", "style", 'iframe src="https://a.example/"', "form", 'p onclick="x()"'),
            *('p style="x"', 'a href="/b"', 'img src="b.png"', 'a href="javascript:x()"'),
        )
    ],
    "atom_references_are_absolute": [
        ("atom", "<icon>https://news.example/", "<icon>/"),
        ("atom", "<logo>https://news.example/", "<logo>//news.example/"),
        ("atom", "<uri>https://news.example/about", "<uri>mailto:desk@news.example"),
        ("atom", "<entry>", '<entry xml:base="https://a.example/">'),
    ],
    "atom_categories_have_terms": [
        ("atom", 'term="Machine Learning" ', ""),
        ("atom", 'scheme="https://news.example/topics/"', 'scheme="/topics/"'),
    ],
    "atom_languages_are_tags": [("atom", 'xml:lang="en-GB"', 'xml:lang="en_GB"')],
    # Tombstones
    "tombstones_stand_in_feeds": [
        ("deleted", _TOMBSTONE, f"<source>{_TOMBSTONE}</source>"),
        ("deleted", "<entry>", f"<entry>{_TOMBSTONE}"),
        ("deleted", "</feed>", f"{_TOMBSTONE}</feed>"),
        ("deleted", _TOMBSTONE, _TOMBSTONE.replace("deleted-entry", "comment")),
        ("deleted", _TOMBSTONE, _TOMBSTONE.replace(" ref", ' by="Ada" ref')),
        ("deleted", _TOMBSTONE, _TOMBSTONE.replace("/>", ">Wrong</at:deleted-entry>")),
        ("deleted", _TOMBSTONE, _TOMBSTONE.replace("/>", "><id/></at:deleted-entry>")),
        ("rss", "<item>",
         '<item><at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0"/>'),
    ],
    "tombstones_have_the_id_of_an_entry": [
        ("deleted", f'ref="{_LATER.id}"', f'ref="{iri}"')
        for iri in ("", "/a", "plain.example", "urn:a b", "https://Plain.example/")
    ] + [("deleted", f'ref="{_LATER.id}" ', "")],
    "tombstones_have_a_date": [
        ("deleted", "2021-07-03T00:00:01Z", date)
        for date in (
            *("2021-07-03", "2021-07-03T00:00:01", "2021-06-31T00:00:01Z", "", "today"),
            "Sat, 03 Jul 2021 00:00:01 GMT",
        )
    ] + [("deleted", ' when="2021-07-03T00:00:01Z"', "")],
    "tombstones_are_given_once": [
        ("deleted", _TOMBSTONE, f"{_TOMBSTONE}{_TOMBSTONE}"),
        ("deleted", _TOMBSTONE, _TOMBSTONE + _TOMBSTONE.replace("00:00:01Z", "00:00:02Z")),
        ("deleted from an archive", _TOMBSTONE, f"{_TOMBSTONE}{_TOMBSTONE}"),
    ],
    "tombstones_are_of_no_entry_that_is_there": [
        ("deleted", _LATER.id, FULL.id),
        ("deleted from an archive", _LATER.id, FULL.id),
        ("deleted", _TOMBSTONE, f'<at:deleted-entry ref="{FULL.id}" when="2021-07-02T08:00:05Z"/>'),
        ("deleted", _TOMBSTONE, f'<at:deleted-entry ref="{FULL.id}"/>'),
    ],
    # Links
    "links_are_absolute": [
        ("atom", 'href="https://a.example/1"', 'href="/1"'),
        ("rss", 'href="https://a.example/1"', ""),
        ("rss", 'href="https://a.example/1"', 'href="https://a.example/a b"'),
        ("atom", 'href="https://a.example/1"', 'href="https:///1"'),
        ("atom", 'href="https://a.example/1"', 'href="ftp://a.example/1"'),
    ],
    "links_to_archives_are_to_atom": [
        ("archive", 'rel="next-archive"', 'rel="prev-archive"'),
        ("archive", "/2020-12.atom", "/2021-06.atom"),
        ("archive", '/2020-12.atom" type="application/atom+xml"', '/2020-12.atom"'),
        ("rss", 'rel="next"', 'rel="prev-archive"'),
    ],
    "links_are_empty": [
        ("atom", ' title="Auf Deutsch"', ' title=" "'),
        ("rss", '<atom:link rel="hub" href="https://hub.example/"/>',
         '<atom:link rel="hub" href="https://hub.example/">x</atom:link>'),
    ],
    "link_relations_are_registered": [
        ("atom", 'rel="related"', 'rel="story"'),
        ("rss", '<atom:link rel="related"', '<atom:link rel="next"'),
        ("atom", 'rel="related"', 'rel="first"'),
    ],
    "link_types_are_media_types": [
        ("atom", 'type="text/html"', 'type="html"'),
        ("rss", 'type="text/html"', 'type="text/html; charset"'),
    ],
    "link_languages_are_tags": [("rss", 'hreflang="de-AT"', 'hreflang="de_AT"')],
    "link_lengths_are_numbers": [("atom", 'length="24986239"', 'length="24.9 MB"')],
    "links_are_given_once": [
        ("atom", "https://hub.example.org/?a=1&amp;b=2", "https://hub.example/"),
        ("rss", "https://b.example/2?x=1&amp;y=2", "https://a.example/1"),
    ],
    # RSS
    "rss_is_version_2": [
        ("rss", 'version="2.0"', 'version="0.92"'),
        ("rss", "<channel>", "<channel/><channel>"),
    ],
    "rss_channel_is_whole": [
        ("rss", "<title>Machine Learning &amp; more</title>\n    <link>", "<link>"),
        ("rss", "<description>Curated", "<description/><description>Curated"),
        ("rss", "Curated news of &lt;machine learning&gt;", " "),
    ],
    "rss_items_say_something": [
        ("rss", "<title>A headline alone: 1 &lt; 2</title>", ""),
        ("rss", f'<guid isPermaLink="false">{FULL.id}</guid>', ""),
    ],
    "rss_repeats_no_element": [
        ("rss", "<ttl>", "<ttl>1</ttl><ttl>"),
        ("rss", "<enclosure ", "<enclosure/><enclosure "),
        ("rss", "<content:encoded>", "<content:encoded/><content:encoded>"),
    ],
    "rss_items_come_last": [("rss", "</item>\n</channel>", "</item><rating/>\n</channel>")],
    "rss_self_is_its_address": [
        ("rss", '/2.rss" rel="self"', '/2.atom" rel="self"'),
        ("rss", '/2.rss" rel="self"', '/2.rss" rel="via"'),
        ("rss", 'rel="self" type="application/rss+xml"', 'rel="self"'),
    ],
    "rss_dates_are_gmt": [
        ("rss", "Wed, 30 Jun 2021 17:37:00 GMT", date)
        for date in (
            *("Thu, 30 Jun 2021 17:37:00 GMT", "Wed, 30 Jun 2021 17:37:00 +0000"),
            *("30 Jun 2021 17:37:00 GMT", "Wed, 31 Jun 2021 17:37:00 GMT", "2021-06-30T17:37:00Z"),
            *("Wed, 30 Jun 21 17:37:00 GMT", "Wed, 30 Jun 2021 17:37:00 CEST", ""),
        )
    ],
    "rss_guids_are_unique": [("rss", ">https://plain.example/?p=17<", f">{FULL.id}<")],
    "rss_permalinks_are_links": [
        ("rss", 'isPermaLink="false">https://plain.example/?p=17', 'isPermaLink="true">https://x/'),
        ("rss", 'isPermaLink="true"', 'isPermaLink="false"'),
        ("rss", ' isPermaLink="false"', ""),
    ],
    "rss_links_are_absolute": [
        ("rss", "<link>https://bare.example/</link>", "<link>/bare</link>"),
        ("rss", "<url>https://news.example/logo", "<url>logo"),
    ],
    "rss_sources_have_an_address": [
        ("rss", '<source url="https://bare.example/">', "<source>"),
        ("rss", '<source url="https://bare.example/">', '<source url="bare.example">'),
    ],
    "rss_description_precedes_content": [
        ("rss", "<description>In short.</description>", ""),
        ("rss", "<description>In short.", "<content:encoded/><description>In short."),
    ],
    "rss_content_is_safe_html": [
        ("rss", "&lt;p&gt;At length", "&lt;script&gt;At length"),
        ("rss", "<description>In short.", '<description>&lt;img src="a.png"&gt;'),
    ],
    "rss_enclosures_are_whole": [
        ("rss", _PODCAST, 'type="audio/mpeg"'),
        ("rss", _PODCAST, 'length="" type="audio/mpeg"'),
        ("rss", _PODCAST, 'length="-1" type="audio/mpeg"'),
        ("rss", _PODCAST, 'length="24.9" type="audio/mpeg"'),
        ("rss", _PODCAST, 'length="0" type="mp3"'),
        ("rss", _PODCAST, 'length="0"'),
        ("rss", '<enclosure url="https://cdn.example/mystery"', '<enclosure url="mystery"'),
    ],
    "rss_persons_are_mailboxes": [
        ("rss", _EDITOR, "<managingEditor>News Desk</managingEditor>"),
        ("rss", _EDITOR, "<managingEditor>desk@news.example</managingEditor>"),
        ("rss", "<author>ada@plain.example (", "<author>("),
        ("rss", "<author>ada@plain.example (", "<author>ada ("),
    ],
    "rss_time_to_live_is_positive": [
        ("rss", "<ttl>30</ttl>", f"<ttl>{time}</ttl>") for time in ("0", "-1", "1.5", "", "30 min")
    ],
    "rss_image_is_the_channels": [
        ("rss", "<url>https://news.example/logo.jpg?v=1&amp;w=2", "<url>https://a.example/a.svg"),
        ("rss", "</url>\n      <title>Machine Learning", "</url>\n      <title>Machine learning"),
        ("rss", "</title>\n      <link>", "</title>\n      <link>https://a.example/"),
        ("rss", "</url>", "</url><url/>"),
    ],
    "rss_update_period_is_legal": [
        ("rss", "hourly", "Hourly"),
        ("rss", "<sy:updateFrequency>2", "<sy:updateFrequency>0"),
        ("rss", "<sy:updateFrequency>2", "<sy:updateFrequency>0.5"),
        ("rss", "<sy:updatePeriod>hourly</sy:updatePeriod>",
         "<sy:UpdatePeriod>hourly</sy:UpdatePeriod>"),
    ],
    "rss_dublin_core_repeats_nothing": [
        ("rss", "<ttl>", "<dc:rights>Mine</dc:rights><ttl>"),
        ("rss", "<ttl>", "<dc:language>en</dc:language><ttl>"),
        ("rss", "<ttl>", "<dc:creator>Desk</dc:creator><ttl>"),
        ("rss", "</author>", "</author><dc:creator>Ada</dc:creator>"),
        ("rss", "</pubDate>", "</pubDate><dc:date>2021-06-30</dc:date>"),
        ("rss", "</category>", "</category><dc:subject>Medicine</dc:subject>"),
        ("rss", "</source>", "</source><dc:source>https://a.example/</dc:source>"),
    ],
    "rss_dublin_core_stands_once": [
        ("rss", "<dc:publisher>", "<dc:publisher>GEN</dc:publisher><dc:publisher>"),
        ("rss", "<dc:rights>", "<dc:rights>Mine</dc:rights><dc:rights>"),
        ("rss", "<dc:creator>Zoë Müller</dc:creator>", "<dc:creator>Ada Lovelace</dc:creator>"),
    ],
    "rss_languages_are_tags": [
        ("rss", "<language>en</language>", "<language>en_GB</language>"),
        ("rss", "<dc:language>en-GB", "<dc:language>British English"),
    ],
    # Media RSS
    "media_mediums_are_known": [
        ("atom", 'medium="image"', 'medium="picture"'),
        ("rss", 'medium="video"', 'medium="Video"'),
    ],
    "media_sizes_are_numbers": [
        ("atom", 'width="1920"', 'width="1920px"'),
        ("rss", 'height="1080"', 'height="0"'),
        ("atom", 'fileSize="24986239"', 'fileSize="24.9"'),
        ("atom", 'duration="1805"', 'duration="30:05"'),
        ("rss", 'still.jpg" height="720"', 'still.jpg" height="-720"'),
    ],
    "media_types_are_media_types": [("rss", 'type="video/mp4" medium', 'type="mp4" medium')],
    "media_is_at_an_address": [
        ("atom", '<media:content url="https://cdn.example/2.jpg"', "<media:content"),
        ("rss", '<media:content url="https://cdn.example/2.jpg"', '<media:content url="2.jpg"'),
        ("atom", '<media:thumbnail url="https://cdn.example/', '<media:thumbnail url="/'),
        ("rss", '<media:player url="https://video.example/', '<media:player url="'),
    ],
    "media_titles_are_plain": [
        ("atom", '<media:title type="plain">', '<media:title type="html">'),
        ("rss", "</media:title>", "</media:title><media:description>x</media:description>"),
    ],
    "media_thumbnails_are_no_contents": [
        ("atom", '<media:thumbnail url="https://cdn.example/still.jpg"',
         '<media:thumbnail url="https://cdn.example/chart.png"'),
        ("rss", '<media:thumbnail url="https://cdn.example/still.jpg"',
         '<media:thumbnail url="https://cdn.example/chart.png"'),
    ],
    "media_contents_are_given_once": [
        ("atom", "https://cdn.example/2.jpg", "https://cdn.example/1.jpg"),
        ("rss", '<media:content url="https://cdn.example/1.mp4"',
         '<media:content url="https://cdn.example/1.mp3?a=1&amp;b=2"'),
    ],
    # OPML
    "opml_is_version_2": [
        ("opml", 'version="2.0"', 'version="1.0"'),
        ("opml", "<title>News &amp; more</title>", ""),
        ("opml", "<head>", "<head/><head>"),
    ],
    "opml_has_outlines": [
        ("opml", "<body>", '<body><outline text="Nothing" />'),
        ("opml", "<body>", "<body>Text"),
        ("opml", "<body>", "<body><item />"),
    ],
    "opml_outlines_have_a_text": [
        ("opml", _FIRST_FEED, 'type="rss" title="Everything"'),
        ("opml", '<outline text="Topics">', '<outline text=" ">'),
    ],
    "opml_feeds_can_be_subscribed_to": [
        ("opml", _FIRST_FEED, 'type="rss" text="Everything"'),
        ("opml", 'xmlUrl="https://news.example/all.atom"', ""),
    ],
    "opml_groups_are_no_feeds": [
        ("opml", '<outline text="Topics">', '<outline text="Topics" title="Topics">'),
        ("opml", _FIRST_FEED, 'text="Everything" title="Everything"'),
    ],
    "opml_addresses_are_absolute": [
        ("opml", 'xmlUrl="https://news.example/all.atom"', 'xmlUrl="/all.atom"'),
        ("opml", 'htmlUrl="https://news.example/all/"', 'htmlUrl="news.example"'),
    ],
    "opml_feeds_are_given_once": [
        ("opml", "https://news.example/topics/c.atom", "https://news.example/all.atom"),
    ],
    # JSON Feed
    "json_is_version_1_1": [
        ("json", "/version/1.1", "/version/1"),
        ("json", '"title":"Machine Learning & more",', ""),
        ("json", '"items":[\n', '"items":{},"_items":[\n'),
    ],
    "json_says_where_it_is": [("json", '/2.json","description"', '/3.json","description"')],
    "json_ids_are_unique_texts": [
        ("json", '"id":"https://plain.example/?p=17"', '"id":17'),
        ("json", '"id":"https://plain.example/?p=17"', '"id":""'),
        ("json", '"id":"https://plain.example/?p=17"', f'"id":"{FULL.id}"'),
        ("json", '"id":"https://plain.example/?p=17",', ""),
    ],
    "json_items_have_content": [
        ("json", '"content_text":"",', ""),
        ("json", '"content_text":""', '"content_text":null'),
    ],
    "json_content_is_safe_html": [
        ("json", "<p>At length", "<script>At length"),
        ("json", "<p>At length", "<img src='/a.png'>At length"),
    ],
    "json_dates_are_rfc_3339": [
        ("json", "2021-06-30T17:37:00Z", "2021-06-30T17:37:00"),
        ("json", "2021-06-30T17:37:00Z", "2021-06-31T17:37:00Z"),
    ],
    "json_languages_are_tags": [
        ("json", '"language":"en-GB"', '"language":"en_GB"'),
        ("json", '"language":"de-AT"', '"language":"German, Austria"'),
    ],
    "json_addresses_are_absolute": [
        ("json", '"icon":"https://news.example/', '"icon":"/'),
        ("json", '"next_url":"https://news.example/', '"next_url":"'),
        ("json", '"image":"https://cdn.example/', '"image":"cdn.example/'),
    ],
    "json_attachments_are_whole": [
        ("json", '"mime_type":"audio/mpeg",', ""),
        ("json", '"mime_type":"audio/mpeg"', '"mime_type":"mp3"'),
        ("json", '{"url":"https://cdn.example/mystery",', "{"),
        ("json", '"size_in_bytes":24986239', '"size_in_bytes":"24986239"'),
        ("json", '"duration_in_seconds":1805', '"duration_in_seconds":1805.5'),
    ],
    "json_authors_are_someone": [("json", '[{"name":"Ada Lovelace"}', "[{}")],
    "json_hubs_are_whole": [
        ("json", '"type":"WebSub",', ""),
        ("json", '"url":"https://hub.example/"', '"url":"hub.example"'),
    ],
    "json_tags_are_texts": [
        ("json", '"tags":["Machine Learning"', '"tags":[1'),
        ("json", '"tags":["Machine Learning"', '"tags":["C++ & C#"'),
    ],
    "json_extensions_explain_themselves": [
        ("json", '"_rights":', '"rights":'),
        ("json", '"_source":{"about":"https://www.rfc-editor.org/rfc/rfc4287#section-4.2.11",',
         '"_source":{'),
        ("json", '"_rights":{', '"_x":"y","_rights":{'),
        ("json", '"_rights":{', '"author":{"name":"Desk"},"_rights":{'),
    ],
    "json_says_nothing_empty": [
        ("json", '"description":"Curated news of <machine learning>"', '"description":""'),
        ("json", '"language":"en-GB"', '"language":null'),
    ],
}  # fmt: skip

BREACHES = [(name, *breach) for name, breaches in BROKEN.items() for breach in breaches]


def rules() -> dict[str, Callable[[Document], object]]:
    return {check.__name__: check for checks in RULES.values() for check in checks}


@every_format
@pytest.mark.parametrize("name", CASES)
def test_every_feed_keeps_the_rules(room: FeedFormat, name: str) -> None:
    """No rule has anything against what a format writes of any of our feeds."""
    feed, entries = CASES[name]
    document = room.feed(feed, map(room.entry, entries))
    assert complaints(document, f"{feed.stem_url}{room.suffix}") == []


@every_format
def test_a_feed_without_entries_keeps_the_rules(room: FeedFormat) -> None:
    """A feed may be empty."""
    assert complaints(room.feed(FEED, []), f"{FEED.stem_url}{room.suffix}") == []


@every_format
@pytest.mark.parametrize("interval", [1, 59, 3600, 3601, 86_400, 999_999, 9_999_999, 99_999_999])
def test_every_interval_keeps_the_rules(room: FeedFormat, interval: int) -> None:
    """However often a feed changes, what it says of that is legal."""
    feed: Feed = replace(PAGE, interval=interval)
    assert complaints(room.feed(feed, []), f"{feed.stem_url}{room.suffix}") == []


@pytest.mark.parametrize("name", SOUND)
def test_a_document_with_all_that_there_is_keeps_the_rules(name: str) -> None:
    """Everything at once is as sound as each thing by itself."""
    assert complaints(SOUND[name].data, SOUND[name].url) == []


@pytest.mark.parametrize(
    "when", ["2021-07-02T08:00:04Z", "2021-07-02T10:00:04+02:00", "2021-07-01T23:59:59Z"]
)
def test_an_entry_that_changed_after_it_was_deleted_counts(when: str) -> None:
    """An entry that is newer than its tombstone is there (RFC 6721, section 3)."""
    tombstone = f'<at:deleted-entry ref="{FULL.id}" when="{when}"/>'
    sound = SOUND["deleted"]
    document = sound.data.replace(_TOMBSTONE.encode(), tombstone.encode(), 1)
    assert document != sound.data
    assert complaints(document, sound.url) == []


def test_a_directory_of_one_feed_keeps_the_rules() -> None:
    """A directory may have one feed and no groups."""
    outline = Outline(
        "all", "All", "", (("atom", "https://news.example/all.atom"),), "https://news.example/all/"
    )
    (room,) = directory_formats()
    document = room.directory(replace(DIRECTORY, outlines=(outline,)))
    assert complaints(document, "https://news.example/feeds.opml") == []


@pytest.mark.parametrize(
    ("name", "kind", "before", "after"), BREACHES, ids=[breach[0] for breach in BREACHES]
)
def test_every_rule_can_be_broken(name: str, kind: str, before: str, after: str) -> None:
    """A rule has something against a document in which what it is about was put wrong."""
    sound = SOUND[kind]
    assert before.encode() in sound.data
    broken = Document(sound.data.replace(before.encode(), after.encode(), 1), sound.url)
    assert list(rules()[name](sound)) == []
    assert list(rules()[name](broken)) != []
    assert any(said.startswith(f"{name}: ") for said in complaints(broken.data, broken.url))


def test_every_rule_is_broken_by_some_sample() -> None:
    """There is no rule that cannot fail, and no sample for a rule that is not there."""
    assert set(BROKEN) == set(rules())
