"""Clients that poll while others publish, and what is true of all that they were answered."""

import http.client
import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from itertools import cycle
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from feeds.store import Store

PATIENCE = 20.0
_FAILURES = (OSError, http.client.HTTPException)
MANIFEST = "manifest.json"

Said = tuple[str, str, str]
"""What is said of a resource: the SHA-256 of its bytes, its entity tag, and its last change."""


class Answer(NamedTuple):
    """What a client was answered, and when it had asked and had it all.

    `status` is 0 where there was no answer. `said` is of what came, or, with a 304, of what the
    client had.
    """

    asked: float
    came: float
    path: str
    status: int
    said: Said
    source: str


class Pollers:
    """Threads that ask for some paths in turns, each through a connection that it keeps.

    Every other turn has the conditions of who knows what came last.
    """

    def __init__(self, urls: Sequence[str], paths: Sequence[str], each: int = 2) -> None:
        self._answers: list[list[Answer]] = []
        self._over = threading.Event()
        self._threads = []
        for url in urls:
            for number in range(each):
                answers: list[Answer] = []
                turned = [*paths[number:], *paths[:number]]
                self._answers.append(answers)
                self._threads.append(
                    threading.Thread(target=self._poll, args=(url, turned, answers))
                )

    @property
    def answers(self) -> list[Answer]:
        """All that was answered until now, in the order in which it came."""
        found = [answer for answers in self._answers for answer in list(answers)]
        return sorted(found, key=lambda answer: answer.came)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _poll(self, url: str, paths: Sequence[str], answers: list[Answer]) -> None:
        known: dict[str, Said] = {}
        connection = _connection(url)
        for turn, path in enumerate(cycle(paths)):
            if self._over.is_set():
                break
            condition = known.get(path) if turn // len(paths) % 2 else None
            asked = time.monotonic()
            try:
                status, said = _ask(connection, path, condition)
            except _FAILURES:
                connection.close()
                status, said = 0, ("", "", "")
                # Who is not answered does not ask a thousand times a second.
                self._over.wait(0.02)
            answers.append(Answer(asked, time.monotonic(), path, status, said, url))
            if status == http.HTTPStatus.OK:
                known[path] = said
        connection.close()


def _connection(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)


def _ask(connection: http.client.HTTPConnection, path: str, known: Said | None) -> tuple[int, Said]:
    fields = {"If-None-Match": known[1]} if known else {}
    connection.request("GET", f"/{path}", headers=fields)
    answer = connection.getresponse()
    body = answer.read()
    tag, changed = answer.getheader("ETag", ""), answer.getheader("Last-Modified", "")
    if answer.status == http.HTTPStatus.NOT_MODIFIED and known:
        # A 304 promises that what the client has is still what there is.
        return answer.status, (known[0], tag, changed or known[2])
    return answer.status, (sha256(body).hexdigest(), tag, changed)


class Editions:
    """All that was published, edition by edition, as the manifests of these have it.

    Where a store answers, it has validators of its own, so that only bytes are compared.
    """

    def __init__(self, *, has_validators: bool = True) -> None:
        self._has_validators = has_validators
        self.manifests: list[Mapping[str, Mapping[str, Any]]] = []
        self._known = set[bytes]()

    def note(self, manifest: bytes | None) -> None:
        """Note an edition, unless it is known."""
        if manifest is None or manifest in self._known:
            return
        self._known.add(manifest)
        listed = json.loads(manifest)["resources"]
        self.manifests.append({each["path"]: each for each in listed})

    def spans(self, answer: Answer) -> tuple[int, int] | None:
        """Give the first and the last edition that an answer may be of, if it is of any."""
        found = [
            number
            for number, manifest in enumerate(self.manifests)
            if (each := manifest.get(answer.path)) and self._is_said(each, answer.said)
        ]
        return (found[0], found[-1]) if found else None

    def _is_said(self, each: Mapping[str, Any], said: Said) -> bool:
        digest, tag, changed = said
        if each["sha256"] != digest or not self._has_validators:
            return bool(each["sha256"] == digest)
        known = datetime.fromisoformat(each["last_modified"])
        return each["etag"] == tag and known == parsedate_to_datetime(changed)


class Watching:
    """Notes every edition that is committed in a bucket, from beside."""

    def __init__(self, store: Store, editions: Editions) -> None:
        self._store = store
        self._editions = editions
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(PATIENCE)

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            with suppress(Exception):
                self._editions.note(self._store.get(MANIFEST))


def wrong(answers: Iterable[Answer], editions: Editions) -> list[str]:
    """Tell which answers are of no edition, and which are older than one that came before.

    Answers that were asked for at once may be of two; of those that were asked for one after the
    other, whoever asked, the later one must not be older. Those who did not answer are left out.
    """
    found: list[str] = []
    newest, ended = 0, list[tuple[float, int]]()
    for answer in sorted(answers, key=lambda answer: answer.asked):
        if answer.status not in {200, 304}:
            continue
        span = editions.spans(answer)
        if span is None:
            found.append(f"of no edition: {answer}")
            continue
        newest = max([newest, *(first for came, first in ended if came <= answer.asked)])
        ended = [(came, first) for came, first in ended if came > answer.asked]
        if span[1] < newest:
            found.append(f"of edition {span[1]} after one of {newest}: {answer}")
        ended.append((answer.came, span[0]))
    return found
