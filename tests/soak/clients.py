"""Clients that keep asking one server for everything, each in one connection that never ends.

Usage: python clients.py HOST PORT CONNECTIONS PAUSE PATH...

A line on standard input names what begins now, and `end` ends it; then comes, in JSON, what of each
of these was answered, how long that took in milliseconds, and what was not as it should be.
"""

import asyncio
import gzip
import hashlib
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

PATIENCE = 30.0
CODINGS = {"": (), "gzip": ("Accept-Encoding: gzip",)}
FEEDS = (".atom", ".rss", ".json")
# What was not as it should be is told so often, which is enough to see what it is.
MOST = 20


@dataclass
class Tally:
    """What came of all requests."""

    phase: str = "before"
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    parsed: set[str] = field(default_factory=set)

    def took(self, seconds: float) -> None:
        """Note what a request has taken."""
        self.milliseconds.setdefault(self.phase, []).append(seconds * 1_000)

    def fail(self, what: str) -> None:
        """Note what is not as it should be."""
        if len(self.failures) < MOST:
            self.failures[what] += 1


@dataclass
class Answer:
    """What came back, the names of its fields in lower case."""

    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def plain(self) -> bytes:
        """The body without its content coding."""
        return gzip.decompress(self.body) if "content-encoding" in self.fields else self.body

    @property
    def digest(self) -> str:
        """What the entity tag says of the bytes, without what was added to it."""
        return self.fields.get("etag", "").strip('"').partition("-")[0]


@dataclass
class Client:
    """One connection, and the entity tags that it was given, by what it asked for."""

    tally: Tally
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    chance: random.Random
    tags: dict[tuple[str, str, bool], str] = field(default_factory=dict)

    async def ask(self, paths: list[str]) -> None:
        """Ask for something in some way, and look at what comes."""
        path, coding = self.chance.choice(paths), self.chance.choice([*CODINGS])
        kind = self.chance.choice(["whole", "known", "known", "head", "parts", "none"])
        is_parts = kind == "parts" and path.endswith(FEEDS)
        known = self.tags.get((path, coding, is_parts)) if kind in {"known", "parts"} else None
        fields = [*CODINGS[coding], *(["A-IM: feed"] if is_parts else [])]
        fields += [f"If-None-Match: {known}"] if known else []
        if kind == "none":
            path = f"{path}.none"
        answer = await self.exchange("HEAD" if kind == "head" else "GET", path, fields)
        self.tally.answers[f"{kind} {answer.status}"] += 1
        if problem := wrong(answer, kind, known, self.tally):
            self.tally.fail(f"{kind} {path} {coding}: {problem}")
        elif "etag" in answer.fields and kind != "head":
            self.tags[path, coding, is_parts] = answer.fields["etag"]

    async def exchange(self, method: str, path: str, fields: list[str]) -> Answer:
        """Send a request, and read the answer to its end."""
        head = "\r\n".join([f"{method} /{path} HTTP/1.1", "Host: x", *fields, "", ""])
        begun = time.perf_counter()
        self.writer.write(head.encode())
        said = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in said[1:-2])
        found = {name.lower(): value for name, _, value in pairs}
        status, body = int(said[0][9:12]), b""
        if method != "HEAD" and status != 304:
            body = await self.reader.readexactly(int(found["content-length"]))
        self.tally.took(time.perf_counter() - begun)
        return Answer(status, found, body)


def wrong(answer: Answer, kind: str, known: str | None, tally: Tally) -> str:
    """Say what of an answer is not as it should be; nothing where all is."""
    if kind == "none" or answer.status not in {200, 226, 304}:
        return "" if (kind, answer.status) == ("none", 404) else f"{answer.status} {answer}"
    if kind == "head" and answer.status == 200:
        return "" if len(answer.digest) == 32 else f"no entity tag: {answer}"
    return "" if is_true(answer, known or "", tally) else f"{answer.status} {answer.fields}"


def is_true(answer: Answer, known: str, tally: Tally) -> bool:
    """Tell whether an answer is what its fields say, to one who has had what is `known`."""
    if answer.status == 304:
        return bool(known) and answer.digest == known.strip('"').partition("-")[0]
    if answer.status == 226:
        is_part = answer.fields.get("im") == "feed" and answer.fields.get("delta-base") == known
        return is_part and is_sound(answer, f"{known} {answer.digest}", tally)
    is_of_tag = hashlib.sha256(answer.plain).hexdigest()[:32] == answer.digest
    return is_of_tag and is_sound(answer, answer.digest, tally)


def is_sound(answer: Answer, name: str, tally: Tally) -> bool:
    """Tell whether what was not seen before can be parsed."""
    if name in tally.parsed:
        return True
    tally.parsed.add(name)
    media_type = answer.fields["content-type"]
    try:
        if "xml" in media_type:
            ET.fromstring(answer.plain)  # noqa: S314 - what we have published ourselves
        elif "json" in media_type:
            json.loads(answer.plain)
    except (ET.ParseError, ValueError):
        return False
    return True


async def keep_asking(
    tally: Tally, address: tuple[str, int], paths: list[str], pause: float
) -> None:
    """Ask through one connection until it is over; that it ends is a failure."""
    client = Client(tally, *await asyncio.open_connection(*address), random.Random())  # noqa: S311
    try:
        while tally.phase != "end":
            await asyncio.wait_for(client.ask(paths), PATIENCE)
            await asyncio.sleep(client.chance.uniform(0, 2 * pause))
    except (OSError, EOFError, TimeoutError, ValueError) as error:
        tally.fail(f"a connection ended: {error!r}")
    finally:
        client.writer.close()


async def heed(tally: Tally) -> None:
    """Take from standard input what begins, until it says `end`."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while tally.phase != "end":
        tally.phase = (await lines.readline()).decode().strip() or "end"


async def main(host: str, port: str, number: str, pause: str, *paths: str) -> None:
    """Ask as long as it is wanted, and say what came of it."""
    tally = Tally()
    asking = [
        asyncio.create_task(keep_asking(tally, (host, int(port)), [*paths], float(pause)))
        for _ in range(int(number))
    ]
    await heed(tally)
    await asyncio.gather(*asking)
    found = {
        "milliseconds": tally.milliseconds,
        "answers": tally.answers,
        "failures": tally.failures,
        "states": len(tally.parsed),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
