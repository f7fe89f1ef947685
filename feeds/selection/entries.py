"""An article to the entry that feeds carry, in no format yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

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


class _Named(NamedTuple):
    """What the entries of a provider have in common."""

    source: Source
    authors: tuple[Person]
    rights: str
    language: str | None


@dataclass(frozen=True, slots=True)
class EntryMaker:
    """Makes entries; holds the names that the catalog and the configuration give.

    `provider_names` is by domain, `topic_labels` and `topic_pages` by the topic's key, and
    `scheme` the IRI that says whose topics they are.
    """

    taxonomy: Taxonomy
    provider_names: Mapping[str, str]
    topic_labels: Mapping[str, str]
    providers: Mapping[str, ProviderSettings]
    scheme: str
    topic_pages: Mapping[str, str] = field(default_factory=dict)
    # What was found out of topics and of providers, since many entries ask for the same.
    _categories: dict[str, Category] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _named: dict[tuple[str, str], _Named] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _escaped: dict[tuple[str, str, bool], str] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def entry(self, stored: StoredArticle) -> Entry:
        """Make the entry of an article."""
        return self._entry(stored, _content(stored.article))

    def brief_entry(self, stored: StoredArticle) -> Entry:
        """Make the entry of an article whose text is too long for a feed."""
        return self._entry(stored, _lead(stored.article))

    def _entry(self, stored: StoredArticle, content: str) -> Entry:
        article = stored.article
        named = self._of_provider(article.provider)
        sources = stored.story.sources if stored.story else ()
        coverage = _coverage(stored.coverage, sources)
        more = (more_sources(len(sources)), self._list(sources)) if sources else None
        if more:
            content += _section(*more)
        if coverage:
            content += _section("Related coverage", self._list(coverage))
        return Entry(
            id=stored.entry_id,
            title=article.title,
            url=article.url,
            published=stored.entry_published,
            updated=stored.entry_updated,
            summary=article.summary,
            content=content,
            authors=article.authors or named.authors,
            source=named.source,
            categories=tuple(map(self._category, self.taxonomy.categories(article))),
            images=article.images,
            enclosures=article.enclosures,
            player=article.player,
            links=self._links(article, (*sources, *coverage)),
            rights=article.rights or named.rights,
            language=article.language or named.language,
            sources=more,
        )

    def _category(self, key: str) -> Category:
        known = self._categories.get(key)
        if known is None:
            label, page = self.topic_labels.get(key, key), self.topic_pages.get(key, "")
            known = Category(label, self.scheme, page)
            self._categories[key] = known
        return known

    def _of_provider(self, provider: Provider) -> _Named:
        known = self._named.get((provider.domain, provider.name))
        if known is None:
            name, settings = self._name(provider), self._settings(provider.domain)
            source = Source(f"https://{provider.domain}/", name)
            known = _Named(source, (Person(name),), settings.rights, settings.language)
            self._named[provider.domain, provider.name] = known
        return known

    def _links(self, article: Article, references: Iterable[Reference]) -> tuple[Link, ...]:
        links: list[Link] = []
        for reference in references:
            item = reference.item
            language = item.language
            if not language and item.provider:
                language = self._settings(item.provider.domain).language
            links.append(Link("related", item.url, item.title, "text/html", language))
        if article.original_url:
            links.append(Link("via", article.original_url, "", "text/html"))
        return tuple(links)

    def _list(self, references: Iterable[Reference]) -> str:
        """Write for readers which other articles there are."""
        items = "".join([f"<li>{self._related(reference)}</li>" for reference in references])
        return f"<ul>{items}</ul>"

    def _related(self, reference: Reference) -> str:
        item = reference.item
        link = f'<a href="{escape_attribute(item.url)}">{escape_text(item.title)}</a>'
        notes = []
        if item.provider:
            notes.append(self._escaped_name(item.provider, is_ours=reference.is_published))
        if item.published:
            moment = rfc3339(item.published)
            notes.append(f'<time datetime="{moment}">{moment[:_DAY]}</time>')
        return f"{link} ({', '.join(notes)})" if notes else link

    def _escaped_name(self, provider: Provider, *, is_ours: bool) -> str:
        key = provider.domain, provider.name, is_ours
        known = self._escaped.get(key)
        if known is None:
            named = self._name if is_ours else self._name_elsewhere
            known = self._escaped[key] = escape_text(named(provider))
        return known

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


def _coverage(
    coverage: tuple[Reference, ...], sources: tuple[Reference, ...]
) -> tuple[Reference, ...]:
    """Give what covers the same and is not on the story for which the article stands."""
    if not sources:
        return coverage
    told = {source.path for source in sources}
    return tuple(item for item in coverage if item.path is None or item.path not in told)


def _section(heading: str, items: str) -> str:
    return f"\n<h2>{heading}</h2>\n{items}"


def _content(article: Article) -> str:
    """Compose what readers show: the body under its video, or else image and excerpt."""
    if not article.content:
        return _lead(article)
    if article.player and escape_attribute(article.player) not in article.content:
        return f"{_picture(article)}\n{article.content}"
    return article.content


def _lead(article: Article) -> str:
    picture = _picture(article)
    if not article.summary:
        return picture
    excerpt = f"<p>{escape_text(article.summary)}</p>"
    return f"{picture}\n{excerpt}" if picture else excerpt


def _picture(article: Article) -> str:
    """Show the first image, and where there is a video, lead to it."""
    shown = _image(article.images[0]) if article.images else ""
    if article.player:
        shown = element("a", shown or escape_text(article.title), href=article.player)
    return element("p", shown) if shown else ""


def _image(image: Image) -> str:
    width = f' width="{image.width}"' if image.width else ""
    height = f' height="{image.height}"' if image.height else ""
    source, alternative = escape_attribute(image.url), escape_attribute(image.alternative)
    return f'<img src="{source}" alt="{alternative}"{width}{height}>'
