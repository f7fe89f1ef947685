"""How those stand who are told of changes, read from what is kept."""

from feeds.config.types import Configuration
from feeds.model import PushStatus
from feeds.push.queue import Addressee
from feeds.push.records import read_queue


def push_status(configuration: Configuration) -> PushStatus:
    """Read how each hub that is configured stands, and the purge where one is.

    May be asked at any time, whoever is telling them.
    """
    queue = read_queue(configuration.state_at)
    hubs = dict.fromkeys(configuration.site.hubs)
    purge = (queue.purge or Addressee()) if configuration.purge.is_wanted else None
    return PushStatus(
        hubs=tuple(queue.hubs.get(hub, Addressee()).told(hub) for hub in hubs),
        purge=None if purge is None else purge.told("purge"),
    )
