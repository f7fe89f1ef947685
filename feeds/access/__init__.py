"""Access logs of servers and CDNs, line by line, to who reads which feed."""

from feeds.access.counting import Counts
from feeds.access.forms import Visit
from feeds.access.paths import FeedOf, feeds_of
from feeds.access.reading import LONGEST, Lines
from feeds.access.telling import Doubt, Readership, Row, Subscribers, tell

__all__ = [
    "LONGEST",
    "Counts",
    "Doubt",
    "FeedOf",
    "Lines",
    "Readership",
    "Row",
    "Subscribers",
    "Visit",
    "feeds_of",
    "tell",
]
