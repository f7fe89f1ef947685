"""What the pages of feeds have besides what the feeds say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from feeds.config.checks import MOST_READERS, few_readers
from feeds.config.kinds import Checked, Example, Name, ReaderAddress, Switch
from feeds.config.section import Section

_READERS = {
    "Feedly": "https://feedly.com/i/subscription/feed%2F{url}",
    "Inoreader": "https://www.inoreader.com/?add_feed={url}",
    "NewsBlur": "https://www.newsblur.com/?url={url}",
    "The Old Reader": "https://theoldreader.com/feeds/subscribe?url={url}",
    "Feedbin": "https://feedbin.com/?subscribe={url}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Months(Section):
    """Which feeds have their archive as pages, too: what was in each month, line by line."""

    all: Switch = True
    """Whether the feed of all articles has it."""

    topics: Switch = True
    """Whether the feeds of topics have it."""

    providers: Switch = False
    """Whether the feeds of providers have it: there may be very many, of few articles each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Html(Section):
    """The pages that people see, which a browser does not make of a feed."""

    pages: Switch = True
    """Whether every feed has a page of its own, at its address with a slash for the suffix."""

    images: Switch = True
    """Whether pages show the images of articles, which browsers fetch from where they are."""

    months: Months = field(default_factory=Months)
    """Which feeds have pages of the months that they have in their archive."""

    readers: Annotated[
        Mapping[Name, ReaderAddress],
        Checked(few_readers, (("maxProperties", MOST_READERS),)),
        Example({"Mine": "https://reader.example/add?feed={url}"}),
    ] = field(default_factory=lambda: dict(_READERS))
    """Name → the address at which a reader on the web takes a feed, with `{url}` where the feed's
    own address goes; up to six."""
