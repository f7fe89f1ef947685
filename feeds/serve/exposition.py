"""The measures as Prometheus reads them: the one place that imports prometheus_client."""

from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, make_asgi_app
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from feeds.model import Status
from feeds.serve.measures import MEASURES, Measure
from feeds.serve.samples import Samples

METRICS_PATH = "/metrics"
"""Where they are."""

_Message = MutableMapping[str, Any]
_Send = Callable[[_Message], Awaitable[None]]
_TOTAL, _INFO = "_total", "_info"


class Metrics:
    """The ASGI application that answers with the measures, in the form that is asked for.

    `status` is read whenever they are asked for, and nobody else is answered meanwhile.
    """

    def __init__(self, status: Callable[[], Status]) -> None:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Measures(status))
        self._app = make_asgi_app(registry)

    async def __call__(
        self, scope: _Message, receive: Callable[[], Awaitable[_Message]], send: _Send
    ) -> None:
        """Answer a GET or HEAD of the path, and with an error whatever else is asked."""
        if scope["path"] != METRICS_PATH:
            await _refuse(404, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _refuse(405, send)
        else:
            await self._app(scope, receive, _sized(send))


class _Measures(Collector):
    def __init__(self, status: Callable[[], Status]) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        status = self._status()
        for measure in MEASURES:
            yield _family(measure, measure.read(status))


def _family(measure: Measure, samples: Samples) -> Metric:
    """Make what prometheus_client writes of a measure."""
    name = measure.name.removesuffix(_TOTAL if measure.type == "counter" else _INFO)
    family = Metric(name, measure.help, measure.type)
    for values, value in samples.items():
        labels = dict(zip(measure.labels, values, strict=True))
        if measure.type == "histogram":
            _add_to_histogram(family, values[0], value)
        else:
            family.add_sample(measure.name, labels, value)
    return family


def _add_to_histogram(family: Metric, limit: str, value: float) -> None:
    if limit == "sum":
        family.add_sample(f"{family.name}_sum", {}, value)
        return
    family.add_sample(f"{family.name}_bucket", {"le": limit}, value)
    if limit == "+Inf":
        family.add_sample(f"{family.name}_count", {}, value)


def _sized(send: _Send) -> _Send:
    """Say how long a body is, all of which comes at once, and that it is of this moment alone."""
    begin: _Message = {}

    async def sized(message: _Message) -> None:
        if message["type"] == "http.response.start":
            begin.update(message)
            return
        length = str(len(message["body"])).encode()
        fields = [(b"content-length", length), (b"cache-control", b"no-store")]
        await send({**begin, "headers": [*begin["headers"], *fields]})
        await send(message)

    return sized


async def _refuse(status: int, send: _Send) -> None:
    fields = [(b"content-type", b"text/plain"), (b"content-length", b"0"), (b"allow", b"GET, HEAD")]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": b""})
