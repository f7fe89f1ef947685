"""Purges: what caches are told has changed, by a command or by requests."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from feeds.config.header_fields import filled
from feeds.config.purge import Purge
from feeds.publish.policy import Policy
from feeds.push.queue import Addressee
from feeds.push.replies import no_answer
from feeds.push.talk import Moment, Post

_INDEX = "index.html"
# After so many requests what came of them is kept.
_ROUND = 40


def urls(policy: Policy, path: str) -> tuple[str, ...]:
    """Give the URLs at which what is at a path is served: a page has two."""
    if path.rpartition("/")[2] == _INDEX:
        return policy.address(path.removesuffix(_INDEX)), policy.address(path)
    return (policy.address(path),)


def batches(
    purge: Purge, policy: Policy, paths: Iterable[str]
) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """Give the bodies of requests, each with the paths that it is about."""
    has_tags = purge.sends != "files"
    items: dict[str, None] = {}
    about: list[str] = []
    for path in sorted(paths, key=policy.tag) if has_tags else paths:
        own = dict.fromkeys([policy.tag(path)] if has_tags else urls(policy, path))
        if items and len(items | own) > purge.batch:
            yield _body(purge, items), tuple(about)
            items, about = {}, []
        items |= own
        about.append(path)
    if items:
        yield _body(purge, items), tuple(about)


async def purge_by_requests(
    post: Post,
    purge: Purge,
    addressee: Addressee,
    policy: Policy,
    environment: Mapping[str, str],
    moment: Moment,
) -> list[str]:
    """Send what is due to the configured URL, and give the paths that will never be sent."""
    try:
        fields = {name: filled(value, environment) for name, value in purge.headers.items()}
    except LookupError as error:
        reply = no_answer(f"needs {error.args[0]}, which the environment does not have")
        return addressee.fail(reply, moment.now(), moment.chance())
    fields = {"content-type": "application/json"} | fields
    due = addressee.due(moment.now())
    bodies = batches(purge, policy, due)
    for body, paths in islice(bodies, _ROUND):
        reply = await post(purge.url or "", body, fields)
        if reply.problem:
            return addressee.fail(reply, moment.now(), moment.chance())
        addressee.succeed({path: due[path] for path in paths}, moment.now())
    return []


def _body(purge: Purge, items: Iterable[str]) -> bytes:
    return json.dumps({purge.sends: [*items]}).encode()
