"""The page for whoever runs the server, and the banner of what is wrong."""

import re
from datetime import UTC, datetime

from lxml import etree
from test_pages import Page

from feeds.model import (
    Contained,
    FeedStatus,
    Finding,
    FindingGroup,
    Polls,
    PushStatus,
    ReaderStatus,
    RefreshRecord,
    Source,
    Status,
    Told,
    replace,
)
from feeds.pages import Look, banner_of, status_page

NOW = datetime(2026, 11, 29, 22, 50, 7, tzinfo=UTC)
SINCE = datetime(2026, 11, 27, 23, tzinfo=UTC)
BAD = Finding("a & b.md", 3, 20, "date-invalid", "date", '"<soon>" is not a date')
PULL = Finding("feeds.yaml", 0, 0, "command-failed", "reload.command", "git ended", "warning")
GOOD = RefreshRecord(NOW, 1.25, "", NOW, 0, ())
POLLS = Polls(10, 90, 5_000, 45_000)
READERS = (
    ReaderStatus("Feed<bin>", "service", POLLS, 2, 1_800.0, 102, 2, 102),
    ReaderStatus("newsboat", "person", Polls(1, 0, 900, 0), 1, None, 0, 1, 1),
)
FEEDS = (
    FeedStatus("News & <Views>", "all/", NOW, POLLS, (0,) * 46 + (60, 40), 9, READERS, 3, 103),
    FeedStatus("Quiet", "topics/quiet/", None, Polls(), (0,) * 48, 0),
)
STATUS = Status(
    site=Source("https://feeds.example/", "The News"),
    now=NOW,
    refresh=GOOD,
    problem="",
    documents={"listed": 5, "skipped": 1},
    findings=(
        FindingGroup("date-invalid", "error", 12, (BAD,)),
        FindingGroup("command-failed", "warning", 1, (PULL,)),
    ),
    contents=Contained(40, 559),
    feeds=FEEDS,
    since=SINCE,
    polls=(*[Polls()] * 46, Polls(60, 0, 4_000, 0), Polls(0, 40, 0, 45_000)),
    subscribers=(*[0] * 46, 4, 9),
    readers=READERS,
    push=PushStatus(
        (Told("https://hub.example/?<a>", 3, 41, 5, 1, 2, NOW, NOW, NOW, "answered <500>"),),
        Told("purge", sent=7, last_success=NOW),
    ),
)


def text_of(status: Status) -> str:
    """Give what people read of the page, spaces as one."""
    return " ".join(Page(status_page(Look(), status).decode()).text.split())


def test_all_is_told() -> None:
    """The refresh, documents, findings with their places, polls and feeds are on the page."""
    text = text_of(STATUS)
    for part in (
        "It ended well. At 29 November 2026, 22:50 UTC, in 1.2 seconds.",
        "6 documents: 5 listed, 1 skipped.",
        '12 date-invalid (error) a & b.md:3:20: date-invalid: date: "<soon>" is not a date',
        "and 11 more",
        "1 command-failed (warning) feeds.yaml: command-failed: reload.command: git ended",
        "100 in 48 hours, of which 40 % found nothing new (304); 3.9 KiB sent, 43.9 KiB saved.",
        "9 subscribers, as those claim who fetch feeds for others.",
        "News & <Views> 29 November 2026, 22:50 UTC 100 90 % 9 3-103",
        "Quiet never 0 0 % 0 0",
        "Feed<bin> service 100 90 % 4.9 KiB 43.9 KiB 2 30 min 102 2-102",
        "newsboat person 1 0 % 900 bytes 0 bytes 1 0 1",
        "purge 7 0 0 29 November 2026, 22:50 UTC none",
        "https://hub.example/?<a> 41 3 1 29 November 2026, 22:50 UTC answered <500> (29 November",
    ):
        assert part in text, part


def test_of_many_some_are_told() -> None:
    """Of feeds and of readers the first fifty are on the page, and how many more there are."""
    many = replace(STATUS, feeds=FEEDS[1:] * 57, readers=READERS[1:] * 53)
    text = text_of(many)
    assert (text.count("Quiet"), text.count("newsboat")) == (50, 50)
    assert "and 7 more" in text
    assert "and 3 more" in text
    assert "more" not in text_of(replace(STATUS, findings=()))


def test_a_failure_is_told_with_what_was_before() -> None:
    """Of a refresh that failed it is said why, when one last ended well, and what hindered it."""
    failed = replace(GOOD, failure="disk full", succeeded=SINCE, costs=3, findings=(BAD, PULL))
    text = text_of(replace(STATUS, refresh=failed))
    assert "It failed, and the last publication stands: disk full" in text
    assert "The last one that ended well was at 27 November 2026, 23:00 UTC." in text
    assert "the latest first: a & b.md:3:20: date-invalid" in text
    assert "and 1 more" in text
    assert "None has ended well yet." in text_of(
        replace(STATUS, refresh=replace(failed, succeeded=None))
    )


def test_what_is_not_known_is_said() -> None:
    """Without a record, a catalog or polls, the page says so and draws nothing."""
    nothing = replace(
        STATUS,
        refresh=None,
        problem="no catalog",
        documents={},
        findings=(),
        contents=None,
        feeds=(),
        readers=(),
        polls=(Polls(),) * 48,
        subscribers=(0,) * 48,
    )
    text = text_of(nothing)
    assert "None is known of." in text
    assert "Nothing is known of them: no catalog" in text
    assert "0 in 48 hours" in text
    assert "<rect" not in status_page(Look(), nothing).decode()


def test_plots_say_in_words_what_they_show() -> None:
    """Each plot is an image with a title and a description, and a bar for each hour with any."""
    page = status_page(Look(), STATUS).decode()
    plots = [etree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]
    assert [len(plot.findall("rect")) for plot in plots] == [2, 1, 2, 2]
    titles = ["Polls an hour", "Share of 304 an hour", "Claimed subscribers"]
    titles.append("Polls an hour: News & <Views>")
    for plot, title in zip(plots, titles, strict=True):
        named = plot.attrib["aria-labelledby"].split()
        found = {item.attrib["id"]: item.text for item in plot if "id" in item.attrib}
        assert plot.attrib["role"] == "img"
        assert found[named[0]] == title
        assert "48 hours from 27 November 2026, 23:00 UTC on" in (found[named[1]] or "")
    assert len(set(re.findall(r' id="([^"]*)"', page))) == page.count(' id="')


def test_the_page_is_one_that_its_policy_allows() -> None:
    """No style and no script is within it, and nothing is fetched but the style of all pages."""
    page = status_page(Look(), STATUS).decode()
    assert not re.search(r"<script|<style| style=| on[a-z]+=", page)
    assert re.findall(r'(?:src|rel="stylesheet" href)="([^"]*)"', page) == [
        "../style.css",
        "../lists.css",
    ]
    assert '<meta name="robots" content="noindex">' in page


def test_a_banner_says_what_went_wrong_first() -> None:
    """The first line of a failure, or the first finding with file and line, is an alert."""
    failed = banner_of(Look(), replace(GOOD, failure="cannot write <x>", findings=(BAD,))).decode()
    assert 'role="alert"' in failed
    text = " ".join(Page(failed).text.split())
    assert text == (
        "The last refresh failed, and the last publication stands. cannot write <x> "
        'a & b.md:3:20: date-invalid: date: "<soon>" is not a date'
    )
    for costs, words in ((1, "an error"), (3, "3 errors")):
        text = Page(banner_of(Look(), replace(GOOD, costs=costs, findings=(PULL,))).decode()).text
        assert f"The last refresh found {words}, and what was published before stands." in text
        assert "feeds.yaml: command-failed: reload.command: git ended" in text
