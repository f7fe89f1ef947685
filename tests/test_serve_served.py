import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from conftest import NOW, Workshop

from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.http.plain import PlainRequest, plain_request
from feeds.publish.policy import Policy
from feeds.serve.app import FeedsApp
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served, Upcoming

START = datetime(2026, 11, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


@pytest.fixture
def publications(workshop: Workshop) -> list[Publication]:
    """Give three publications."""
    terms = Terms(Policy(Configuration(), feed_formats()), NOW)
    found = []
    for title in ("One", "Two", "Three"):
        workshop.news("a.md", title=title)
        workshop.build()
        found.append(Publication.load(Path(workshop.output), terms))
    return found


def test_a_publication_begins_at_its_instant(publications: list[Publication]) -> None:
    """Each request is answered by the last publication that has begun when it comes."""
    clock = Clock()
    served = Served(clock=clock)
    assert served.publication is None
    first, second, third = publications
    upcoming = [Upcoming(START + 2 * SECOND, second), Upcoming(START + 3 * SECOND, third)]
    served.swap(first, upcoming)
    seen = []
    for _ in range(5):
        seen.append(served.publication)
        clock.now += SECOND
    assert seen == [first, first, second, third, third]


def test_one_that_nobody_asked_in_time_is_passed_over(publications: list[Publication]) -> None:
    """Of several that have begun since the last request, the last one answers."""
    clock = Clock()
    served = Served(publications[0], clock=clock)
    upcoming = [Upcoming(START + each * SECOND, publications[each]) for each in (1, 2)]
    served.swap(publications[0], upcoming)
    clock.now += 10 * SECOND
    assert served.publication is publications[2]


def test_what_is_swapped_in_takes_the_place_of_all(publications: list[Publication]) -> None:
    """A publication that was to come is forgotten when others take its place."""
    clock = Clock()
    served = Served(clock=clock)
    served.swap(publications[0], [Upcoming(START + SECOND, publications[1])])
    served.swap(publications[2])
    clock.now += 2 * SECOND
    assert served.publication is publications[2]


def test_who_has_not_looked_looks_before_it_answers(publications: list[Publication]) -> None:
    """Where another publication may have begun, it is looked for before a request is answered."""
    clock = Clock()
    looked: list[datetime] = []

    def look() -> None:
        looked.append(clock.now)
        served.sure_until = clock.now + 4 * SECOND

    served = Served(publications[-1], renew=look, clock=clock)
    app = FeedsApp(served)
    served.sure_until = START + SECOND
    assert status(app, "/all.json") == 200
    assert looked == []
    clock.now += SECOND
    assert app.answer_at_once(plain("/all.json"), "") is None
    assert status(app, "/all.json") == 200
    assert looked == [clock.now]


def test_nobody_waits_long_for_a_look(publications: list[Publication]) -> None:
    """Where what is published cannot be looked at, answers are those of what is known."""
    clock, is_over = Clock(), Event()
    served = Served(publications[-1], renew=lambda: is_over.wait(5), clock=clock)
    app = FeedsApp(served, readers=2)
    served.sure_until = START
    try:
        assert status(app, "/all.json") == 200
        assert served.is_sure
    finally:
        is_over.set()


def status(app: FeedsApp, path: str) -> int:
    """Ask an application for a path, and give the status of its answer."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:  # noqa: ANN401 - as ASGI has it
        sent.append(message)

    async def receive() -> Any:  # noqa: ANN401 - as ASGI has it
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(app(scope, receive, send))
    return int(sent[0]["status"])


def plain(path: str) -> PlainRequest:
    """Give a plain request for a path."""
    request = plain_request(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    assert request is not None
    return request
