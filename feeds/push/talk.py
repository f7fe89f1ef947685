"""What those who tell others need, handed in so that they know neither network nor clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feeds.push.replies import Reply

PATIENCE = 15.0
"""Seconds until the head of an answer is to be there, where nothing else is said."""


class Post(Protocol):
    """What sends a request, and gives what came of it."""

    async def __call__(self, url: str, body: bytes, fields: Mapping[str, str], /) -> Reply:
        """Send a body with header fields."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Gives the instant, and a number from 0 to 1 that is another each time."""

    now: Callable[[], datetime]
    chance: Callable[[], float]
