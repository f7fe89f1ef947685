"""The configuration as frozen types; its JSON Schema and its checks are made from them.

Importing this costs nothing: pydantic is loaded by `feeds.config.load` when a file is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who answers for the feeds."""

    name: str
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The publication as a whole: what its feeds say of themselves and where they are."""

    title: str = "Feeds"
    """The publication's name; every feed's title begins with it."""

    description: str = ""
    """One sentence about the publication."""

    base_url: str = "http://127.0.0.1:8000"
    """The absolute URL under which the output is served; the only source of our own URLs."""

    id_authority: str | None = None
    """A domain of yours and a year in which it was yours, such as `example.org,2026`, from
    which the ids of entries and feeds are made for good (RFC 4151). Without it, the host of
    `base_url` is used, and ids would change with the host."""

    language: str | None = None
    """The language of the publication as a BCP 47 tag, such as `en` or `pt-BR`."""

    author: Author | None = None
    """Who answers for the feeds; without it, the site's title stands in."""

    @property
    def root(self) -> str:
        """The base URL without a slash at its end, ready to be joined with `/` and a path."""
        return self.base_url.rstrip("/")

    @property
    def authority(self) -> str:
        """The tagging entity of our `tag:` URIs: an authority name, a comma and a date."""
        name = self.id_authority or urlsplit(self.base_url).hostname or "localhost"
        return name if "," in name else f"{name},2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusSource:
    """A directory of documents."""

    path: Path
    """The directory, relative to the configuration file."""

    name: str | None = None
    """What the paths of its documents begin with when there are several; never change it,
    ids are made from those paths. Default: nothing for the first, the directory's name for
    the others."""

    dialect: str | None = None
    """The dialect of all its documents; without it, each document's own keys decide."""

    base_url: str | None = None
    """The absolute URL against which relative links in its documents are resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is known of a topic beyond the documents; its key in the file is its slug."""

    label: str
    """The name that people see."""

    aliases: tuple[str, ...] = ()
    """Other labels in the documents that mean this topic."""

    parent: str | None = None
    """The slug of a wider topic, whose feeds then include this one's articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What is known of a provider beyond the documents; its key in the file is its domain."""

    name: str | None = None
    """The name that people see, whatever the documents say."""

    language: str | None = None
    """The language of its articles as a BCP 47 tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """A lower bound."""

    min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Conditions that all must hold; of several values for one key, any may."""

    topic: tuple[str, ...] = ()
    """Slugs or labels of topics."""

    provider: tuple[str, ...] = ()
    """Domains of providers."""

    category: tuple[str, ...] = ()
    """Values of a document's category."""

    language: tuple[str, ...] = ()
    """BCP 47 tags."""

    type: tuple[str, ...] = ()
    """Kinds of articles, such as `article` or `video`."""

    quality: Minimum | None = None
    """The least quality."""

    heat: Minimum | None = None
    """The least heat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFeed:
    """A feed of the articles that meet conditions; its key in the file is its name."""

    title: str
    """The name that people see."""

    where: Where
    """Which articles it has."""

    description: str = ""
    """One sentence about the feed."""

    limit: int | None = None
    """How many entries at most; without it, the limit of all feeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload:
    """When the corpus is read again."""

    every: int = 300
    """Seconds between the beginnings of two refreshes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the server listens, and how long its answers stay fresh."""

    host: str = "127.0.0.1"
    """The address to listen on."""

    port: int = 8000
    """The port to listen on."""

    max_age: int = 300
    """Seconds for which a cache may use a feed without asking again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a document may be before it is refused."""

    file_bytes: int = 1024 * 1024
    front_matter_bytes: int = 64 * 1024
    depth: int = 20
    nodes: int = 20_000
    title_characters: int = 1_000
    topics: int = 50
    related: int = 50
    url_characters: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """All that can be configured; every path in it is absolute once it is loaded."""

    site: Site = field(default_factory=Site)
    """The publication as a whole."""

    corpus: tuple[CorpusSource, ...] = ()
    """Where the documents are."""

    output: Path = Path("output")
    """The directory that is published; it holds nothing else."""

    state: Path | None = None
    """The directory of the catalog; never inside `output`. Default: `output` with `.state`
    at its end."""

    limit: int = 50
    """How many entries a feed has at most."""

    time_zone: str = "UTC"
    """The IANA zone of dates that name none."""

    topics: Mapping[str, Topic] = field(default_factory=dict)
    """Slug → what is known of the topic."""

    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)
    """Domain → what is known of the provider."""

    feeds: Mapping[str, RuleFeed] = field(default_factory=dict)
    """Name → a feed by conditions."""

    reload: Reload = field(default_factory=Reload)
    """When the corpus is read again."""

    server: Server = field(default_factory=Server)
    """Where the server listens."""

    limits: Limits = field(default_factory=Limits)
    """How large a document may be."""
