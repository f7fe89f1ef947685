"""What the publication says of itself, and where it is."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from feeds.config.kinds import (
    Authority,
    BaseUrl,
    EmailAddress,
    Example,
    Language,
    ListOrOne,
    Name,
    Prose,
    WebAddress,
)
from feeds.config.section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Author(Section):
    """Who answers for the feeds."""

    name: Annotated[Name, Example("Example Press")]
    """The name of a person or an organisation."""

    email: Annotated[EmailAddress | None, Example("desk@example.org")] = None
    """An address that readers may write to; RSS shows an author only with one."""

    url: Annotated[WebAddress | None, Example("https://example.org/about")] = None
    """The absolute URL of the author's own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Section):
    """The publication as a whole: what its feeds say of themselves and where they are."""

    title: Annotated[Name, Example("Example News")] = "Feeds"
    """The publication's name; every feed's title begins with it."""

    description: Annotated[Prose, Example("What the coast reads.")] = ""
    """One sentence about the publication."""

    base_url: Annotated[BaseUrl, Example("https://feeds.example.org")] = "http://127.0.0.1:8000"
    """The absolute URL under which the output is served; the only source of our own URLs."""

    id_authority: Annotated[Authority | None, Example("example.org,2026")] = None
    """A domain of yours and a date on which it was yours, such as `example.org,2026`, from
    which the ids of entries and feeds are made for good (RFC 4151). Without it, the host of
    `base_url` is used, and ids would change with the host."""

    language: Annotated[Language | None, Example("en")] = None
    """The language of the publication as a BCP 47 tag, such as `en` or `pt-BR`."""

    author: Author | None = None
    """Who answers for the feeds; without it, the site's title stands in."""

    rights: Annotated[Prose, Example("CC BY 4.0")] = ""
    """The rights held in the feeds, such as `© 2026 Example Press` or a licence."""

    icon: Annotated[WebAddress | None, Example("https://example.org/icon.png")] = None
    """The absolute URL of a small square picture that stands for the publication."""

    logo: Annotated[WebAddress | None, Example("https://example.org/logo.png")] = None
    """The absolute URL of a larger picture, twice as wide as it is high."""

    hubs: Annotated[tuple[WebAddress, ...], ListOrOne(), Example("https://hub.example.org/")] = ()
    """The absolute URLs of WebSub hubs that tell subscribers of changes, one or a list: feeds name
    them, and each is told which feeds have changed."""

    @property
    def root(self) -> str:
        """The base URL without a slash at its end, ready to be joined with `/` and a path."""
        return self.base_url.rstrip("/")

    @property
    def authority(self) -> str:
        """The tagging entity of our `tag:` URIs: an authority name, a comma and a date."""
        name = self.id_authority or urlsplit(self.base_url).hostname or "localhost"
        return name if "," in name else f"{name},2026"
