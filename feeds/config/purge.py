"""How caches in front of a publication are told that something of it is another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from feeds.config.kinds import (
    Argument,
    CommandLine,
    Example,
    FieldOfOurs,
    FieldValue,
    PurgeList,
    Switch,
    WebAddress,
    WholeNumber,
)
from feeds.config.section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge(Section):
    """How a CDN, or a cache of one's own, is told what has changed, before hubs are."""

    command: Annotated[tuple[Argument, ...], CommandLine(), Example(["./purge.sh"])] = ()
    """What is run in the directory of this file when something that is served has changed: a
    program and its arguments, in one text or as a list; never a shell. It reads the URLs of what
    changed, one a line."""

    timeout: Annotated[int, WholeNumber(1, 3_600), Example(120)] = 60
    """Seconds after which the command is killed, with all that it started."""

    url: Annotated[
        WebAddress | None,
        Example("https://api.cloudflare.com/client/v4/zones/ZONE/purge_cache"),
    ] = None
    """Instead of a command: the absolute URL to which a list of what changed is sent, in JSON."""

    sends: Annotated[PurgeList, Example("files")] = "files"
    """What the list is called and has: `files`, which are URLs; or `tags` or `surrogate_keys`,
    which are the stems of feeds."""

    batch: Annotated[int, WholeNumber(2, 10_000), Example(100)] = 30
    """How many items one request has at most."""

    headers: Annotated[
        Mapping[FieldOfOurs, FieldValue],
        Example({"Authorization": "Bearer ${CLOUDFLARE_TOKEN}"}),
    ] = field(default_factory=dict)
    """Header fields of these requests. `${NAME}` stands for what the environment has under that
    name, so that no secret is in this file."""

    tags: Switch = False
    """Whether answers carry the stem of the feed that they belong to as `Cache-Tag` and
    `Surrogate-Key`, by which a CDN can purge all of a feed at once."""

    @property
    def is_wanted(self) -> bool:
        """Whether anybody is to be told."""
        return bool(self.command or self.url)
