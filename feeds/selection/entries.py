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
    Provider,
    RelatedItem,
    Source,
    StoredArticle,
)
from feeds.selection.taxonomy import Taxonomy
from feeds.text.dates import rfc3339
from feeds.text.markup import escape_attribute, escape_text


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
        article = stored.article
        domain = article.provider.domain
        provider = self.provider_names.get(domain, article.provider.name)
        settings = self.providers.get(domain)
        return Entry(
            id=stored.id,
            title=article.title,
            url=article.url,
            published=article.published,
            updated=max(stored.updated, article.published),
            summary=article.summary,
            content=self._content(article),
            authors=article.authors or (provider,),
            source=Source(f"https://{domain}/", provider),
            categories=tuple(
                Category(self.topic_labels.get(key, key), self.scheme)
                for key in self.taxonomy.categories(article)
            ),
            images=article.images,
            links=tuple(self._links(article)),
            language=article.language or (settings.language if settings else None),
        )

    def _links(self, article: Article) -> Iterator[Link]:
        for item in article.related:
            yield Link("related", item.url, item.title, "text/html")
        if article.original_url:
            yield Link("via", article.original_url, "", "text/html")

    def _content(self, article: Article) -> str:
        """Compose what readers show: the body, or else image and excerpt, then coverage."""
        parts = [article.content] if article.content else list(_lead(article))
        if article.related:
            parts.append("<h2>Related coverage</h2>")
            items = "".join(f"<li>{self._related(item)}</li>" for item in article.related)
            parts.append(f"<ul>{items}</ul>")
        return "\n".join(parts)

    def _related(self, item: RelatedItem) -> str:
        link = f'<a href="{escape_attribute(item.url)}">{escape_text(item.title)}</a>'
        notes = []
        if item.provider:
            notes.append(escape_text(self._name_elsewhere(item.provider)))
        if item.published:
            day = item.published.date().isoformat()
            notes.append(f'<time datetime="{rfc3339(item.published)}">{day}</time>')
        return f"{link} ({', '.join(notes)})" if notes else link

    def _name_elsewhere(self, provider: Provider) -> str:
        """Give the name of who published coverage: the configured one, else the document's.

        What other documents say does not count here: an entry would change with them.
        """
        settings = self.providers.get(provider.domain)
        return (settings and settings.name) or provider.name


def _lead(article: Article) -> Iterator[str]:
    if article.images:
        yield f"<p>{_image(article.images[0])}</p>"
    if article.summary:
        yield f"<p>{escape_text(article.summary)}</p>"


def _image(image: Image) -> str:
    size = "".join(
        f' {name}="{value}"'
        for name, value in (("width", image.width), ("height", image.height))
        if value
    )
    source, alternative = escape_attribute(image.url), escape_attribute(image.alternative)
    return f'<img src="{source}" alt="{alternative}"{size}>'
