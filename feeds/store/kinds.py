"""What is asked of a store, and what it answers."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from feeds.errors import FeedsError

_MOST_SAID = 300
_CODE = re.compile(r"<Code>([^<]*)</Code>")
_QUERY = re.compile(r"(?<=\S)\?\S*")

Attributes = Mapping[str, str]
"""What a store says of an object besides its bytes: `Content-Type`, `Cache-Control`,
`Content-Encoding`; any other name is of metadata of ours, in lower case."""


class StoreFailed(FeedsError):
    """The store could not be reached, or has refused; nothing is known of what it would say."""

    exit_code = 4

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, reason)
        self.reason = reason

    def __str__(self) -> str:
        """Say what has failed in one line."""
        return ": ".join(self.args)


class Conflict(StoreFailed):
    """An object is not what it was to be, so that it was not written."""


class Denied(StoreFailed):
    """The store knows who asks, or nobody, and does not give them this."""


class NoPath(StoreFailed):
    """The key of an object is no path, so that nothing which is beside it can be listed."""


class Unconditional(StoreFailed):
    """The store writes whatever is asked for and does not heed conditions."""

    exit_code = 2


class Unchanged(Exception):
    """An object is still the one that is known."""


class TooLarge(Exception):
    """An object has more bytes than it may."""


class Stored(NamedTuple):
    """An object as a listing has it: its key, bytes, entity tag of the store, and when it came."""

    key: str
    size: int
    etag: str
    modified: datetime


class Fetched(NamedTuple):
    """An object that was read; its `version` is what a condition to write over it names."""

    body: bytes
    version: str
    etag: str


def reason_of(error: BaseException) -> str:
    """Give what an error says in one line, without what it knows of the program that tells it.

    Of what the store has answered the code is enough: besides, there may be who asks in it, as
    there may be in the query of an address.
    """
    text, _, answer = str(error).partition("Debug source")[0].partition("<")
    code = _CODE.search(answer)
    line = " ".join(_QUERY.sub("", text).split()).removesuffix(":")
    line = f"{line}: {code[1]}" if code else line
    return line if len(line) <= _MOST_SAID else f"{line[:_MOST_SAID]}…"
