"""URLs of channels: given once, never shared, and the same again from an empty catalog."""

from collections.abc import Iterable, Iterator, Mapping

from feeds.config.types import Topic
from feeds.model import ChannelRow
from feeds.text.slugs import distinct_slug, fold, slug


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
