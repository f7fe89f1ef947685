"""URLs of channels: given once, never shared, and the same again from an empty catalog."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from feeds.config.types import Configuration, Topic
from feeds.model import ChannelRow
from feeds.selection.taxonomy import Taxonomy
from feeds.text.slugs import distinct_slug, fold, slug

_KINDS = frozenset({"topics", "providers", "feeds"})
_OF_THE_BEST = frozenset({"top", "daily", "weekly"})
# What is in the directory of a kind of channel, and of no channel's.
_OF_LISTS = "by"


def give_stems(channels: Iterable[ChannelRow], topics: Mapping[str, Topic]) -> dict[int, str]:
    """Give a stem to every channel that has none yet, by its key.

    A configured topic gets its configured slug. Of new topics with one slug, the one that
    the slug spells out (`c` for `C`, not for `C…`) gets it, then the one that sorts first;
    the others get a slug with a digest of their own.
    """
    channels = list(channels)
    taken = {channel.stem for channel in channels if channel.stem}
    configured = {fold(topic.label): name for name, topic in topics.items()}
    reserved = {f"topics/{name}" for name in topics}
    given: dict[int, str] = {}
    for channel in sorted((c for c in channels if c.stem is None), key=_precedence):
        own = configured.get(channel.name) if channel.kind == "topic" else None
        for stem in _candidates(channel, own):
            if stem not in taken and (stem not in reserved or stem == f"topics/{own}"):
                given[channel.key] = stem
                taken.add(stem)
                break
    return given


def page_stems(stem: str, pages: int, suffixes: Sequence[str]) -> tuple[str, ...]:
    """Give the stems of a feed's pages; that of the first is the feed's own."""
    below = folder(stem, suffixes)
    return stem, *(f"{below}/page/{number}" for number in range(2, pages + 1))


def folder(stem: str, suffixes: Sequence[str]) -> str:
    """Give the directory of all that belongs to a feed, from its stem or address without suffix.

    No directory is called what a file of another channel can be called: the pages of the
    provider `x.atom` are not below the Atom feed of the provider `x`, nor those of `x.atom.br`
    below the compressed file beside that feed.
    """
    plain = stem.removesuffix(".gz").removesuffix(".br")
    return f"{stem}_" if plain.endswith(tuple(suffixes)) else stem


def stem_of(path: str, suffixes: Sequence[str]) -> str | None:
    """Give the stem of the channel to which the resource at a path belongs; None for no channel's.

    `suffixes` are those of all formats of feeds. A path below the directory of a channel is one
    of that channel's, whatever it is.
    """
    kind, *rest = path.split("/")
    if not rest:
        return "all" if _without(kind, suffixes) == "all" else None
    if kind == "all":
        return kind
    if kind not in _KINDS or rest[0] == _OF_LISTS:
        return None
    own = rest[0].removesuffix("_") if len(rest) > 1 else _without(rest[0], suffixes)
    return None if len(rest) == 1 and own == rest[0] else f"{kind}/{own}"


def stem_patterns(suffixes: Sequence[str]) -> tuple[str, str]:
    """Give what says the same as `stem_of` to who reads regular expressions only.

    Both match what comes after the publication's own path and its slash. The first group of the
    one is the stem, but where the other matches, which is where lists are.
    """
    kinds, ends = "|".join(sorted(_KINDS)), "|".join(map(re.escape, suffixes))
    of_channel = f"(all|(?:{kinds})/[^/]+?)(?:_?/.*|{ends})$"
    return of_channel, f"(?:{kinds})/{_OF_LISTS}/"


def page_folder(path: str, suffixes: Sequence[str]) -> str | None:
    """Give the directory of the page that people see of what is under a path; None without one.

    A channel's feed has one, and so have the feeds of its best; all else that belongs to a
    channel leads to its feed's. A stem is `all`, or has two parts: what kind of channel it is,
    and its own.
    """
    kind, *rest = path.split("/")
    if kind.partition(".")[0] == "all":
        own = kind
    elif kind in _KINDS and rest and rest[0]:
        own = f"{kind}/{rest.pop(0)}"
    else:
        return None
    if not rest:
        return folder(_without(own, suffixes), suffixes)
    name = _without(rest[0], suffixes)
    return f"{own}/{name}" if len(rest) == 1 and name in _OF_THE_BEST else own


def _without(name: str, suffixes: Sequence[str]) -> str:
    return name.removesuffix(next(filter(name.endswith, suffixes), ""))


def renamed_topics(
    channels: Iterable[ChannelRow],
    first_names: Mapping[int, str],
    topics: Mapping[str, Topic],
    qualifiers: Sequence[str] = (),
) -> dict[int, str]:
    """Find the channels that go on under another name, by key.

    Where a topic is configured under the slug that a channel has, and that channel's name is
    an alias of it or it with a qualifier, it is the same topic under a better label, so its
    URLs stay its own. A channel that is no longer meant by its first name, the one documents
    say, goes by that again.
    """
    channels = [channel for channel in channels if channel.kind == "topic"]
    meant = Taxonomy(Configuration(topics=topics, qualifiers=tuple(qualifiers))).key
    names = {channel.key: channel.name for channel in channels}
    for key, first_name in first_names.items():
        if meant(first_name) != names[key] and first_name not in names.values():
            names[key] = first_name
    at_stem = {channel.stem: channel.key for channel in channels}
    for slug_of_topic, topic in topics.items():
        found, name = at_stem.get(f"topics/{slug_of_topic}"), fold(topic.label)
        if found and meant(names[found]) == name and name not in names.values():
            names[found] = name
    return {
        channel.key: names[channel.key]
        for channel in channels
        if names[channel.key] != channel.name
    }


def _precedence(channel: ChannelRow) -> tuple[bool, str]:
    return slug(channel.name).replace("-", " ") != channel.name.replace("-", " "), channel.name


def _candidates(channel: ChannelRow, configured: str | None) -> Iterator[str]:
    if channel.kind == "all":
        yield "all"
    elif channel.kind == "provider":
        yield f"providers/{channel.name}"
    elif channel.kind == "rule":
        yield f"feeds/{channel.name}"
    else:
        if configured:
            yield f"topics/{configured}"
        yield f"topics/{slug(channel.name)}"
        yield f"topics/{distinct_slug(channel.name)}"
