"""What feeds of the best articles say: of themselves, and in digests of each period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from feeds.model import (
    Channel,
    Digest,
    DigestItem,
    Entry,
    Feed,
    Frequency,
    Source,
    StoredArticle,
    replace,
)
from feeds.selection.periods import Period
from feeds.selection.stems import folder
from feeds.selection.stories import more_sources
from feeds.text.clean import shorten
from feeds.text.dates import rfc3339
from feeds.text.markup import element, escape_text

_EXCERPT = 300
_NAMED = 3
_OF_A_DAY = {"daily": "day by day", "weekly": "week by week"}


@dataclass(frozen=True, slots=True)
class BestNaming:
    """Says where feeds of the best are, and what they say; `suffixes` are those of all formats.

    Where they have no pages, they lead to that of the channel's feed. Topics have `tops` or not.
    """

    suffixes: Sequence[str]
    have_pages: bool = False
    has_tops: bool = False

    def top_stem(self, stem: str) -> str:
        """Give the stem of the week's best, from that of the channel; both may be addresses."""
        return f"{folder(stem, self.suffixes)}/top"

    def digest_stem(self, stem: str, frequency: Frequency) -> str:
        """Give the stem of a digest, from that of the channel; both may be addresses."""
        return f"{folder(stem, self.suffixes)}/{frequency}"

    def besides(self, channel: Channel) -> Iterator[tuple[str, str]]:
        """Give what there is of a channel besides its feed: what it is, and its stem."""
        if self.has_tops and channel.kind == "topic":
            yield "Best of the week", self.top_stem(channel.stem)
        if channel.digest:
            yield (
                f"{channel.digest} digest".capitalize(),
                self.digest_stem(channel.stem, channel.digest),
            )

    def top(self, feed: Feed, channel: Channel) -> Feed:
        """Give what the best of the week says, from what the channel's feed does.

        No day is named, since nothing else may have changed on the next one.
        """
        stem_url = self.top_stem(feed.stem_url)
        return replace(
            feed,
            id=f"{feed.id}/top",
            title=top_title(feed.title),
            description=f"The best articles about {channel.title} of the last seven days",
            url=self._page(stem_url) or feed.url,
            stem_url=stem_url,
        )

    def digest(self, feed: Feed, channel: Channel, frequency: Frequency) -> Feed:
        """Give what a digest says, from what the channel's feed does."""
        stem_url = self.digest_stem(feed.stem_url, frequency)
        return replace(
            feed,
            id=f"{feed.id}/{frequency}",
            title=digest_title(feed.title, frequency),
            description=digest_description(channel.title, frequency),
            url=self._page(stem_url) or feed.url,
            stem_url=stem_url,
        )

    def _page(self, stem: str) -> str:
        return f"{folder(stem, self.suffixes)}/" if self.have_pages else ""


def top_title(title: str) -> str:
    """Call the best of the week by the title of its topic or of the topic's feed."""
    return f"{title} – best of the week"  # noqa: RUF001


def digest_title(title: str, frequency: Frequency) -> str:
    """Call a digest by the title of its channel or of the channel's feed."""
    return f"{title} – {frequency} digest"  # noqa: RUF001


def digest_description(title: str, frequency: Frequency) -> str:
    """Say in one line what a digest has, from its channel's title."""
    return f"The best of {title}, {_OF_A_DAY[frequency]}"


def digest_item(stored: StoredArticle, provider: str) -> DigestItem:
    """Give what a digest says of an article, under the name that its provider has."""
    article = stored.article
    return DigestItem(
        id=stored.id,
        path=article.path,
        title=article.title,
        url=article.url,
        provider=provider,
        published=article.published,
        excerpt=shorten(article.summary, _EXCERPT),
        sources=len(stored.story.sources) if stored.story else 0,
    )


def make_digest(feed_id: str, period: Period, title: str, items: Sequence[DigestItem]) -> Digest:
    """Make the digest of a period that has ended; `title` is the channel's."""
    return Digest(
        id=f"{feed_id}/{period.name}",
        title=f"{title}, {period.title}",
        published=period.end,
        items=tuple(items),
    )


def digest_entry(digest: Digest, feed: Feed, site: Source) -> Entry:
    """Make the entry of a digest in its feed.

    What it says of itself is what was kept; only its author and its page are those of the feed.
    """
    return Entry(
        id=digest.id,
        title=digest.title,
        url=feed.url,
        published=digest.published,
        updated=digest.published,
        summary=_summary(digest.items),
        content=element("ol", "".join(map(_listed, digest.items))),
        authors=(feed.author,),
        source=site,
        is_list=True,
    )


def _summary(items: Sequence[DigestItem]) -> str:
    """Name the first few articles, and count the others."""
    named = [item.title for item in items[:_NAMED]]
    more = [f"and {len(items) - _NAMED} more"] if len(items) > _NAMED else []
    return "; ".join([*named, *more])


def _listed(item: DigestItem) -> str:
    link = element("a", escape_text(item.title), href=item.url)
    day = element("time", item.published.date().isoformat(), datetime=rfc3339(item.published))
    excerpt = element("p", escape_text(item.excerpt)) if item.excerpt else ""
    more = f" and {more_sources(item.sources)}" if item.sources else ""
    return element("li", f"{link} ({escape_text(item.provider)}, {day}){more}{excerpt}")
