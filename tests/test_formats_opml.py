from typing import Any

from lxml import etree
from test_formats_golden import DIRECTORY

from feeds.formats.opml import FORMAT
from feeds.model import replace


def outlines(**changes: object) -> list[etree._Element]:
    directory = replace(DIRECTORY, **changes)
    return etree.fromstring(FORMAT.directory(directory)).findall("body/outline")


def tree(outline: etree._Element) -> dict[str, Any]:
    return {child.get("text"): tree(child) for child in outline}


def test_outlines_are_grouped_by_kind() -> None:
    """Everything stands on top, the others in groups, each in the directory's order."""
    assert [outline.get("text") for outline in outlines()] == [
        "Everything",
        "Topics",
        "Providers",
        "Feeds",
    ]
    _, topics, _, _ = outlines()
    assert list(tree(topics)) == ["Machine Learning", 'C++ & "C#"']
    assert {outline.get("type") for outline in outlines()} == {"rss", None}


def test_a_kind_without_feeds_has_no_group() -> None:
    """An empty group would be a folder without anything in it."""
    assert outlines(outlines=()) == []
    (only,) = outlines(outlines=DIRECTORY.outlines[-1:])
    assert tree(only) == {"Editor's choice": {}}


def test_a_feed_can_be_subscribed_to() -> None:
    """A feed has a type, text, title, the address of the preferred format and a page."""
    assert dict(outlines()[0].attrib) == {
        "type": "rss",
        "text": "Everything",
        "title": "Everything",
        "xmlUrl": "https://news.example/all.atom",
        "htmlUrl": "https://news.example/all/",
        "description": "All articles",
    }


def test_a_group_has_only_a_text() -> None:
    """A group is no feed, and whoever has a title must say of which type it is."""
    assert [dict(group.attrib) for group in outlines()[1:]] == [
        {"text": "Topics"},
        {"text": "Providers"},
        {"text": "Feeds"},
    ]


def test_nothing_says_when_the_directory_was_written() -> None:
    """The head has a title and no date, so that the same feeds give the same bytes."""
    root = etree.fromstring(FORMAT.directory(DIRECTORY))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [(child.tag, child.text) for child in root.find("head")] == [("title", "News & more")]
