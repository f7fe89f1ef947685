"""The page for whoever runs the server, and what others see of it: that a refresh failed."""

from datetime import datetime

from feeds.model import FeedStatus, RefreshRecord, Status, sum_of_polls
from feeds.pages.environment import template
from feeds.pages.plot import Plot, plot_of_polls, plot_of_shares
from feeds.text.clean import replace_illegal


def status_page(status: Status) -> bytes:
    """Write the page at `/status/`, which is never published: it names documents."""
    page = template("status.html").render(
        status=status,
        language="en",
        root="../",
        documents=sum(number for _, number in status.documents),
        total=sum_of_polls(status.polls),
        plots=[
            plot_of_polls([hour.all for hour in status.polls], status.since),
            plot_of_shares([hour.share for hour in status.polls], status.since),
        ],
        feeds=[(feed, _plot(feed, status.since)) for feed in status.feeds],
    )
    return replace_illegal(page).encode()


def banner_of(record: RefreshRecord) -> bytes:
    """Write what stands at the top of pages while a refresh has failed, or documents are wrong."""
    return replace_illegal(template("banner.html").render(record=record) + "\n").encode()


def _plot(feed: FeedStatus, since: datetime) -> Plot:
    return plot_of_polls(feed.hours, since, feed.title)
