"""Entries taken from what is published: those of articles that did not change."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TypeAlias

from feeds.model import EntryKey, FeedFormat, PageForm, Published
from feeds.publish.destination import Destination
from feeds.refresh.rendered import Written
from feeds.refresh.rendering import Renderer

_Form: TypeAlias = FeedFormat | PageForm


class Taking:
    """Has a renderer keep entries as they are `known` to be published.

    There they are what would be rendered, but for those of `changed` articles; where that is
    None, for all.
    """

    def __init__(
        self,
        renderer: Renderer,
        destination: Destination,
        known: Mapping[str, Published],
        changed: Container[int] | None,
    ) -> None:
        self._renderer = renderer
        self._destination = destination
        self._known = known
        self._changed = changed

    def from_feed(self, documents: Iterable[Sequence[str]], keys: Mapping[str, EntryKey]) -> None:
        """Take what is missing of a feed's entries from what is published of it.

        `documents` are the paths of each of its pages, in all forms of entries. `keys` are those
        of its entries now, by their ids.
        """
        forms = self._renderer.forms
        for paths in documents:
            if missing := self._missing(keys, for_archives=False):
                self._take(paths, forms, missing)

    def from_archive(self, stem: str, keys: Mapping[str, EntryKey]) -> None:
        """Take what is missing of a month's entries from the document of an archive."""
        if missing := self._missing(keys, for_archives=True):
            form = self._renderer.archive_form
            self._take([self._renderer.archive_path(stem)], [form], missing)

    def _missing(self, keys: Mapping[str, EntryKey], *, for_archives: bool) -> dict[str, EntryKey]:
        """Give, by id, the keys of entries that are not kept and have not changed."""
        changed = self._changed
        if changed is None:
            return {}
        missing = {*self._renderer.missing(keys.values(), for_archives=for_archives)}
        return {
            identifier: key
            for identifier, key in keys.items()
            if key in missing and key[0] not in changed
        }

    def _take(
        self, paths: Sequence[str], forms: Sequence[_Form], missing: Mapping[str, EntryKey]
    ) -> None:
        """Take entries from a document, which has the same ones in all formats, in one order."""
        divided = [self._entries(path, form) for path, form in zip(paths, forms, strict=True)]
        if len({*map(len, divided)}) == 1:
            self._renderer.take(_found(zip(*divided, strict=True), forms[0], missing))

    def _entries(self, path: str, form: _Form) -> Sequence[bytes]:
        published = self._known.get(path)
        body = self._destination.body(path) if published else None
        if published is None or body is None or sha256(body).hexdigest() != published.sha256:
            return ()
        return form.divide(body).entries


def _found(
    entries: Iterable[Written], form: _Form, missing: Mapping[str, EntryKey]
) -> Iterator[tuple[EntryKey, Written]]:
    for written in entries:
        key = missing.get(form.entry_id(written[0]))
        if key is not None:
            yield key, written
