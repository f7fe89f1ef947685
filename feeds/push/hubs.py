"""Pings to hubs: which feeds have changed, a request for each."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import urlencode

from feeds.push.queue import Addressee, Waiting
from feeds.push.talk import Moment, Post

_AT_ONCE = 4
# After so many pings what came of them is kept.
_ROUND = 200

_FIELDS = {"content-type": "application/x-www-form-urlencoded"}


def ping_body(address: str) -> bytes:
    """Write what tells a hub that the feed at an address has changed.

    How publishers do that, WebSub leaves to hubs (section 6). PubSubHubbub 0.4, section 7.1,
    calls the feed `hub.url`; some hubs look for `hub.topic`, as where somebody subscribes. None
    minds the other one.
    """
    fields = {"hub.mode": "publish", "hub.url": address, "hub.topic": address}
    return urlencode(fields).encode()


async def ping(
    post: Post, hub: str, addressee: Addressee, address: Callable[[str], str], moment: Moment
) -> list[str]:
    """Ping a hub for what is due, and give the paths of which it will never be told.

    The first ping goes alone, so that one who does not answer costs one try. Where one fails,
    the others wait with it.
    """
    due = islice(addressee.due(moment.now()).items(), _ROUND)
    given_up: list[str] = []

    async def one_by_one(changes: Iterator[tuple[str, Waiting]]) -> None:
        for path, change in changes:
            reply = await post(hub, ping_body(address(path)), _FIELDS)
            if not reply.problem:
                addressee.succeed({path: change}, moment.now())
            elif reply.is_refusal:
                given_up.extend(addressee.refuse(path, reply, moment.now(), moment.chance()))
            else:
                given_up.extend(addressee.fail(reply, moment.now(), moment.chance()))
            if addressee.failures:
                return

    await one_by_one(islice(due, 1))
    if not addressee.failures:
        await asyncio.gather(*(one_by_one(due) for _ in range(_AT_ONCE)))
    return given_up
