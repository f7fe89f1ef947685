"""Plots as SVG, drawn from counts alone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from feeds.model import Activity
from feeds.text.dates import in_words

_TITLE = "Stories a week"
_HEIGHT = 40
_WIDTH, _GAP = 9, 3
_LINE_HEIGHT, _STEP = 20, 4
# A story now and then is to look like little.
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
        description=f"{sum(counts)} stories in {len(counts)} weeks, at most {most} in one.",
    )


def plot(activity: Activity) -> Plot:
    """Draw how many entries there were week by week; the highest bar is the week with most."""
    weeks = activity.weeks
    most = max(weeks)
    bars = []
    for place, count in enumerate(weeks):
        height = max(round(count * _HEIGHT / max(most, _LEAST_AT_TOP)), 1) if count else 0
        bars.append(Bar(place * (_WIDTH + _GAP), _HEIGHT - height, height))
    begin = activity.since - timedelta(weeks=len(weeks) - 1)
    return Plot(
        width=len(weeks) * (_WIDTH + _GAP) - _GAP,
        height=_HEIGHT,
        bar=_WIDTH,
        bars=[bar for bar in bars if bar.height],
        title=_TITLE,
        description=(
            f"In the {len(weeks)} weeks from {in_words(begin)} on,"
            f" {sum(weeks)} stories; {most} in the week with most of them."
        ),
    )
