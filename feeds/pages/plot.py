"""Plots as SVG, drawn from counts alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from feeds.model import Activity
from feeds.text.amounts import share_in_words
from feeds.text.dates import in_words, moment_in_words

_TITLE = "Stories a week"
_HEIGHT = 40
_WIDTH, _GAP = 9, 3
_LINE_HEIGHT, _STEP = 20, 4
# A story or a poll now and then is to look like little.
_LEAST_AT_TOP = 4


class Bar(NamedTuple):
    """A bar of a plot, in the units of its view box."""

    x: int
    y: int
    height: int


class Plot(NamedTuple):
    """Bars side by side, and what they say in words."""

    width: int
    height: int
    bar: int
    bars: list[Bar]
    title: str
    description: str


class Sparkline(NamedTuple):
    """A line through counts, in the units of its view box, and what it says in words."""

    points: str
    title: str
    description: str


def sparkline(counts: Sequence[int]) -> Sparkline:
    """Draw how many entries there were week by week as a line without a scale."""
    most = max(counts)
    points = (
        f"{place * _STEP},{_LINE_HEIGHT - round(count * (_LINE_HEIGHT - 2) / max(most, 1)) - 1}"
        for place, count in enumerate(counts)
    )
    return Sparkline(
        points=" ".join(points),
        title=_TITLE,
        description=f"{_stories(sum(counts))} in {len(counts)} weeks, at most {most} in one.",
    )


def plot(activity: Activity) -> Plot:
    """Draw how many entries there were week by week; the highest bar is the week with most."""
    weeks = activity.weeks
    most = max(weeks)
    begin = activity.since - timedelta(weeks=len(weeks) - 1)
    description = (
        f"In the {len(weeks)} weeks from {in_words(begin)} on,"
        f" {_stories(sum(weeks))}; {most} in the week with most of them."
    )
    return _plot(weeks, max(most, _LEAST_AT_TOP), _TITLE, description)


def plot_of_polls(hours: Sequence[int], since: datetime, title: str = "") -> Plot:
    """Draw how many polls there were hour by hour, of all feeds or of the one with a title."""
    most = max(hours, default=0)
    description = (
        f"In the {len(hours)} hours from {moment_in_words(since)} on,"
        f" {sum(hours)} polls; {most} in the hour with most of them."
    )
    name = f"Polls an hour: {title}" if title else "Polls an hour"
    return _plot(hours, max(most, _LEAST_AT_TOP), name, description)


def plot_of_shares(hours: Sequence[float], since: datetime) -> Plot:
    """Draw which part of the polls found nothing new, hour by hour; the height is all of them."""
    most = share_in_words(max(hours, default=0.0))
    description = (
        f"Polls that found nothing new (304), of all in each of the {len(hours)} hours from"
        f" {moment_in_words(since)} on; {most} in the hour with the largest share."
    )
    return _plot(hours, 1.0, "Share of 304 an hour", description)


def plot_of_subscribers(hours: Sequence[int], since: datetime) -> Plot:
    """Draw for how many subscribers others fetched feeds, as it counted after each hour."""
    description = (
        f"Subscribers that those claim who fetch feeds for others, after each of the {len(hours)}"
        f" hours from {moment_in_words(since)} on; {max(hours, default=0)} at the most."
    )
    top = max(*hours, _LEAST_AT_TOP)
    return _plot(hours, top, "Claimed subscribers", description)


def _stories(number: int) -> str:
    return "1 story" if number == 1 else f"{number} stories"


def _plot(counts: Sequence[float], top: float, title: str, description: str) -> Plot:
    """Draw a bar for each count, as high as the plot where it is as much as the top."""
    bars = []
    for place, count in enumerate(counts):
        height = max(round(count * _HEIGHT / top), 1) if count else 0
        bars.append(Bar(place * (_WIDTH + _GAP), _HEIGHT - height, height))
    return Plot(
        width=len(counts) * (_WIDTH + _GAP) - _GAP,
        height=_HEIGHT,
        bar=_WIDTH,
        bars=[bar for bar in bars if bar.height],
        title=title,
        description=description,
    )
