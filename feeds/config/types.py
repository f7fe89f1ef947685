"""The configuration as frozen types; its JSON Schema and its checks are made from them.

Importing this costs little: pydantic is loaded only when a schema is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from feeds.config.checks import FORMATS, HOSTS_OF_FILES, not_empty
from feeds.config.conditions import Condition
from feeds.config.corpus import CorpusSource, Limits
from feeds.config.freshness import Freshness
from feeds.config.html import Html
from feeds.config.kinds import (
    Anywhere,
    Checked,
    DigestFrequency,
    Domain,
    Example,
    FormatOfFeeds,
    HostOfFiles,
    KeptAt,
    Language,
    ListOrOne,
    Location,
    Name,
    Names,
    Order,
    OrTextFor,
    Prose,
    Qualifier,
    Reading,
    Slug,
    Switch,
    TimeZone,
    WholeNumber,
)
from feeds.config.moved import Moves
from feeds.config.purge import Purge
from feeds.config.reload import Reload
from feeds.config.section import Section
from feeds.config.server import Server
from feeds.config.site import Site
from feeds.config.state import State
from feeds.model import Database

MOST_ENTRIES = 100
"""More entries than this no feed may have: readers fetch all of them each time."""

Entries = Annotated[int, WholeNumber(1, MOST_ENTRIES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Section):
    """What is known of a topic beyond the documents; its key in the file is its slug."""

    label: Annotated[Name, Example("Wind Power")]
    """The name that people see."""

    aliases: Annotated[Names, Example(["Wind Energy"])] = ()
    """Other labels in the documents that mean this topic."""

    parent: Annotated[Slug | None, Example("energy")] = None
    """The slug of a wider topic, whose feeds then include this one's articles."""

    digest: DigestFrequency = None
    """How often a digest of the topic is made: `daily` or `weekly`; never without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings(Section):
    """What is known of a provider beyond the documents; its key in the file is its domain."""

    name: Annotated[Name | None, Example("Example Press")] = None
    """The name that people see, whatever the documents say."""

    language: Annotated[Language | None, Example("pt-BR")] = None
    """The language of its articles as a BCP 47 tag."""

    rights: Annotated[Prose, Example("© Example Press")] = ""
    """The rights held in its articles that name none themselves, and in its own feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFeed(Section):
    """A feed of the articles that meet conditions; its key in the file is its name."""

    title: Annotated[Name, Example("The best")]
    """The name that people see."""

    where: Condition
    """Which articles it has; at least one condition."""

    order: Order = "published"
    """What is first: the newest article (`published`), or what entered the feed last (`added`),
    however old it is."""

    description: Annotated[Prose, Example("What our editors would keep.")] = ""
    """One sentence about the feed."""

    limit: Annotated[Entries | None, Example(20)] = None
    """How many entries at most, from 1 to 100; without it, the limit of all feeds."""

    stories: Switch = False
    """Whether articles of several providers on one event are one entry."""

    digest: DigestFrequency = None
    """How often a digest of the feed is made: `daily` or `weekly`; never without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories(Section):
    """In which feeds articles of several providers on one event are one entry."""

    all: Switch = True
    """Whether they are in the feed of all articles."""

    topics: Switch = True
    """Whether they are in the feeds of topics."""

    providers: Switch = False
    """Whether they are in the feeds of providers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related(Section):
    """What else an entry names that covers the same."""

    limit: Annotated[int, WholeNumber(0, 20), Example(3)] = 5
    """How many related articles an entry names at most, from 0 to 20."""

    unpublished: Switch = False
    """Whether documents with `published: false` may be found and linked as related, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives(Section):
    """Which feeds have an archive of all their articles: an Atom document for each month."""

    all: Switch = True
    """Whether the feed of all articles has one."""

    topics: Switch = True
    """Whether the feeds of topics have them."""

    providers: Switch = True
    """Whether the feeds of providers have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Top(Section):
    """The feeds of the best articles of each topic in the last seven days."""

    entries: Annotated[int, WholeNumber(0, MOST_ENTRIES), Example(5)] = 10
    """How many articles they have at most, from 0 to 100; 0 publishes none of these feeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests(Section):
    """Feeds with one entry for each day or week, which lists the best articles of it."""

    all: DigestFrequency = None
    """How often a digest of all articles is made: `daily` or `weekly`; never without it."""

    entries: Annotated[Entries, Example(20)] = 10
    """How many articles an entry of any digest lists at most, from 1 to 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration(Section):
    """All that can be configured; every path in it is absolute once it is loaded."""

    site: Site = field(default_factory=Site)
    """The publication as a whole."""

    corpus: Annotated[
        tuple[Annotated[CorpusSource, OrTextFor("path")], ...],
        ListOrOne(),
        Example([{"path": "../articles"}]),
    ] = ()
    """Where the documents are."""

    keep_last_good: Switch = True
    """Whether a document that gets an error stays published as it was before, unless it says, or
    may say, that it is to be published no more."""

    output: Annotated[Anywhere, Example("../public")] = Path("output")
    """What is published: a directory, or a place in a bucket such as `s3://bucket/prefix`
    (`gs://`, `az://`), for which `feeds[scale]` is needed; it holds nothing else."""

    state: Annotated[Path | Database | None, KeptAt(), Example("/var/lib/feeds")] = None
    """The directory of the catalog, never inside `output`, or the URL of a database of PostgreSQL
    that many hosts share: `postgresql://user@host/name`. Its password comes from `PGPASSWORD` or
    `~/.pgpass`; `?schema=NAME` names a schema other than `feeds`. Default: `output` with `.state`
    at its end."""

    local: Annotated[Location | None, Example("/var/lib/feeds")] = None
    """The directory of what a host keeps for itself, such as how it was polled; never inside
    `output`. A database that has no catalog yet goes on with that of a `state` that was here
    until now. Default: `state` where that is a directory, else `output` with `.state` at its end,
    or `feeds.local` beside this file where neither is a directory."""

    reading: Reading = "here"
    """Who reads documents: processes of this machine (`here`), or `feeds worker` on any number of
    hosts (`workers`), for which `state` is a database and `feeds[scale]` is needed."""

    limit: Annotated[Entries, Example(30)] = 50
    """How many entries a feed has at most, from 1 to 100."""

    time_zone: Annotated[TimeZone, Example("Europe/Lisbon")] = "UTC"
    """The IANA zone of dates that name none."""

    pages: Annotated[int, WholeNumber(1, 20), Example(3)] = 1
    """How many pages a feed has at most, each of up to `limit` entries, from 1 to 20."""

    formats: Annotated[
        tuple[FormatOfFeeds, ...],
        ListOrOne(),
        Checked(not_empty, (("minItems", 1),)),
        Example(["atom", "rss"]),
    ] = FORMATS
    """The formats that feeds are in, one or a list: `atom`, `rss`, `json`. Archives are in Atom,
    so that without it there are none."""

    compressed: Switch = True
    """Whether feeds, their archives aside, have compressed files beside them, in gzip and, where
    it is installed, Brotli."""

    hosting: Annotated[tuple[HostOfFiles, ...], ListOrOne(), Example(["nginx"])] = HOSTS_OF_FILES
    """Which hosts of files the output carries the configuration of, one or a list: `redirects`
    and `headers` for Netlify and Cloudflare Pages, `nginx`, `caddy`; `[]` for none."""

    html: Html = field(default_factory=Html)
    """The pages that people see. Templates in `templates`, beside this file, stand for those of the
    program that have their names."""

    archives: Archives = field(default_factory=Archives)
    """Which feeds have an archive."""

    stories: Stories = field(default_factory=Stories)
    """In which feeds a story is one entry."""

    top: Top = field(default_factory=Top)
    """The feeds of the week's best articles of each topic."""

    digests: Digests = field(default_factory=Digests)
    """What there are digests of, besides topics and feeds by conditions that name one."""

    qualifiers: Annotated[tuple[Qualifier, ...], ListOrOne(), Example(["Example News"])] = ()
    """What stands before a colon in labels and is no part of the topic: with `Example News`
    here, `Example News: Genomics` is the topic `Genomics`."""

    topics: Annotated[
        Mapping[Slug, Topic],
        Example({"energy": {"label": "Energy"}, "wind-power": {"label": "Wind Power"}}),
    ] = field(default_factory=dict)
    """Slug → what is known of the topic."""

    providers: Annotated[
        Mapping[Domain, ProviderSettings], Example({"example.org": {"name": "Example Press"}})
    ] = field(default_factory=dict)
    """Domain → what is known of the provider."""

    feeds: Annotated[
        Mapping[Slug, RuleFeed],
        Example({"best": {"title": "The best", "where": {"quality": {"min": 80}}}}),
    ] = field(default_factory=dict)
    """Name → a feed by conditions."""

    moved: Annotated[Moves, Example({"topics/ml": {"to": "topics/machine-learning"}})] = field(
        default_factory=dict
    )
    """Former stem or path → where that is now, so that who asks there is led on."""

    related: Related = field(default_factory=Related)
    """How much other coverage entries name."""

    reload: Reload = field(default_factory=Reload)
    """When the corpus is read again while the server runs."""

    server: Server = field(default_factory=Server)
    """Where the server listens."""

    freshness: Freshness = field(default_factory=Freshness)
    """How long caches may use what the server answers."""

    purge: Purge = field(default_factory=Purge)
    """How caches in front are told what has changed."""

    limits: Limits = field(default_factory=Limits)
    """How large a document may be."""

    @property
    def is_pushed(self) -> bool:
        """Whether anybody is told what of the publication has changed."""
        return bool(self.site.hubs) or self.purge.is_wanted

    @property
    def state_directory(self) -> Path:
        """What a host keeps for itself is here, and all else where there is no database."""
        folder = self.state if isinstance(self.state, Path) else None
        return self.local or folder or self._beside_output

    @property
    def state_at(self) -> State:
        """Where the state is: in a directory, which is not `local`, or in a database."""
        if isinstance(self.state, Database):
            return State(self.state_directory, self.state)
        return State(self.state or self._beside_output)

    @property
    def _beside_output(self) -> Path:
        if isinstance(self.output, Path):
            return self.output.with_name(self.output.name + ".state")
        return Path("feeds.local").absolute()
