"""Articles gathered into stories, anew only where what ties them may be other than it was."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from feeds.catalog import Catalog, Teller
from feeds.selection.stories import Member, divide, name_stories


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of stories.

    `regrouped` are the articles, by key, whose story has another id, or other articles, than
    before; `shrunk` are the ids of stories that lost an article.
    """

    regrouped: set[int] = field(default_factory=set)
    shrunk: set[str] = field(default_factory=set)


def gather(
    catalog: Catalog, authority: str, newcomers: Collection[int], changed: Iterable[int] | None
) -> Gathered:
    """Gather articles into stories.

    `newcomers` were not shown before, `changed` came, changed, went or are tied to others now,
    all by key; None has all stories made anew.
    """
    stories = catalog.stories
    keys = stories.around(stories.all() if changed is None else changed)
    tellers = stories.tellers(keys)
    shown = [teller for teller in tellers if teller.is_shown]
    divided = divide(
        (_member(teller, is_new=teller.key in newcomers) for teller in shown),
        stories.ties_among(keys),
    )
    candidates = {name for teller in tellers for name in (teller.id, teller.last_story) if name}
    names = name_stories(divided, stories.taken(keys, candidates).has, authority)
    now = {
        member.key: name
        for name, story in zip(names, divided, strict=True)
        for member in story
        if len(story) > 1 or name != member.id
    }
    stories.keep(
        {item.key: now.get(item.key) for item in tellers if item.story != now.get(item.key)},
        _last(shown, now),
    )
    return _changes(tellers, now)


def _member(teller: Teller, *, is_new: bool) -> Member:
    held = teller.last_story or (None if is_new else teller.id)
    return Member(teller.key, teller.id, teller.published, held)


def _last(shown: Iterable[Teller], now: Mapping[int, str]) -> dict[str, str | None]:
    """Give what the ledger is to say of articles, where it says something else."""
    found: dict[str, str | None] = {}
    for teller in shown:
        story = now.get(teller.key)
        last = None if story == teller.id else story
        if last != teller.last_story:
            found[teller.id] = last
    return found


def _changes(tellers: Sequence[Teller], now: Mapping[int, str]) -> Gathered:
    before: dict[str, set[int]] = {}
    after: dict[str, set[int]] = {}
    for teller in tellers:
        if teller.story:
            before.setdefault(teller.story, set()).add(teller.key)
        if story := now.get(teller.key):
            after.setdefault(story, set()).add(teller.key)
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return Gathered(
        regrouped={
            key for stories in (before, after) for name in names for key in stories.get(name, ())
        },
        shrunk={name for name in names if before.get(name, set()) - after.get(name, set())},
    )
