"""What whoever runs the server is answered, and nobody else, at a port of its own.

That is `/status/` for people and `/status.json` for programs: the same in two representations.

That port is one of the loopback address, so that nobody else can reach it, and who asks at the
port for everybody is never answered with it: not through a proxy either, which would come from
the loopback address, too. A browser could be led there by a page of somebody else's, under a name
of his: so the Host has to be one of ours.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from feeds.publish.policy import PRIVATE_PAGE, SAFE, Fields
from feeds.serve.prepared import Answer

STATUS_PATH = "/status/"
"""The path of the page."""

STATUS_JSON_PATH = "/status.json"
"""The path of what it tells, as JSON."""

_PRIVATE_JSON: Fields = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    **SAFE,
}
_FIELDS = {STATUS_PATH: PRIVATE_PAGE, STATUS_JSON_PATH: _PRIVATE_JSON}

_Scope = Mapping[str, Any]

_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Operator:
    """Answers by what `made` makes for each path, in a thread, at the local address `at`.

    `names` are those that a Host may have besides those of the loopback address.
    """

    def __init__(
        self, at: tuple[str, int], made: Mapping[str, Callable[[], bytes]], names: Collection[str]
    ) -> None:
        self._at = at
        self._made = made
        self._names = _NAMES.union(name.lower() for name in names)
        # One thread of its own: what it waits for is nothing that readers wait for.
        self._maker = ThreadPoolExecutor(1, "status")

    def is_asked(self, scope: _Scope) -> bool:
        """Whether a request is for one of these, and comes from where it may be asked for."""
        return (
            scope["type"] == "http"
            and scope["path"] in self._made
            and scope["method"] in {"GET", "HEAD"}
            and tuple(scope["server"] or ()) == self._at
            and self._is_ours(scope)
        )

    async def answer(self, path: str) -> Answer:
        """Make what is at a path; to look at what is counted counts for nothing."""
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(self._maker, self._made[path])
        return private_page(body, kind="", fields=_FIELDS[path])

    def _is_ours(self, scope: _Scope) -> bool:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        return len(hosts) == 1 and _name(hosts[0]) in self._names


def private_page(body: bytes, kind: str = "page", fields: Fields = PRIVATE_PAGE) -> Answer:
    """Answer with a page that is for one person alone, now, and is not to be kept or found."""
    fields = {**fields, "content-length": str(len(body))}
    raw = tuple((name.encode("ascii"), value.encode("ascii")) for name, value in fields.items())
    return Answer(200, raw, body, kind=kind)


def _name(host: str) -> str:
    """Give the name or address in a Host field, without a port."""
    end = "]" if host.startswith("[") else ":"
    name, found, _ = host.partition(end)
    return (name + found if end == "]" else name).lower()
