"""What a server has done since it was started, in all its processes."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct


class AnswerCount(Struct, frozen=True):
    """How many answers of one sort there were."""

    kind: str
    """What was answered with: `feed`, `archive`, `page`, `list`, `live` (made for a query) or
    `other`, as errors and redirects are."""

    format: str
    """The format of a feed or archive, and else empty."""

    status: int
    """The status code."""

    answers: int
    """How many."""

    sent_bytes: int
    """The bytes of their bodies, in the codings in which they were sent."""

    saved_bytes: int
    """The bytes that were not sent, since the client had them."""


class RefreshCounts(Struct, frozen=True):
    """How many refreshes the server has made, and how they ended."""

    begun: int
    """How many were begun."""

    ended: Mapping[str, int]
    """How many ended how: `succeeded`, `failed`, `refused` (by a guard) or `locked` (another
    publisher was at work). One that was killed has not ended."""

    seconds: float
    """How long all that ended took together."""

    within: Mapping[str, int]
    """How many of these took no more than so many seconds."""


class Run(Struct, frozen=True):
    """A server since its start."""

    since: datetime
    """When it was started."""

    seconds: float
    """How long ago that was."""

    version: str
    """Which version of the program it is."""

    workers: int
    """How many processes are to answer."""

    started: Mapping[str, int]
    """How many processes were started in all, by what they do: more than there are to be, where
    some died."""

    answers: tuple[AnswerCount, ...]
    """The answers."""

    refreshes: RefreshCounts
    """The refreshes."""

    rereads: Mapping[str, int]
    """How often the configuration was read again on SIGHUP: `followed`, or `broken`."""
