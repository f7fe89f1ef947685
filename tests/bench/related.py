"""How well the comparison of articles finds what editors listed as related.

Usage: python tests/bench/related.py DIRECTORY

The directory holds `pairs.jsonl`, documents with the lists that their editors gave them, and
`distractors.jsonl`, unrelated documents of the same weeks. All of them are the pool; each
document of the pairs is compared with it, with its list hidden.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from feeds.model import Article, Provider
from feeds.selection.profiles import Profile, profile
from feeds.selection.similarity import similar
from feeds.text.dates import WEEK, week_of
from feeds.text.slugs import fold
from feeds.text.words import telling_words

MOST = 5
BAR = (0.65, 0.90)

Ranking = Callable[[str], list[str]]


@dataclass
class Documents:
    """The pool: articles by URL or title, and for some the list that an editor made."""

    articles: dict[str, Article] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def add(self, document: Mapping[str, object]) -> str:
        """Add a document unless it is there; gives what it is known by."""
        path = str(document.get("webUrl") or document["title"])
        provider = document.get("provider")
        domain = str(provider["domain"]) if isinstance(provider, dict) else ""
        topics = document.get("topics")
        quality = document.get("quality")
        self.articles.setdefault(
            path,
            Article(
                path=path,
                title=str(document["title"]),
                url=path,
                published=datetime.fromisoformat(str(document["publishedDateTime"])),
                provider=Provider(domain, domain),
                summary=str(document.get("excerpt") or ""),
                topics=tuple(topics) if isinstance(topics, list) else (),
                quality=quality if isinstance(quality, int) else None,
            ),
        )
        return path

    def stories(self) -> dict[str, str]:
        """Give each document's story: what lists join, in either direction, is one."""
        above: dict[str, str] = {}

        def top(path: str) -> str:
            while path in above:
                path = above[path]
            return path

        for path, listed in self.lists.items():
            for other in listed:
                if top(path) != top(other):
                    above[top(path)] = top(other)
        return {path: top(path) for path in self.articles}


def load(folder: Path) -> Documents:
    """Read the documents; those with lists come first, since they say more of themselves."""
    documents = Documents()
    pairs = [json.loads(line) for line in (folder / "pairs.jsonl").open(encoding="utf-8")]
    paths = [documents.add(pair) for pair in pairs]
    for path, pair in zip(paths, pairs, strict=True):
        documents.lists[path] = [documents.add(item) for item in pair["related"]]
    for line in (folder / "distractors.jsonl").open(encoding="utf-8"):
        documents.add(json.loads(line))
    return documents


def measure(documents: Documents, ranking: Ranking) -> tuple[float, float]:
    """Give the mean recall at five, and the precision of all that was found as to stories."""
    stories, recalls, found = documents.stories(), [], []
    for path, listed in documents.lists.items():
        ranked = ranking(path)[:MOST]
        recalls.append(len(set(ranked) & set(listed)) / min(MOST, len(listed)))
        found += [stories[other] == stories[path] for other in ranked]
    return sum(recalls) / len(recalls), sum(found) / len(found)


# --- The comparison of the program, and others ---------------------------------------


def ours(documents: Documents) -> Ranking:
    """Rank by the comparison that feeds are made with."""
    weeks: dict[int, list[Profile]] = {}
    for article in documents.articles.values():
        item = profile(article, map(fold, article.topics))
        weeks.setdefault(week_of(item.published), []).append(item)
    ranked: dict[str, list[str]] = {}
    for week, profiles in weeks.items():
        around = [item for near in (week - 1, week, week + 1) for item in weeks.get(near, [])]
        ranked |= similar(profiles, around, MOST)
    return ranked.__getitem__


def okapi(documents: Documents) -> Ranking:
    """Rank by BM25 over titles, with its usual parameters."""
    bags = {path: Counter(telling_words(a.title)) for path, a in documents.articles.items()}
    counts = Counter(word for bag in bags.values() for word in bag)
    mean = sum(bag.total() for bag in bags.values()) / len(bags)

    def score(query: Iterable[str], bag: Counter[str]) -> float:
        return sum(
            math.log(1 + (len(bags) - counts[word] + 0.5) / (counts[word] + 0.5))
            * bag[word]
            * 2.2
            / (bag[word] + 1.2 * (0.25 + 0.75 * bag.total() / mean))
            for word in query
            if word in bag
        )

    return _ranking(bags, lambda path, other: score(sorted(bags[path]), bags[other]))


def cosine(documents: Documents, *, within: int | None = None, least: float = 0.0) -> Ranking:
    """Rank by TF-IDF of title, counted twice, and excerpt; `within` is in seconds."""
    articles = documents.articles
    bags = {
        path: Counter([*telling_words(a.title)] * 2 + [*telling_words(a.summary)])
        for path, a in articles.items()
    }
    counts = Counter(word for bag in bags.values() for word in bag)
    vectors = {}
    for path, bag in bags.items():
        weights = {word: n * math.log(len(bags) / counts[word]) for word, n in bag.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1
        vectors[path] = {word: weight / length for word, weight in sorted(weights.items())}

    def score(path: str, other: str) -> float:
        apart = articles[path].published - articles[other].published
        if within is not None and abs(apart.total_seconds()) > within:
            return 0
        value = sum(w * vectors[other].get(word, 0) for word, w in vectors[path].items())
        return value if value >= least else 0

    return _ranking(bags, score)


def _ranking(paths: Iterable[str], score: Callable[[str, str], float]) -> Ranking:
    """Rank all others by a score, without those that have none."""
    known = sorted(paths)

    def ranking(path: str) -> list[str]:
        scores = {other: score(path, other) for other in known if other != path}
        return sorted((other for other in known if scores.get(other)), key=lambda o: -scores[o])

    return ranking


def main(folder: Path) -> int:
    """Print what each method reaches, and fail where ours is below the bar."""
    documents = load(folder)
    methods = {
        "BM25 over titles": okapi(documents),
        "TF-IDF, title twice + excerpt": cosine(documents),
        "the same within 168 hours": cosine(documents, within=WEEK),
        "the same with a threshold of 0.12": cosine(documents, within=WEEK, least=0.12),
        "ours": ours(documents),
    }
    lines = [
        f"{len(documents.lists)} lists, a pool of {len(documents.articles)} documents",
        f"{'method':<36}recall@{MOST}  story precision@{MOST}",
    ]
    results = {name: measure(documents, ranking) for name, ranking in methods.items()}
    for name, (recall, precision) in results.items():
        lines.append(f"{name:<36}{recall:8.3f}  {precision:17.3f}")
    reached = all(value >= bar for value, bar in zip(results["ours"], BAR, strict=True))
    lines.append(f"bar: {BAR[0]} and {BAR[1]}: {'reached' if reached else 'MISSED'}\n")
    sys.stdout.write("\n".join(lines))
    return 0 if reached else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
