"""What hosts of files are configured with, as files of the publication itself."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from urllib.parse import urlsplit

from feeds.catalog import Catalog
from feeds.config.types import Configuration
from feeds.formats import directory_formats, feed_formats
from feeds.model import FeedFormat, FormerAddresses, Resource
from feeds.pages import ASSET_TYPES, PAGE_TYPE
from feeds.publish.edition import Edition
from feeds.publish.hosting import Hosted, Kind, as_written, hosts
from feeds.publish.policy import Policy

_SETTING = "hosting"
_MEDIA_TYPE = "text/plain; charset=utf-8"

# The type has a place of its own; a link is that of one resource, not of a kind.
_OF_ONE = frozenset({"content-type", "link"})


class Hosting:
    """Offers the files that configure hosts, made anew only when they say something new.

    What they say depends on the configuration, the formats, `former` addresses and the
    program's own code, which `revision` names; never on what is published.
    """

    def __init__(
        self, configuration: Configuration, catalog: Catalog, former: FormerAddresses, revision: str
    ) -> None:
        policy = Policy(configuration, feed_formats())
        self._catalog = catalog
        self._hosts = [room for name, room in hosts().items() if name in configuration.hosting]
        self._hosted = Hosted(
            prefix=urlsplit(configuration.site.root).path,
            kinds=tuple(_kinds(policy, feed_formats(configuration.formats))),
            former=former,
            moved_fields=as_written(policy.former),
            tags=policy.tags,
        )
        parts = revision, [host.name for host in self._hosts], self._hosted
        self._digest = sha256(repr(parts).encode()).hexdigest()
        self.is_news = catalog.setting(_SETTING) != self._digest

    def offer(self, edition: Edition, *, is_intact: bool) -> list[str]:
        """Offer the files to an edition, and give their paths.

        Where what is published is not intact they are made again, to be compared.
        """
        if is_intact and not self.is_news:
            edition.keep(host.file for host in self._hosts)
        else:
            for host in self._hosts:
                body = host.text(self._hosted).encode()
                edition.offer(Resource(host.file, _MEDIA_TYPE, body))
        return [host.file for host in self._hosts]

    def remember(self) -> None:
        """Keep what the files say that are published."""
        self._catalog.remember(_SETTING, self._digest)


def _kinds(policy: Policy, formats: Sequence[FeedFormat]) -> Iterator[Kind]:
    """Give each kind of resource once, documents of archives before feeds of the same suffix."""
    for form in formats:
        if form.has_archives:
            yield _kind(policy, form.suffix, form.media_type, "archive")
    types = {form.suffix: form.media_type for form in formats}
    types |= {f".{form.path.rpartition('.')[2]}": form.media_type for form in directory_formats()}
    types |= {".html": PAGE_TYPE, **ASSET_TYPES}
    for suffix, media_type in sorted(types.items()):
        yield _kind(policy, suffix, media_type)


def _kind(policy: Policy, suffix: str, media_type: str, folder: str = "") -> Kind:
    said = policy.said_of_kind(media_type, in_archives=bool(folder))
    fields = {**said.content_fields, **said.lasting_fields}
    known = {name: value for name, value in fields.items() if name not in _OF_ONE}
    return Kind(suffix, folder, media_type, as_written(known))
