"""Clients that poll while others publish, and what is true of all that they were answered."""

import http.client
import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from itertools import cycle
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

PATIENCE = 20.0
_FAILURES = (OSError, http.client.HTTPException)
_EDITION = re.compile(rb"Edition ([0-9]+)")
_ENTRY = re.compile(rb'<entry>|<item>|"date_published"')


class Said(NamedTuple):
    """What is said of a resource: the SHA-256 of its bytes, its entity tag, and its last change.

    A store has a `digest` beside it. The `newest` edition that its bytes speak of, and how many
    `entries` they have, tell feeds apart.
    """

    sha256: str = ""
    tag: str = ""
    changed: str = ""
    digest: str = ""
    newest: int = -1
    entries: int = 0


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

    Every other turn has the conditions of who knows what came last. Between two requests a thread
    waits for `pause` seconds.
    """

    def __init__(
        self, urls: Sequence[str], paths: Sequence[str], each: int = 2, pause: float = 0
    ) -> None:
        self._answers: list[Answer] = []
        self._over = threading.Event()
        self._pause = pause
        self._threads = [
            threading.Thread(target=self._poll, args=(url, [*paths[number:], *paths[:number]]))
            for url in urls
            for number in range(each)
        ]

    def take(self) -> list[Answer]:
        """Give what was answered since this was called last."""
        taken, self._answers = self._answers, []
        return taken

    def newest(self, path: str) -> int:
        """Give the newest edition that was seen of a path, of what can be taken."""
        found = (answer.said.newest for answer in list(self._answers) if answer.path == path)
        return max(found, default=-1)

    def __len__(self) -> int:
        """Count what can be taken."""
        return len(self._answers)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)

    def _poll(self, url: str, paths: Sequence[str]) -> None:
        known: dict[str, Said] = {}
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        for turn, path in enumerate(cycle(paths)):
            if self._over.wait(self._pause):
                break
            condition = known.get(path) if turn // len(paths) % 2 else None
            asked = time.monotonic()
            try:
                status, said = _ask(connection, f"{urlsplit(url).path}/{path}", condition)
            except _FAILURES:
                connection.close()
                status, said = 0, Said()
                # Who is not answered does not ask a thousand times a second.
                self._over.wait(0.02)
            self._answers.append(Answer(asked, time.monotonic(), path, status, said, url))
            if status == http.HTTPStatus.OK:
                known[path] = said
        connection.close()


def _ask(
    connection: http.client.HTTPConnection, target: str, known: Said | None
) -> tuple[int, Said]:
    fields = {"If-None-Match": known.tag} if known else {}
    connection.request("GET", target, headers=fields)
    answer = connection.getresponse()
    body = answer.read()
    tag, changed = answer.getheader("ETag", ""), answer.getheader("Last-Modified", "")
    if answer.status == http.HTTPStatus.NOT_MODIFIED and known:
        # A 304 promises that what the client has is still what there is.
        return answer.status, known._replace(tag=tag, changed=changed or known.changed)
    return answer.status, Said(
        sha256(body).hexdigest(),
        tag,
        changed,
        answer.getheader("x-amz-meta-sha256", ""),
        max(map(int, _EDITION.findall(body)), default=-1),
        len(_ENTRY.findall(body)),
    )


class Editions:
    """All that was published, edition by edition, as the manifests of these have it."""

    def __init__(self) -> None:
        self.manifests: list[Mapping[str, Mapping[str, Any]]] = []
        self._known = set[bytes]()
        self._said = defaultdict[tuple[str, Said], list[int]](list)

    def note(self, manifest: bytes | None) -> None:
        """Note an edition, unless it is known."""
        if manifest is None or manifest in self._known:
            return
        self._known.add(manifest)
        listed = {each["path"]: each for each in json.loads(manifest)["resources"]}
        for path, each in listed.items():
            self._said[path, said_of(each)].append(len(self.manifests))
        self.manifests.append(listed)

    def span(self, answer: Answer) -> tuple[int, int] | None:
        """Give the first and the last edition that an answer may be of, if it is of any."""
        said = answer.said._replace(digest="", newest=-1, entries=0)
        found = self._said.get((answer.path, said))
        return (found[0], found[-1]) if found else None

    def span_of_bytes(self, answer: Answer) -> tuple[int, int] | None:
        """Give as much by the bytes alone: a store has validators of its own."""
        found = [
            number
            for number, manifest in enumerate(self.manifests)
            if answer.path in manifest and manifest[answer.path]["sha256"] == answer.said.sha256
        ]
        return (found[0], found[-1]) if found else None


def said_of(listed: Mapping[str, Any]) -> Said:
    """Give what a server says of a resource that a manifest lists."""
    changed = datetime.fromisoformat(listed["last_modified"])
    return Said(listed["sha256"], listed["etag"], format_datetime(changed, usegmt=True))


Span = Callable[[Answer], tuple[int, int] | None]
"""Gives the first and the last of those that an answer may be of; None where it is of none."""


class Judge:
    """Tells what is wrong with answers: what is of no edition, and what is older than one before.

    Answers that were asked for at once may be of two; of those that were asked for one after the
    other, whoever asked, the later one must not be older. Only answers of one `group` are compared.
    Those who did not answer are left out.
    """

    def __init__(self, span: Span, group: Callable[[Answer], Hashable]) -> None:
        self._span = span
        self._group = group
        self._newest = defaultdict[Hashable, int](lambda: -1)
        self._ended = defaultdict[Hashable, list[tuple[float, int]]](list)

    def wrong(self, answers: Iterable[Answer]) -> list[str]:
        """Tell what is wrong with answers that were all asked for after those before."""
        return [
            fault
            for answer in sorted(answers, key=lambda answer: answer.asked)
            if answer.status in {200, 304} and (fault := self._fault(answer))
        ]

    def _fault(self, answer: Answer) -> str:
        group, span = self._group(answer), self._span(answer)
        if span is None:
            return f"of no edition: {answer}"
        before = [first for came, first in self._ended[group] if came <= answer.asked]
        self._newest[group] = newest = max([self._newest[group], *before])
        self._ended[group] = [each for each in self._ended[group] if each[0] > answer.asked]
        self._ended[group].append((answer.came, span[0]))
        return f"of edition {span[1]} after one of {newest}: {answer}" if span[1] < newest else ""
