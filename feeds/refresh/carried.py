"""What one process carries from a cycle to the next, so that it need not be found anew."""

from typing import NamedTuple

from feeds.catalog import Catalog, state_of_catalog
from feeds.config.state import State
from feeds.model import FormerAddresses
from feeds.publish.destination import Destination
from feeds.publish.edition import Edition, published_now
from feeds.publish.known import Known
from feeds.refresh.former import former_known
from feeds.refresh.rendered import Rendered
from feeds.selection.weeks import Shelves


class Found(NamedTuple):
    """What is published: resources, former addresses, and entries as they were rendered.

    It `is_intact` where what is there is what is remembered.
    """

    known: Known
    former: FormerAddresses
    rendered: Rendered
    is_intact: bool


class Carried:
    """What is published, as the last cycle of this process left it.

    `at_hand` are articles as they were compared lately, for the cycle that has begun.
    It is what the catalog and the output say, too, and counts for nothing once another process
    has changed either. A cycle that fails leaves nothing to carry.
    """

    def __init__(self) -> None:
        self._left: _Left | None = None
        self._found: Found | None = None
        self.at_hand: Shelves = {}

    def begin(self, state: State, destination: Destination) -> None:
        """Give up what was left where it is no longer so; to be called before a cycle begins."""
        self._found = None
        if self._left is not None and self._left.state != _state(state, destination):
            self._left = None
        # A cycle that fails may have changed it.
        self.at_hand = {} if self._left is None else self._left.at_hand
        self._left = self._left and self._left._replace(at_hand={})

    def found(self, catalog: Catalog, destination: Destination, *, verifies: bool) -> Found:
        """Find out what is published; where that `verifies`, by a look at every file."""
        left, self._left = self._left, None
        former = former_known(catalog)
        if left is None:
            left = _Left(Known(catalog.published().values()), Rendered(), {}, None)
            verifies = True
        known, is_intact = left.known, True
        if verifies:
            known, is_intact = published_now(left.known, destination, former)
            is_intact = is_intact and not catalog.owes
        self._found = Found(known, former, left.rendered, is_intact)
        return self._found

    def keep(self, edition: Edition, state: State, destination: Destination) -> None:
        """Carry on what was found, now that a cycle has ended with this edition."""
        if self._found is not None:
            self._found.rendered.forget_feeds(edition.deleted())
            known, rendered = edition.settle(), self._found.rendered
            self._left = _Left(known, rendered, self.at_hand, _state(state, destination))
            self._found = None


class _Left(NamedTuple):
    known: Known
    rendered: Rendered
    at_hand: Shelves
    state: object


def _state(state: State, destination: Destination) -> object:
    return state_of_catalog(state), destination.state()
