"""Kinds of channels, as sections of a configuration switch something on for them."""

from typing import Protocol

from feeds.model import ChannelKind


class Switches(Protocol):
    """A section that says of which kinds of feeds something holds."""

    @property
    def all(self) -> bool:
        """Whether it holds of the feed of all articles."""

    @property
    def topics(self) -> bool:
        """Whether it holds of the feeds of topics."""

    @property
    def providers(self) -> bool:
        """Whether it holds of the feeds of providers."""


def kinds_of(switches: Switches) -> frozenset[ChannelKind]:
    """Give the kinds of channels for which something is switched on."""
    switched: dict[ChannelKind, bool] = {
        "all": switches.all,
        "topic": switches.topics,
        "provider": switches.providers,
    }
    return frozenset(kind for kind, is_on in switched.items() if is_on)
