"""How many requests a second one worker answers, beside nginx with one worker.

Usage: python tests/bench/serving.py [--rounds N] [--seconds N] [SIZE]

Both are asked for one feed by wrk, over loopback, by 32 connections of one thread; they take
turns. What wrk cannot tell is the CPU that a server takes for a request. At the end, our server
is asked while a document is edited again and again, while none is, and while another process
takes what is left of the processors.
"""

import argparse
import http.client
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import peers
from editing import again_and_again, newest
from measuring import Failed, cpu_seconds, ended, family, machine, measure, table, tell
from servers import Running, find, nginx, ours, watching

SMALL = 8 * 1024
BARS = {"200 identity": 0.27, "200 gzip": 0.29, "304": 0.30}
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}

_LOOP = """
import os
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
while True:
    pass
"""
# Seconds in which the last refresh ends.
_REST = 1.5


@dataclass(frozen=True)
class Load:
    """What a server did under load: answers a second, CPU for each, and its slowest hundredth."""

    rate: float
    cpu_microseconds: float
    p99_milliseconds: float


def load(server: Running, path: str, fields: Mapping[str, str], seconds: int) -> Load:
    """Have wrk ask a server as often as it can. Raises `Failed` for any answer but 2xx and 3xx."""
    headers = [part for field in fields.items() for part in ("-H", ": ".join(field))]
    before = sum(map(cpu_seconds, family(server.process)))
    run = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{seconds}s", "--latency", *headers, server.url + path],
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=True,
    )
    taken = sum(map(cpu_seconds, family(server.process))) - before
    if "Non-2xx" in run.stdout or "Socket errors" in run.stdout:
        raise Failed(run.stdout)
    number, rate, slowest, unit = (
        _found(pattern, run.stdout)
        for pattern in (
            r"(\d+) requests in",
            r"Requests/sec: +(\S+)",
            r"99% +([\d.]+)",
            r"99% +[\d.]+(\w+)",
        )
    )
    return Load(float(rate), taken / int(number) * 1e6, float(slowest) * UNITS[unit])


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise Failed(text)
    return found[1]


def ask(server: Running, path: str, fields: Mapping[str, str]) -> tuple[int, str, str, int]:
    """Ask once: the status, the coding, the entity tag and how many bytes came."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    connection.request("GET", path, headers=dict(fields))
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    return (
        answer.status,
        answer.getheader("Content-Encoding") or "",
        answer.getheader("ETag") or "",
        size,
    )


def requests(server: Running, path: str) -> dict[str, dict[str, str]]:
    """Give the kinds of requests with their fields, once each has been seen to be answered so."""
    _, _, tag, _ = ask(server, path, {})
    kinds = {
        "200 identity": {},
        "200 gzip": {"Accept-Encoding": "gzip"},
        "304": {"If-None-Match": tag},
    }
    for kind, fields in kinds.items():
        status, coding, _, _ = ask(server, path, fields)
        if f"{status} {coding}".split() != kind.replace("identity", "").split():
            raise Failed(f"{server.url}{path}: {status} {coding} for {kind}")
    return kinds


def small_feed(output: Path) -> Path:
    """Give the feed whose size is nearest to that of a small one."""
    feeds = [*output.glob("topics/*.atom"), *output.glob("providers/*.atom")]
    return min(feeds, key=lambda file: (abs(file.stat().st_size - SMALL), file.name))


def compare(
    servers: Mapping[str, Running], path: str, rounds: int, seconds: int
) -> Iterator[Sequence[str]]:
    """Give the rows of a table: requests a second by kind, for each server."""
    kinds = {name: requests(server, path) for name, server in servers.items()}
    for kind, bar in BARS.items():
        loads: dict[str, list[Load]] = {name: [] for name in servers}
        for _ in range(rounds):
            for name, server in servers.items():
                loads[name].append(load(server, path, kinds[name][kind], seconds))
        rates = {n: statistics.median(each.rate for each in ls) for n, ls in loads.items()}
        cpus = {
            n: statistics.median(each.cpu_microseconds for each in ls) for n, ls in loads.items()
        }
        quotient = rates["ours"] / rates["nginx"]
        verdict = f"{quotient:.2f} ({'meets' if quotient >= bar else 'misses'})"
        figures = f"{rates['ours']:,.0f}", f"{rates['nginx']:,.0f}"
        tell(f"{kind}: {verdict}")
        yield kind, *figures, verdict, f"≥ {bar:.2f}", f"{cpus['ours']:.0f}", f"{cpus['nginx']:.0f}"


def refreshed(
    server: Running, document: Path, path: str, rounds: int, seconds: int
) -> Sequence[str]:
    """Give a row: the slowest hundredth of answers during refreshes, and without them.

    For comparison it is that beside a process, too, that does nothing but take what is left of
    the processors: on a machine of two, anybody who runs at all is in the way of those who answer
    and ask.
    """
    beside: dict[str, Callable[[], AbstractContextManager[object]]] = {
        "nothing": nullcontext,
        "refreshes": partial(again_and_again, document, 0.3),
        "a loop": idle_loop,
    }
    found: dict[str, list[float]] = {name: [] for name in beside}
    before = server.refreshes()
    for _ in range(rounds):
        for name, slowest in found.items():
            with beside[name]():
                slowest.append(load(server, path, {}, seconds).p99_milliseconds)
            time.sleep(_REST)
    without, during, looping = (statistics.median(each) for each in found.values())
    verdict = f"{during / without:.2f} ({'meets' if during <= 2 * without else 'misses'})"
    number = server.refreshes() - before
    figures = (f"{each:.2f}" for each in (during, without, looping))
    return f"p99, ms ({number} refreshes)", *figures, verdict, "≤ 2.00"


@contextmanager
def idle_loop() -> Iterator[None]:
    """Have a process loop, which has a processor only while nobody else wants it."""
    with ended(subprocess.Popen([sys.executable, "-c", _LOOP])):
        yield


def main(size: int, rounds: int, seconds: int) -> None:
    """Measure, and print the tables."""
    with TemporaryDirectory(prefix="feeds-bench-") as name:
        folder = Path(name)
        corpus = peers.corpus(size, folder)
        config = peers.configure(folder / "served", peers.EVERYTHING + "reload: {watch: true}\n")
        measure(peers.ours(config))
        output = folder / "served/output"
        feed = small_feed(output)
        path = f"/{feed.relative_to(output).as_posix()}"
        print(f"## Serving a feed of {feed.stat().st_size:,} bytes, medians of {rounds}\n")  # noqa: T201
        with (
            ours(config, folder / "still.log", "--no-reload") as server,
            nginx(output, folder) as other,
        ):
            rows = [*compare({"ours": server, "nginx": other}, path, rounds, seconds)]
        head = (
            "requests/s",
            "ours",
            "nginx",
            "ratio",
            "bar",
            "ours, µs of CPU",
            "nginx, µs of CPU",
        )
        sys.stdout.write(table(head, rows))
        with watching(config, folder / "busy.log") as server:
            # A refresh takes longer than a few seconds while requests come as fast as they can.
            row = refreshed(server, newest(corpus), path, rounds, 2 * seconds)
        head = ("", "during refreshes", "without", "beside an idle loop", "ratio", "bar")
        sys.stdout.write("\n" + table(head, [row]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("size", nargs="?", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    given = parser.parse_args()
    # A client in Python would be slower than nginx, and measure itself.
    if missing := [program for program in ("nginx", "wrk") if not find(program)]:
        tell(f"{' and '.join(missing)} must be there (Debian has both); serving is not measured")
        sys.exit(0)
    versions = (
        f"nginx {peers.version(find('nginx') or '', '-v')}",
        f"wrk {peers.version('wrk', '-v')}",
    )
    print(machine(*versions), flush=True)  # noqa: T201
    main(given.size, given.rounds, given.seconds)
