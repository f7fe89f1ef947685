"""What a build would change, feed by feed: a rehearsal, seen by its readers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from feeds.formats import feed_formats
from feeds.model import FeedFormat, Resource
from feeds.refresh.browsing import kind_of
from feeds.refresh.cycle import refresh
from feeds.refresh.plan import Plan, Report
from feeds.refresh.progress import Progress


class EntryChange(NamedTuple):
    """An entry that comes, goes or changes; `was` is the id that it had, where it gets another."""

    id: str
    title: str
    was: str | None = None


class FeedChange(NamedTuple):
    """What of a feed would be another thing: entries in the order in which it has them."""

    path: str
    come: tuple[EntryChange, ...]
    go: tuple[EntryChange, ...]
    change: tuple[EntryChange, ...]


class IdChange(NamedTuple):
    """A document whose article would have another id."""

    path: str
    before: str
    after: str


class FileChange(NamedTuple):
    """A file that would be added, changed or removed: its bytes before and after, or 0."""

    path: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Difference:
    """All that a build would change."""

    feeds: tuple[FeedChange, ...]
    ids: tuple[IdChange, ...]
    files: tuple[FileChange, ...]

    @property
    def is_any(self) -> bool:
        """Whether it would change anything."""
        return bool(self.files or self.ids)


class _Told(NamedTuple):
    """An entry in a document: its title, and its bytes."""

    title: str
    body: bytes


def rehearse(plan: Plan, now: datetime, progress: Progress) -> Difference:
    """Find out what a build would change; what a guard would refuse is shown, too.

    Raises what `refresh` does.
    """
    form = feed_formats(plan.configuration.formats)[0]
    after: dict[str, bytes] = {}

    def note(resource: Resource) -> None:
        if _is_feed(resource.path, form):
            after[resource.path] = resource.body

    report = refresh(replace(plan, rehearsal=True, force=True, witness=note), now, progress)
    return Difference(
        tuple(_feeds(plan, report, after, form)),
        tuple(IdChange(path, *both) for path, both in sorted(report.ids_changed.items())),
        tuple(FileChange(path, *sizes) for path, sizes in sorted(report.sizes.items())),
    )


def _is_feed(path: str, form: FeedFormat) -> bool:
    return path.endswith(form.suffix) and bool(kind_of(path.removesuffix(form.suffix)))


def _feeds(
    plan: Plan, report: Report, after: Mapping[str, bytes], form: FeedFormat
) -> Iterator[FeedChange]:
    """Compare the feeds whose documents would be others with those that are published."""
    ids = dict(report.ids_changed.values())
    gone = {path for path in report.deleted if _is_feed(path, form)}
    for path in sorted({*after, *gone}):
        body = plan.destination.body(path) if path not in report.added else None
        old, new = _entries(body, form), _entries(after.get(path), form)
        renamed = {ids[name]: name for name in old if ids.get(name) in new and name not in new}
        was = {name: renamed.get(name, name) for name in new}
        yield FeedChange(
            path,
            come=tuple(EntryChange(name, new[name].title) for name in new if was[name] not in old),
            go=tuple(
                EntryChange(name, told.title)
                for name, told in old.items()
                if name not in new and ids.get(name) not in renamed
            ),
            change=tuple(
                EntryChange(name, told.title, renamed.get(name))
                for name, told in new.items()
                if was[name] in old and old[was[name]].body != told.body
            ),
        )


def _entries(body: bytes | None, form: FeedFormat) -> dict[str, _Told]:
    """Give the entries of a document by id; of one that is not there, none."""
    if body is None:
        return {}
    entries = form.read(body).entries
    bodies = form.divide(body).entries
    return {
        entry.id: _Told(entry.title, written)
        for entry, written in zip(entries, bodies, strict=True)
    }
