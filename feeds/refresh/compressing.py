"""Compressed files beside feeds, for web servers that send them as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feeds.config.types import Configuration
from feeds.http.coding import IDENTITY
from feeds.http.compression import COMPRESS, coded
from feeds.model import Resource
from feeds.publish.edition import Edition
from feeds.publish.unserved import CODED_FILES, coded_path


def codings_beside(configuration: Configuration) -> tuple[str, ...]:
    """Give the codings that feeds are to have files in: those that are installed, or none."""
    return tuple(filter(COMPRESS.__contains__, CODED_FILES)) if configuration.compressed else ()


@dataclass(frozen=True, slots=True)
class Compressing:
    """Offers feeds to an edition together with their compressed files in some codings.

    Where what is published `is_intact`, each file is known to be of the feed that it stands
    beside, so that it need not be made again to be compared.
    """

    codings: tuple[str, ...]
    is_intact: bool

    def offer(self, edition: Edition, resources: Iterable[Resource]) -> None:
        """Offer feeds and their files, which are made only for feeds that are written."""
        for resource in resources:
            is_written = edition.offer(resource)
            is_known = self.is_intact and not is_written
            made = self._published(edition, resource.path) if is_known else {}
            missing = [coding for coding in self.codings if coding not in made]
            edition.keep(made.values())
            for coding, body in coded(resource.body, missing).items():
                if coding != IDENTITY:
                    path, (_, media_type) = coded_path(resource.path, coding), CODED_FILES[coding]
                    edition.offer(Resource(path, media_type, body))

    def keep(self, edition: Edition, paths: Iterable[str]) -> None:
        """Leave feeds and their files as they are."""
        for path in paths:
            edition.keep([path, *self._published(edition, path).values()])

    def _published(self, edition: Edition, path: str) -> Mapping[str, str]:
        """Map codings to the files beside a feed that are published."""
        files = {coding: coded_path(path, coding) for coding in self.codings}
        return {coding: file for coding, file in files.items() if file in edition.known}
