"""Where the server listens, and how it answers."""

from dataclasses import dataclass
from typing import Annotated

from feeds.config.kinds import Example, FieldName, Host, Place, Switch, WholeNumber
from feeds.config.section import Section

_LOOPBACK = "127.0.0.1"

Port = Annotated[int, WholeNumber(0, 65_535)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server(Section):
    """Where the server listens, and how long its answers stay fresh."""

    host: Annotated[Host, Example("0.0.0.0")] = "127.0.0.1"  # noqa: S104 - an example
    """The address to listen on."""

    port: Annotated[Port, Example(8080)] = 8000
    """The port to listen on; 0 takes any that is free."""

    status: Annotated[Port | None, Example(8001)] = None
    """The port of the loopback address at which whoever runs the server finds all that is
    published, and besides `/status/`, for programs `/status.json`: what the last refresh did, what
    is wrong with which document, and how feeds are polled; 0 takes any that is free. Without it,
    that is nowhere."""

    metrics: Annotated[Place | None, Example(9464)] = None
    """Where Prometheus finds `/metrics`: a port of the loopback address, or an address and a port
    such as `10.0.0.5:9464` or `[::1]:9464`; port 0 takes any that is free. It needs
    `feeds[metrics]`. Without it, that is nowhere."""

    client_address: Annotated[FieldName | None, Example("X-Real-IP")] = None
    """The field in which the proxy in front, and nobody else, says from which address a request
    came: `X-Real-IP`, `CF-Connecting-IP`, or `Forwarded` or `X-Forwarded-For`, of which the last
    address counts. Clients are counted by it, and it has no effect else. Without it, they are
    counted by the address that connects."""

    queries: Switch = True
    """Whether there are feeds of what is asked for: of words (`/search.atom?q=…`), of articles on
    several topics (`/topics/a+b.atom`) or on any of some (`/topics/a,b.atom`)."""

    max_age: Annotated[int, WholeNumber(0), Example(60)] = 300
    """Seconds for which a cache may use a feed or a page without asking again, where
    `freshness` does not say."""

    delta: Switch = True
    """Whether readers that ask for it (RFC 3229, `A-IM: feed`) are sent only the entries that are
    new to them; not through proxies, whose caches could take these for the whole feed."""

    takeover: Annotated[int, WholeNumber(1, 3_600), Example(10)] = 4
    """Seconds in which all servers take over what is published in a bucket: each looks there twice
    in that time, and what is new begins at one instant for all."""

    memory: Annotated[int, WholeNumber(0), Example(16_777_216)] = 67_108_864
    """About how many bytes of what was asked for lately each process of the server holds in
    memory; all else is read from the output when it is asked for."""

    @property
    def metrics_at(self) -> tuple[str, int] | None:
        """The address and the port of the metrics, if there are any."""
        if self.metrics is None:
            return None
        address, _, port = self.metrics.rpartition(":")
        return address.strip("[]") or _LOOPBACK, int(port)
