"""Ten thousand queries, of which most are none, cost a server nothing but the time they take.

`FEEDS_QUERIES` says how many others there are to be.
"""

import http.client
import os
import random
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from bench.measuring import resident
from cli_tools import Serving, document, serving

QUERIES = int(os.environ.get("FEEDS_QUERIES", "10000"))
DOCUMENTS = 400
WORDS = [first + last for first in ("tide", "wind", "sun", "coal", "rail") for last in "abcdefgh"]
TOPICS = ("energy", "tides", "moon", "rail")
SUFFIXES = (".atom", ".rss", ".json")
PATIENCE = 20.0
# What an answer may hold in memory is bounded at a quarter of this, and what makes it is not much.
MEMORY = 16 * 1024 * 1024
MOST_MORE = 64 * 1024 * 1024
MOST_STEPS = 2
ANSWERS = {200, 301, 400, 404}
CONFIGURATION = f"""
site: {{title: Queries, base_url: 'https://feeds.example'}}
corpus: ../corpus
output: ../output
state: ../state
server: {{memory: {MEMORY}}}
"""


@dataclass
class Asker:
    """Somebody who asks for anything; what he was answered is counted."""

    url: str
    chance: random.Random = field(default_factory=lambda: random.Random(9))  # noqa: S311
    answers: Counter[int] = field(default_factory=Counter)

    def ask(self, target: str) -> None:
        """Ask for a target, and for where that leads."""
        for _ in range(MOST_STEPS):
            connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
            connection.request("GET", target, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            self.answers[answer.status] += 1
            if answer.status != 301:
                return
            target = urljoin(target, answer.headers["location"])
        pytest.fail(f"no end of redirects at {target}")

    def any_target(self) -> str:
        """Make up a query: of words, of topics, or of any characters."""
        chance, suffix = self.chance, self.chance.choice((*SUFFIXES, "/"))
        kind = chance.randrange(4)
        if kind == 0:
            names = chance.choices((*TOPICS, "nowhere"), k=chance.randrange(2, 10))
            return f"/topics/{chance.choice('+,').join(names)}{suffix}{self.filters('?')}"
        if kind == 1:
            words = " ".join(self.word() for _ in range(chance.randrange(1, 13)))
            return f"/search{suffix}?q={quote(words)}{self.filters('&')}"
        if kind == 2:
            topics = quote(chance.choice("+, ").join(chance.sample(TOPICS, 2)))
            return f"/search{suffix}?topic={topics}&q={self.word()}".replace(" ", "+")
        any_text = "".join(chance.choices(string.printable[:94], k=chance.randrange(300)))
        return f"/search{suffix}?{any_text}".replace("#", "")

    def word(self) -> str:
        """Make up a word, or what stands for one."""
        word = self.chance.choice(WORDS)
        ways = (word, f"-{word}", f'"{word} story"', f"{word[:3]}*", self.signs(), f"NEAR({word})")
        return quote(self.chance.choice(ways), safe=' "*')

    def signs(self) -> str:
        """Make up signs of any script."""
        ranges = ((32, 127), (0xA0, 0x500), (0x0E00, 0x0F00), (0x4E00, 0x4F00), (0x1F600, 0x1F650))
        return "".join(chr(self.chance.randrange(*self.chance.choice(ranges))) for _ in range(8))

    def filters(self, sign: str) -> str:
        """Make up what else may be asked, or not."""
        quality = self.chance.randrange(-10, 1_100)
        return self.chance.choice(("", f"{sign}min_quality={quality}", f"{sign}provider=x.example"))


def processes(server: Serving) -> Sequence[int]:
    """Give the processes that answer."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return [int(number) for number in children.read_text().split()]


def test_no_query_costs_more_than_its_time(tmp_path: Path) -> None:
    """Each is answered, led on or refused; memory is bounded, and feeds are as they were."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    chance = random.Random(8)  # noqa: S311
    for number in range(DOCUMENTS):
        title = f"The story {' '.join(chance.choices(WORDS, k=6))}"
        topics = f"[{', '.join(chance.sample(TOPICS, 2)).title()}]"
        document(tmp_path / "corpus", f"{number}.md", title=title, topics=topics)
    with serving("--no-reload", cwd=tmp_path) as server:
        asker = Asker(server.url)
        before = server.get("/all.atom").body
        for _ in range(QUERIES // 20):
            asker.ask(asker.any_target())
        usual = max(map(resident, processes(server)))
        for _ in range(QUERIES - QUERIES // 20):
            asker.ask(asker.any_target())
        most = max(map(resident, processes(server)))
        assert asker.answers.keys() <= ANSWERS, asker.answers
        assert all(asker.answers[status] > QUERIES // 100 for status in ANSWERS), asker.answers
        assert most - usual < MOST_MORE
        assert server.get("/all.atom").body == before
        assert "Traceback" not in server.said
