"""The page for whoever runs the server, and what others see of it: that a refresh failed."""

from datetime import datetime

from feeds.errors import ConfigurationError
from feeds.model import FeedStatus, RefreshRecord, Status, sum_of_polls
from feeds.pages.environment import Look
from feeds.pages.plot import Plot, plot_of_polls, plot_of_shares, plot_of_subscribers
from feeds.text.clean import replace_illegal

_MOST_FEEDS = 50
_MOST_READERS = 50


def status_page(look: Look, status: Status) -> bytes:
    """Write the page at `/status/`, which is never published: it names documents."""
    return _written(
        look,
        "status.html",
        status=status,
        language="en",
        root="../",
        documents=sum(status.documents.values()),
        total=sum_of_polls(status.polls),
        plots=[
            plot_of_polls([hour.all for hour in status.polls], status.since),
            plot_of_shares([hour.share for hour in status.polls], status.since),
            plot_of_subscribers(status.subscribers, status.since),
        ],
        feeds=[(feed, _plot(feed, status.since)) for feed in status.feeds[:_MOST_FEEDS]],
        more_feeds=max(0, len(status.feeds) - _MOST_FEEDS),
        readers=status.readers[:_MOST_READERS],
        more_readers=max(0, len(status.readers) - _MOST_READERS),
    )


def banner_of(look: Look, record: RefreshRecord) -> bytes:
    """Write what stands at the top of pages while a refresh has failed, or documents are wrong."""
    return _written(look, "banner.html", record=record) + b"\n"


def _written(look: Look, name: str, **said: object) -> bytes:
    """Write what tells of mistakes, also where a template of the user's is one of these."""
    try:
        page = look.render(name, **said)
    except ConfigurationError:
        page = Look().render(name, **said)
    return replace_illegal(page).encode()


def _plot(feed: FeedStatus, since: datetime) -> Plot:
    return plot_of_polls(feed.hours, since, feed.title)
