"""What of a publication a cycle may have changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from feeds.catalog import Place

_DAY = 86_400


@dataclass(slots=True)
class Touched:
    """The channels whose feeds may have changed, by key.

    `months` are those in which their archives may have, where they are not in `whole`: those
    are the channels of whose archives all may have. `articles` are those, by key, whose entries
    may say something else, besides those in channels that are `whole`. `shrunk` are the ids of
    stories that lost an article.
    """

    channels: set[int] = field(default_factory=set)
    months: dict[int, set[str]] = field(default_factory=dict)
    whole: set[int] = field(default_factory=set)
    articles: set[int] = field(default_factory=set)
    shrunk: set[str] = field(default_factory=set)

    def add(self, places: Iterable[Place]) -> None:
        """Note that what stands in these places may say something else."""
        days: dict[int, str] = {}
        for place in places:
            self.channels.add(place.channel)
            self.articles.add(place.article)
            # Of many places, few are of different days.
            day = place.published // _DAY
            month = days.get(day) or days.setdefault(day, place.month)
            self.months.setdefault(place.channel, set()).add(month)

    def add_whole(self, channels: Iterable[int]) -> None:
        """Note that all that is published of these channels may have changed."""
        channels = set(channels)
        self.channels |= channels
        self.whole |= channels
