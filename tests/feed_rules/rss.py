"""RSS 2.0, with Dublin Core and the syndication module."""

# ruff: noqa: D401 - a rule's docstring says what it holds to be true.

import re

from feed_rules.documents import (
    NAMESPACES,
    Complaints,
    Document,
    again,
    name_of,
    once,
    once_at_most,
    rule,
    texts,
    unless,
)
from feed_rules.values import (
    MAILBOX,
    is_address,
    is_language,
    is_media_type,
    is_number,
    is_rfc_822,
    wrong_in_html,
)


@rule("rss")
def rss_is_version_2(document: Document) -> Complaints:
    """The root says that it is RSS 2.0, and holds one channel."""
    if document.root.get("version") != "2.0":
        yield f"the version is {document.root.get('version')}"
    yield from once(document.root, "channel")


@rule("rss")
def rss_channel_is_whole(document: Document) -> Complaints:
    """A channel has one title, one link and one description, none of them blank."""
    for channel in document.all("channel"):
        yield from once(channel, "title link description")
        for name in ("title", "link", "description"):
            if not channel.findtext(name, "").strip():
                yield f"{name} is blank"


@rule("rss")
def rss_items_say_something(document: Document) -> Complaints:
    """An item has a title or a description, and a guid."""
    for item in document.entries:
        if not (item.findtext("title") or item.findtext("description")):
            yield "an item has neither title nor description"
        yield from once(item, "guid")


@rule("rss")
def rss_repeats_no_element(document: Document) -> Complaints:
    """What may stand once stands once at most."""
    for channel in document.all("channel"):
        yield from once_at_most(
            channel,
            "copyright docs generator image language lastBuildDate managingEditor pubDate ttl"
            " webMaster sy:updatePeriod sy:updateFrequency",
        )
    for item in document.entries:
        yield from once_at_most(
            item, "author comments description enclosure link pubDate source title content:encoded"
        )


@rule("rss")
def rss_items_come_last(document: Document) -> Complaints:
    """What a channel says of itself stands before its items."""
    for channel in document.all("channel"):
        names = [name_of(child) for child in channel]
        if "item" in names and set(names[names.index("item") :]) != {"item"}:
            yield "something stands after an item"


@rule("rss")
def rss_self_is_its_address(document: Document) -> Complaints:
    """A channel has one Atom link to itself, of RSS's type, to the address at which it is."""
    links = document.all("channel/atom:link[@rel='self']")
    if [link.get("href") for link in links] != [document.url]:
        yield f"self is {[link.get('href') for link in links]}, not {document.url}"
    yield from unless(
        lambda text: text == "application/rss+xml", (link.get("type") for link in links)
    )


@rule("rss")
def rss_dates_are_gmt(document: Document) -> Complaints:
    """A date is RFC 822 in GMT, on the right day of the week."""
    yield from unless(is_rfc_822, texts(document, "pubDate", "lastBuildDate"))


@rule("rss")
def rss_guids_are_unique(document: Document) -> Complaints:
    """No two items have one guid."""
    yield from again(item.findtext("guid") for item in document.entries)


@rule("rss")
def rss_permalinks_are_links(document: Document) -> Complaints:
    """A guid says of itself whether it is the address of its item's page."""
    for item in document.entries:
        guid, link = item.find("guid"), item.findtext("link")
        if guid is not None and guid.get("isPermaLink") != str(guid.text == link).lower():
            yield f"{guid.text} is a permalink: {guid.get('isPermaLink')}"


@rule("rss")
def rss_links_are_absolute(document: Document) -> Complaints:
    """Links, sources, pictures and files are at absolute addresses."""
    elements = document.all("channel/link") + document.all("channel/item/link")
    elements += document.all("channel/image/url") + document.all("channel/docs")
    yield from unless(is_address, (element.text for element in elements))


@rule("rss")
def rss_sources_have_an_address(document: Document) -> Complaints:
    """A source has the address of the publication, and a name."""
    for source in document.all("channel/item/source"):
        if not is_address(source.get("url")):
            yield f"{source.text} is at {source.get('url')}"


@rule("rss")
def rss_description_precedes_content(document: Document) -> Complaints:
    """An item with content:encoded has a description before it."""
    for item in document.entries:
        names = [name_of(child) for child in item]
        if (
            "content:encoded" in names
            and "description" not in names[: names.index("content:encoded")]
        ):
            yield f"{item.findtext('guid')} has content before its description"


@rule("rss")
def rss_content_is_safe_html(document: Document) -> Complaints:
    """Descriptions and content of items have no script, no form and no relative reference."""
    for item in document.entries:
        for name in ("description", "content:encoded"):
            yield from wrong_in_html(item.findtext(name, "", NAMESPACES))


@rule("rss")
def rss_enclosures_are_whole(document: Document) -> Complaints:
    """An enclosure has an address, a length that is a whole number, and a media type."""
    for enclosure in document.all("channel/item/enclosure"):
        url, length, media_type = map(enclosure.get, ("url", "length", "type"))
        if not (is_address(url) and is_number(length) and is_media_type(media_type)):
            yield f"url {url!r}, length {length!r}, type {media_type!r}"


@rule("rss")
def rss_persons_are_mailboxes(document: Document) -> Complaints:
    """An author or editor is an e-mail address with a name in parentheses."""
    people = texts(document, "author", "managingEditor", "webMaster")
    yield from unless(lambda text: bool(text and MAILBOX.fullmatch(text)), people)


@rule("rss")
def rss_time_to_live_is_positive(document: Document) -> Complaints:
    """A time to live is a whole number of minutes, at least one."""
    yield from unless(lambda text: is_number(text, 1), texts(document, "ttl"))


@rule("rss")
def rss_image_is_the_channels(document: Document) -> Complaints:
    """An image is a GIF, JPEG or PNG, with the title and the link of its channel."""
    for channel in document.all("channel"):
        for image in channel.findall("image"):
            yield from once(image, "url title link")
            suffix = image.findtext("url", "").rpartition(".")[2].lower()
            if re.fullmatch(r"\w+", suffix) and suffix not in ("gif", "jpeg", "jpg", "png"):
                yield f"a picture is {suffix}"
            for name in ("title", "link"):
                if image.findtext(name) != channel.findtext(name):
                    yield f"its {name} is {image.findtext(name)!r}"


@rule("rss")
def rss_update_period_is_legal(document: Document) -> Complaints:
    """Updates come in a period that is known, a whole number of times."""
    periods = {"hourly", "daily", "weekly", "monthly", "yearly"}
    yield from unless(periods.__contains__, texts(document, "sy:updatePeriod"))
    yield from unless(lambda text: is_number(text, 1), texts(document, "sy:updateFrequency"))
    for element in document.root.iter(f"{{{NAMESPACES['sy']}}}*"):
        if name_of(element) not in ("sy:updatePeriod", "sy:updateFrequency", "sy:updateBase"):
            yield f"{name_of(element)} is not known"


@rule("rss")
def rss_dublin_core_repeats_nothing(document: Document) -> Complaints:
    """No element of Dublin Core says what RSS has an element for, and one that is there."""
    channel = {
        "copyright": "rights",
        "language": "language",
        "managingEditor": "creator",
        "pubDate": "date",
        "webMaster": "publisher",
    }
    item = {"author": "creator", "category": "subject", "pubDate": "date", "source": "source"}
    for parents, pairs in ((document.all("channel"), channel), (document.entries, item)):
        for parent in parents:
            names = {name_of(child) for child in parent}
            for core, other in pairs.items():
                if {core, f"dc:{other}"} <= names:
                    yield f"{core} and dc:{other} in one {name_of(parent)}"


@rule("rss")
def rss_dublin_core_stands_once(document: Document) -> Complaints:
    """An item has several creators at most, and one of each other element of Dublin Core."""
    for parent in (*document.all("channel"), *document.entries):
        yield from once_at_most(parent, "dc:date dc:language dc:publisher dc:rights")
        yield from again(creator.text for creator in parent.findall("dc:creator", NAMESPACES))


@rule("rss")
def rss_languages_are_tags(document: Document) -> Complaints:
    """A language is a tag of BCP 47."""
    yield from unless(is_language, texts(document, "language", "dc:language"))
