"""A corpus of as many documents as are wanted, the same in every run.

Usage: python tests/bench/corpus.py NUMBER DIRECTORY [--hugo]

Nine of ten documents are in the news dialect, one in the curated one; some 15 % are unpublished,
and one of twenty tells what another one tells, too. Topics and providers are as frequent as in
life (Zipf), and there are more of them, by the square root, where there are more documents.
With `--hugo`, the documents say the same for Hugo, which wants `topics`, `providers` and `draft`
at the top level.
"""

import argparse
import base64
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate, product
from math import sqrt
from pathlib import Path
from random import Random

BEGIN = datetime(2020, 11, 1, tzinfo=UTC)
SECONDS = 6 * 365 * 86_400
RETOLD = 13
RETOLD_AFTER = timedelta(seconds=3_601)
SMALL_WORDS = ("the", "of", "and", "to", "a", "in", "for", "is", "on", "that", "by", "this", "with")
SUBJECTS = ("Health", "Energy", "Climate", "Ocean", "Money", "School", "Court", "Music", "Soil")
FIELDS = ("Policy", "Research", "Markets", "Law", "History", "Safety", "Trade", "Design")
STRANGE_WORDS = ("café", "naïve", "Zürich", "“quoted”", "R&D", "<5%", "東京", "Łódź", "™", "😀")
ENDINGS = ("com", "com", "com", "com", "org", "net", "co.uk", "news", "de")
EMPTY_KEYS = tuple(
    f"{kind}_{name}"
    for kind in ("page", "card", "graph", "app")
    for name in ("title", "description", "image", "image_height", "url", "site", "creator", "type")
)


class Frequent:
    """Things of which each is less frequent than the one before, by Zipf's law.

    The larger `evenness` is, the less do the first ones stand out.
    """

    def __init__(self, things: Sequence[str], evenness: int = 1) -> None:
        self._things = things
        self._sums = list(accumulate(1 / rank for rank in range(evenness, evenness + len(things))))

    def choose(self, random: Random, number: int) -> list[str]:
        """Choose some, of which several may be the same."""
        return random.choices(self._things, cum_weights=self._sums, k=number)


def chance(name: str) -> Random:
    """Give numbers that look like chance and are always the same under one name."""
    return Random(name)  # noqa: S311 - they are to be guessed


def make_words() -> list[str]:
    """Make the words of a language, the short and frequent ones first."""
    syllables = [*map("".join, product("bdfklmnprst", "aeiou"))]
    random = chance("words")
    long = {"".join(random.choices(syllables, k=random.choice((2, 3, 4, 5)))) for _ in range(6_000)}
    return [*SMALL_WORDS, *sorted(long, key=lambda word: (len(word) > 4, word[::-1]))]


@dataclass(frozen=True)
class Facts:
    """What other documents may know of one."""

    number: int
    title: str
    published: datetime
    provider: str

    @property
    def name(self) -> str:
        """The end of its path, and of its URL."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        return f"{plain[:60].strip('-')}-{self.number:06}"

    @property
    def url(self) -> str:
        """The address of the article."""
        return f"https://{self.provider}/{self.published:%Y/%m}/{self.name}.html"

    @property
    def path(self) -> str:
        """Where the document is in the corpus."""
        return f"{self.published:%Y/%m}/{self.name}.md"

    @property
    def instant(self) -> str:
        """The instant of publication; no two documents have the same."""
        return f"{self.published:%Y-%m-%dT%H:%M:%SZ}"


class Corpus:
    """A number of documents, each of which depends on that number and its own alone."""

    def __init__(self, number: int, *, is_for_hugo: bool = False) -> None:
        self._number = number
        self._is_for_hugo = is_for_hugo
        self._words = Frequent(make_words(), evenness=12)
        self._topics = Frequent(self.topics)
        self._providers = Frequent(self.providers)

    @cached_property
    def topics(self) -> list[str]:
        """The labels of topics: 40 for 10,000 documents."""
        number = max(12, round(0.4 * sqrt(self._number)))
        labels = [f"{subject} {field}" for field, subject in product(FIELDS, SUBJECTS)]
        more = (f"{label} {nth}" for nth in range(2, 1_000) for label in labels)
        return [*labels, *(next(more) for _ in range(number - len(labels)))][:number]

    @cached_property
    def providers(self) -> list[str]:
        """The domains of providers: 300 for 10,000 documents."""
        random, found = chance("providers"), dict[str, None]()
        words = make_words()[len(SMALL_WORDS) :]
        while len(found) < max(40, round(3 * sqrt(self._number))):
            found["".join(random.choices(words, k=2)) + "." + random.choice(ENDINGS)] = None
        return list(found)

    def documents(self) -> Iterator[tuple[str, str]]:
        """Give each document's path and text."""
        for number in range(self._number):
            yield self.document(number)

    def document(self, number: int) -> tuple[str, str]:
        """Give a document's path and text."""
        facts, random = self._facts(number), chance(f"document {number}")
        lines, body = (self._curated if number % 10 == 7 else self._news)(facts, random)
        return facts.path, "\n".join(["---", *lines, "---", body])

    def _facts(self, number: int) -> Facts:
        facts = self._own_facts(number)
        if number % 20 != RETOLD:
            return facts
        told = self._own_facts(number - 1)
        title = f"{told.title} {self._sentence(chance(f'retold {number}'), 2)}"
        return replace(facts, title=title, published=told.published + RETOLD_AFTER)

    def _own_facts(self, number: int) -> Facts:
        """Give what a document has that tells something of its own.

        In its slice of time, which is nobody else's, it takes an even second, so that no other
        is published at the same instant; nor is one that tells it again.
        """
        random = chance(f"facts {number}")
        title = self._sentence(random, random.randint(8, 14))
        turn = number * 7_919 % self._number if self._number % 7_919 else number
        second = SECONDS * turn // self._number + random.randrange(SECONDS // self._number - 2)
        published = BEGIN + timedelta(seconds=second + second % 2)
        (provider,) = self._providers.choose(random, 1)
        return Facts(number, title, published, provider)

    # --- Text ------------------------------------------------------------------------

    def _sentence(self, random: Random, length: int) -> str:
        words = self._words.choose(random, length)
        if random.random() < 0.2:
            words[-1] = random.choice(STRANGE_WORDS)
        return " ".join([words[0].capitalize(), *words[1:]])

    def _text(self, random: Random, sentences: int) -> str:
        lengths = (random.randint(12, 24) for _ in range(sentences))
        return " ".join(f"{self._sentence(random, length)}." for length in lengths)

    def _labels(self, random: Random) -> list[str]:
        return list(dict.fromkeys(self._topics.choose(random, random.choice((1, 2, 2, 2, 3, 4)))))

    # --- Dialects --------------------------------------------------------------------

    def _news(self, facts: Facts, random: Random) -> tuple[list[str], str]:
        topics = self._labels(random)
        lines = [
            "category: news",
            f"title: {quoted(facts.title)}",
            f"excerpt: {quoted(self._text(random, random.randint(1, 3)))}",
            f"publishedDateTime: {facts.instant}",
            f"originalUrl: {quoted(facts.url)}",
            f"webUrl: {quoted(facts.url)}",
            *self._fast(random, facts),
            "type: article",
            f"quality: {random.randint(0, 100)}",
            f"heat: {random.randint(-1, 120)}",
            *self._published(random, topics, facts),
            *provider(facts.provider),
            *([] if self._is_for_hugo else ["topics:", *listed(topics)]),
            *self._images(random),
            *self._related(random),
            f"secured: {quoted(base64.b64encode(random.randbytes(600)).decode())}",
        ]
        return lines, ""

    def _curated(self, facts: Facts, random: Random) -> tuple[list[str], str]:
        topics, url = self._labels(random), quoted(facts.url)
        pictured = quoted(f"https://images.{facts.provider}/{facts.number}.jpeg")
        lines = [
            "archetype: curated-content",
            f"title: {quoted(facts.title)}",
            "description: >-",
            *(f"  {self._sentence(random, 12)}" for _ in range(3)),
            f"date: {facts.instant}",
            f"lastMod: {facts.instant}",
            f"slug: {facts.name}",
            *self._published(random, topics, facts),
            *("breadcrumbs:", *listed(["Home", "News", facts.title])),
            *("categoryLabel:", *listed(topics)),
            *("categories:", *listed(f"Desk: {topic}" for topic in topics)),
            *("featuredImage:", f"  alt: {quoted(facts.title)}", f"  href: {pictured}"),
            *("  size:", "    - 300", "    - 590"),
            *("link:", f"  brand: {facts.provider}", f"  href: {url}", f"  original: {url}"),
            *(f"href: {url}", f"original: {url}"),
            *("metaData:", *(f"  {key}: null" for key in EMPTY_KEYS)),
            *("customFields:", f"  cleanUrl: {url}", f"  sourceUrl: {url}"),
            *self._offerings(random),
        ]
        paragraphs = (self._text(random, random.randint(2, 5)) for _ in range(random.randint(1, 4)))
        return lines, "\n".join(f"<p>{as_markup(text)}</p>" for text in paragraphs) + "\n"

    def _published(self, random: Random, topics: list[str], facts: Facts) -> list[str]:
        is_published = random.random() >= 0.15
        if not self._is_for_hugo:
            return [f"published: {json.dumps(is_published)}"]
        # Hugo takes `published` for a date.
        taxonomies = ["topics:", *listed(topics), "providers:", *listed([facts.provider])]
        return [f"draft: {json.dumps(not is_published)}", *taxonomies]

    def _related(self, random: Random) -> list[str]:
        lines: list[str] = []
        for _ in range(random.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 8))):
            item = self._facts(random.randrange(self._number))
            fields = [
                f"title: {quoted(item.title)}",
                f"excerpt: {quoted(self._text(random, random.randint(1, 3)))}",
                f"publishedDateTime: {item.instant}",
                f"webUrl: {quoted(item.url)}",
                *self._fast(random, item),
                "type: article",
                f"quality: {random.randint(0, 60)}",
                *provider(item.provider),
                *self._images(random),
            ]
            lines += [f"  - {fields[0]}", *(f"    {field}" for field in fields[1:])]
        return ["related:", *lines] if lines else ["related: []"]

    def _offerings(self, random: Random) -> list[str]:
        lines: list[str] = []
        for _ in range(random.randint(0, 5)):
            label = self._sentence(random, 2)
            lines += [f"  - label: {quoted(label)}", f"    offeringId: {random.randint(1, 9_999)}"]
            lines += [f"    permalink: https://offers.example/{random.randint(1, 9_999)}"]
        return ["relatedOfferings:", *lines] if lines else []

    def _fast(self, random: Random, facts: Facts) -> list[str]:
        if random.random() < 0.5:
            return []
        cached = f"https://{facts.provider.replace('.', '-')}.cache.example/c/s/"
        address = facts.url.removeprefix("https://")
        fast = [f"https://{address}?amp", f"{cached}{address}?amp"]
        return [f"ampWebUrl: {quoted(fast[0])}", f"cdnAmpWebUrl: {quoted(fast[1])}"]

    def _images(self, random: Random) -> list[str]:
        if random.random() < 0.2:
            return []
        (host,) = self._providers.choose(random, 1)
        url = f"https://images.{host}/{random.randint(2014, 2026)}/{random.randint(1, 999_999)}.jpg"
        width, height = random.randint(300, 2_880), random.randint(200, 1_600)
        size = [f"    width: {width}", f"    height: {height}"]
        return ["images:", f"  - url: {quoted(url)}", *size, "    isCached: true"]


def quoted(text: str) -> str:
    """Write a scalar of YAML between quotation marks, as JSON does."""
    return json.dumps(text, ensure_ascii=False)


def listed(items: Iterator[str] | Sequence[str]) -> list[str]:
    """Write a list of YAML."""
    return [f"  - {quoted(item)}" for item in items]


def provider(domain: str) -> list[str]:
    """Write a provider of the news dialect; its name is that of its domain."""
    return ["provider:", f"  name: {domain.partition('.')[0].title()}", f"  domain: {domain}"]


def as_markup(text: str) -> str:
    """Write text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def write(corpus: Corpus, folder: Path) -> int:
    """Write a corpus below a directory, and count its bytes."""
    total, folders = 0, set[Path]()
    for path, text in corpus.documents():
        file = folder / path
        if file.parent not in folders:
            file.parent.mkdir(parents=True, exist_ok=True)
            folders.add(file.parent)
        data = text.encode()
        file.write_bytes(data)
        total += len(data)
    return total


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("number", type=int)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--hugo", action="store_true")
    given = parser.parse_args()
    made = write(Corpus(given.number, is_for_hugo=given.hugo), given.directory)
    sys.stdout.write(f"{given.number} documents, {made // given.number} bytes each\n")
