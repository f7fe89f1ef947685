"""What every form of log says of a request, and how lines of a form are read."""

from collections.abc import Callable
from typing import NamedTuple


class Visit(NamedTuple):
    """A request and its answer, as a log tells them.

    `moment` is in seconds since 1970, `sent` in bytes, as whoever wrote the log counts these:
    with or without the head. `target` is as it was asked for, and what is not known is empty.
    """

    moment: int
    address: str
    method: str
    target: str
    status: int
    sent: int
    agent: str


ReadLine = Callable[[str], Visit | None]
"""Reads a line, without its end; gives None for one that is not of the form, or tells of it.

It never raises, whatever it is given.
"""


class Form(NamedTuple):
    """A way to write a log. `begin` gives what reads the lines of one file, in their order."""

    name: str
    begin: Callable[[], ReadLine]
