"""An article to the entry that feeds carry, in no format yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from feeds.config.types import ProviderSettings
from feeds.model import (
    Article,
    Category,
    Entry,
    Image,
    Link,
    Person,
    Provider,
    Reference,
    Source,
    StoredArticle,
)
from feeds.selection.stories import more_sources
from feeds.selection.taxonomy import Taxonomy
from feeds.text.dates import rfc3339
from feeds.text.markup import element, escape_attribute, escape_text

# As much of a date by RFC 3339 as names the day.
_DAY = len("2026-10-01")
_NO_SETTINGS = ProviderSettings()


@dataclass(frozen=True, slots=True)
class EntryMaker:
    """Makes entries; holds the names that the catalog and the configuration give.

    `provider_names` is by domain, `topic_labels` by the topic's key, and `scheme` the IRI
    that says whose topics they are.
    """

    taxonomy: Taxonomy
    provider_names: Mapping[str, str]
    topic_labels: Mapping[str, str]
    providers: Mapping[str, ProviderSettings]
    scheme: str

    def entry(self, stored: StoredArticle) -> Entry:
        """Make the entry of an article."""
        return self._entry(stored, _content(stored.article))

    def brief_entry(self, stored: StoredArticle) -> Entry:
        """Make the entry of an article whose text is too long for a feed."""
        return self._entry(stored, _lead(stored.article))

    def _entry(self, stored: StoredArticle, content: str) -> Entry:
        article = stored.article
        domain = article.provider.domain
        settings = self._settings(domain)
        provider = self._name(article.provider)
        return Entry(
            id=stored.entry_id,
            title=article.title,
            url=article.url,
            published=stored.entry_published,
            updated=stored.entry_updated,
            summary=article.summary,
            content=content + self._sources(stored) + self._coverage(stored),
            authors=article.authors or (Person(provider),),
            source=Source(f"https://{domain}/", provider),
            categories=tuple(
                Category(self.topic_labels.get(key, key), self.scheme)
                for key in self.taxonomy.categories(article)
            ),
            images=article.images,
            enclosures=article.enclosures,
            player=article.player,
            links=tuple(self._links(stored)),
            rights=article.rights or settings.rights,
            language=article.language or settings.language,
        )

    def _links(self, stored: StoredArticle) -> Iterator[Link]:
        for item in (reference.item for reference in (*_sources(stored), *_coverage(stored))):
            language = item.language
            if item.provider:
                language = language or self._settings(item.provider.domain).language
            yield Link("related", item.url, item.title, "text/html", language)
        if stored.article.original_url:
            yield Link("via", stored.article.original_url, "", "text/html")

    def _sources(self, stored: StoredArticle) -> str:
        """Write for readers which other articles are on the story."""
        sources = _sources(stored)
        return self._list(more_sources(len(sources)), sources)

    def _coverage(self, stored: StoredArticle) -> str:
        """Write for readers what else covers the same."""
        return self._list("Related coverage", _coverage(stored))

    def _list(self, heading: str, references: tuple[Reference, ...]) -> str:
        if not references:
            return ""
        items = "".join(f"<li>{self._related(reference)}</li>" for reference in references)
        return f"\n<h2>{heading}</h2>\n<ul>{items}</ul>"

    def _related(self, reference: Reference) -> str:
        item = reference.item
        link = f'<a href="{escape_attribute(item.url)}">{escape_text(item.title)}</a>'
        notes = []
        if item.provider:
            named = self._name if reference.is_published else self._name_elsewhere
            notes.append(escape_text(named(item.provider)))
        if item.published:
            moment = rfc3339(item.published)
            notes.append(f'<time datetime="{moment}">{moment[:_DAY]}</time>')
        return f"{link} ({', '.join(notes)})" if notes else link

    def _name(self, provider: Provider) -> str:
        """Give a provider's name: the one that its articles have."""
        return self.provider_names.get(provider.domain) or self._name_elsewhere(provider)

    def _name_elsewhere(self, provider: Provider) -> str:
        """Give the name of who published what is not ours: as configured, else as it is listed.

        What other documents say does not count here: an entry would change with them.
        """
        return self._settings(provider.domain).name or provider.name

    def _settings(self, domain: str) -> ProviderSettings:
        return self.providers.get(domain, _NO_SETTINGS)


def _sources(stored: StoredArticle) -> tuple[Reference, ...]:
    return stored.story.sources if stored.story else ()


def _coverage(stored: StoredArticle) -> tuple[Reference, ...]:
    """Give what covers the same and is not on the story for which the article stands."""
    told = {source.path for source in _sources(stored)}
    return tuple(item for item in stored.coverage if item.path is None or item.path not in told)


def _content(article: Article) -> str:
    """Compose what readers show: the body under its video, or else image and excerpt."""
    if not article.content:
        return _lead(article)
    if article.player and escape_attribute(article.player) not in article.content:
        return f"{_picture(article)}\n{article.content}"
    return article.content


def _lead(article: Article) -> str:
    parts = [_picture(article)]
    if article.summary:
        parts.append(element("p", escape_text(article.summary)))
    return "\n".join(filter(None, parts))


def _picture(article: Article) -> str:
    """Show the first image, and where there is a video, lead to it."""
    shown = _image(article.images[0]) if article.images else ""
    if article.player:
        shown = element("a", shown or escape_text(article.title), href=article.player)
    return element("p", shown) if shown else ""


def _image(image: Image) -> str:
    sizes = (("width", image.width), ("height", image.height))
    known = {name: str(value) for name, value in sizes if value}
    return element("img", src=image.url, alt=image.alternative, **known)
