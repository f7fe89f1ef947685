"""How well articles are gathered into stories, as editors' lists tell which belong together.

Usage: python tests/bench/stories.py DIRECTORY

The directory is that of `related.py`. Articles that lists join, in either direction, are one
story; what is unrelated is in none. Stories are made from the articles alone, and then with the
lists, and two articles that are in one story are right if editors have them in one, too.
"""

import sys
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

from related import Documents, load

from feeds.model import Article, Provider, RelatedItem, replace
from feeds.selection import events
from feeds.selection.profiles import Profile, profile
from feeds.selection.stories import Member, divide
from feeds.text.slugs import fold

BAR = (0.95, 0.65)
# What the constants of the comparison might have been besides.
OTHERS = {
    "_NEAR": (86_400, 3 * 86_400),
    "_SHARE_OF_TITLE": (0.2, 0.3),
    "_WORDS_IN_COMMON": (2, 4),
    "_LIKENESS": (0.3, 0.4),
}

Pair = frozenset[str]


def profiles(documents: Documents, *, with_lists: bool) -> list[Profile]:
    """Make the profiles of all documents; whose provider is not known has one of its own."""
    found = []
    for path, article in documents.articles.items():
        known = article.provider.domain or path
        told = replace(article, provider=Provider(known, known))
        if with_lists:
            listed = [documents.articles[other] for other in documents.lists.get(path, ())]
            told = replace(told, related=tuple(map(_item, listed)))
        found.append(profile(told, map(fold, article.topics)))
    return found


def _item(article: Article) -> RelatedItem:
    return RelatedItem(article.url, article.title)


def stories(items: list[Profile]) -> list[list[str]]:
    """Give the stories of several articles, by their paths."""
    keys = {item.path: key for key, item in enumerate(items)}
    ties = events.ties(items, items)
    pairs = {(keys[one], keys[other]) for one, others in ties.items() for other in others}
    members = [Member(keys[item.path], item.path, item.published, None) for item in items]
    found = divide(members, pairs)
    return [[member.id for member in story] for story in found if len(story) > 1]


def together(groups: Iterable[Iterable[str]]) -> set[Pair]:
    """Give all pairs of articles that are in one group."""
    return {frozenset(pair) for group in groups for pair in combinations(sorted(group), 2)}


def line(name: str, found: list[list[str]], right: set[Pair], groups: Mapping[str, str]) -> str:
    """Say in one line what was found and how much of it is right."""
    precision, recall = rates(found, right)
    pure = sum(len({groups[path] for path in story}) == 1 for story in found)
    return (
        f"{name:<36}{len(found):8}{sum(map(len, found)):10}{pure:7}{precision:11.3f}{recall:9.3f}"
    )


def rates(found: list[list[str]], right: set[Pair]) -> tuple[float, float]:
    """Give the precision and the recall of pairs."""
    pairs = together(found)
    return len(pairs & right) / max(1, len(pairs)), len(pairs & right) / len(right)


def main(folder: Path) -> int:
    """Print what was found, and fail where it is below the bar."""
    documents = load(folder)
    groups = documents.stories()
    by_group: dict[str, list[str]] = {}
    for path, group in groups.items():
        by_group.setdefault(group, []).append(path)
    right = together(by_group.values())
    told = sum(len(paths) > 1 for paths in by_group.values())
    alone, listing = (profiles(documents, with_lists=given) for given in (False, True))
    found = stories(alone)
    lines = [
        f"{len(alone)} documents, of which editors have {told} stories ({len(right)} pairs)",
        f"{'':<36}{'stories':>8}{'articles':>10}{'pure':>7}{'precision':>11}{'recall':>9}",
        line("from the articles alone", found, right, groups),
        line("with the lists", stories(listing), right, groups),
    ]
    for name, values in OTHERS.items():
        usual = getattr(events, name)
        for value in values:
            setattr(events, name, value)
            lines.append(line(f"alone, {name} = {value}", stories(alone), right, groups))
        setattr(events, name, usual)
    results = rates(found, right)
    reached = all(value >= bar for value, bar in zip(results, BAR, strict=True))
    lines.append(f"bar: {BAR[0]} and {BAR[1]}: {'reached' if reached else 'MISSED'}\n")
    sys.stdout.write("\n".join(lines))
    return 0 if reached else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
