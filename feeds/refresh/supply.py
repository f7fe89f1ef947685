"""Where rendered entries come from."""

from typing import NamedTuple

from feeds.refresh.ahead import Ahead
from feeds.refresh.rendering import Renderer
from feeds.refresh.taking import Taking


class Supply(NamedTuple):
    """Entries that are taken from what is published, rendered ahead, or when they are needed."""

    renderer: Renderer
    ahead: Ahead
    taking: Taking
