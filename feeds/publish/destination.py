"""What every place can do where resources go, and what whoever reads what is there can ask."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from feeds.model import Published, Resource

Clock = Callable[[], datetime]
"""Tells the time."""


class NotShown(Exception):
    """There is no publication that can be read."""


class OutOfReach(Exception):
    """What is published cannot be read at present."""


class Shown(NamedTuple):
    """A publication as it can be read: its manifest, and bytes of which this speaks.

    `read` gives the bytes of a resource, also while others take their place; None where they are
    nowhere. It may wait for another machine where what is read `is_far`, and then raise
    `OutOfReach`. A publication `begins` at an instant, if it does not at once.
    """

    manifest: bytes
    read: Callable[[Published], bytes | None]
    begins: datetime | None = None
    is_far: bool = False


class Staging(Protocol):
    """Resources that are not yet in their places."""

    def stage(self, resource: Resource, last_modified: datetime) -> None:
        """Have a resource written beside its place."""

    def stage_parts(self, path: str, parts: Sequence[bytes], last_modified: datetime) -> None:
        """Have the manifest written beside its place; its body is in parts."""

    def settle(self) -> None:
        """Wait until all that is staged is written."""

    def publish(
        self,
        last: Sequence[str],
        deleted: Iterable[str],
        first: Sequence[str] = (),
        outdated: Sequence[str] = (),
    ) -> None:
        """Put what is staged into its places, `first` before and `last` after all else.

        Each of these is in order, and deletions come at the end; but what is `outdated` by what
        is staged goes before all that. More may be staged afterwards.
        """


class Destination(Protocol):
    """A place that holds a publication and nothing else."""

    @property
    def name(self) -> str:
        """What people call the place."""

    def manifest(self) -> bytes | None:
        """Read the manifest that is published; None where there is none."""

    def stamp(self) -> object:
        """Give what is another with each publication; None where there is none."""

    @property
    def sure_until(self) -> datetime | None:
        """Until when nothing begins that the last stamp does not tell of; None for ever."""

    def shown(self) -> Sequence[Shown]:
        """Give the publication that is there now, and those that begin later, in order.

        Raises `NotShown` where there is none.
        """

    def prepare(self, token: int = 0) -> None:
        """Find out whether this can be published to at all, by who leads with this token."""

    def state(self) -> object:
        """Give what is another once anybody has published, equal while nobody has."""

    def holds(self, resources: Iterable[Published]) -> bool:
        """Whether every resource is there as it was published."""

    def digest(self, path: str) -> str | None:
        """Give the SHA-256 of what is published under a path; None where nothing is."""

    def body(self, path: str) -> bytes | None:
        """Give the bytes that are published under a path; None where nothing is."""

    def date(self, path: str) -> datetime | None:
        """Give when what is under a path came there, to a second; None where nobody knows."""

    def was_interrupted(self) -> bool:
        """Whether a publisher ended at work, so that what is there may be of two editions."""

    def publishing(self) -> AbstractContextManager[Staging]:
        """Give a place to stage resources; what is not published when it closes is gone."""
