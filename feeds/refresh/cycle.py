"""One cycle: scan, read, catalog, select, render, publish, report.

All of it is one transaction of the catalog, which is committed after the last file is in its
place. A cycle that fails anywhere leaves what is published as it was; one that is killed is
done again by the next.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from feeds.catalog import Catalog, Damaged, open_catalog
from feeds.config.types import Configuration
from feeds.corpus.reading import Corpus
from feeds.corpus.scanned import Scanned, scan_corpus
from feeds.errors import Refused, StrictRefused
from feeds.formats import feed_formats
from feeds.model import ChannelRow, Finding
from feeds.processes import Crew
from feeds.publish.directory import DirectoryDestination
from feeds.publish.edition import Edition, Witness
from feeds.refresh.carried import Carried
from feeds.refresh.compressing import codings_beside
from feeds.refresh.former import Former
from feeds.refresh.guard import Guard
from feeds.refresh.ingest import Ingested, Store, ingest, ingest_at
from feeds.refresh.lock import sole_publisher
from feeds.refresh.placing import place
from feeds.refresh.progress import Progress
from feeds.refresh.publishing import Publisher
from feeds.refresh.record import Clock, recording
from feeds.selection.naming import interval


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cycle works on and how, put together at the doors.

    `state` is the directory of the catalog. `revision` names the program's own code: what
    another revision made is made again. `force` overrules the guards, `strict` publishes
    nothing once a document has an error, and a `rehearsal` does everything but publish. Where it
    is said what a cycle `looks_at`, nothing is looked for elsewhere in the corpus, unless all of
    it is to be read afresh, and what this process `carried` from its last cycle is not looked at
    either; and somebody waits, so that feeds are published first. Where a scan of all has
    `begun`, the cycle goes on with that if nothing is known. A `crew` reads documents, so that
    one that does harm costs itself alone. A `witness` is shown each resource whose bytes are new.
    How the cycle ends is noted, with the `hindrances` that came before it, and how long it takes
    by a `clock`.
    """

    configuration: Configuration
    corpora: tuple[Corpus, ...]
    destination: DirectoryDestination
    state: Path
    revision: str
    force: bool = False
    strict: bool = False
    rehearsal: bool = False
    looks_at: frozenset[Path] | None = None
    carried: Carried = field(default_factory=Carried)
    begun: Sequence[Scanned] = ()
    crew: Crew | None = None
    witness: Witness | None = None
    hindrances: tuple[Finding, ...] = ()
    clock: Clock = float


@dataclass(frozen=True, slots=True)
class Report:
    """What a cycle found and did.

    `findings` are all that there are after a scan; after another cycle, those of documents with
    errors, and what hinders. `unsettled` are files that were being written.
    `states` counts documents that are listed, held, skipped or kept, `visible` the articles that
    are in feeds, `waiting` those that are not due yet. `feeds` counts the first pages of
    channels' feeds in every format, `unchanged` resources that were left as they are; `added`,
    `changed` and `deleted` are paths of resources, and `sizes` maps these to their bytes before
    and after. `entries_new` and `entries_out` map the ids of entries that came and went to
    their documents, `ids_changed` documents to the id of their entry before and the one that
    it has now. `due` is when the next article, or change of one, falls due.
    """

    documents: int
    read: int
    states: Counter[str]
    visible: int
    waiting: int
    findings: tuple[Finding, ...]
    unsettled: tuple[Path, ...]
    feeds: int
    added: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: int
    bytes_written: int
    sizes: Mapping[str, tuple[int, int]]
    entries_rendered: int
    entries_new: Mapping[str, str]
    entries_out: Mapping[str, str]
    ids_changed: Mapping[str, tuple[str, str]]
    due: datetime | None

    @property
    def entries_in(self) -> int:
        """How many entries are published now that were not."""
        return len(self.entries_new)


def refresh(plan: Plan, now: datetime, progress: Progress) -> Report:
    """Run one cycle at an instant.

    Raises `Locked` where another publisher is at work, `Refused` and `StrictRefused` where
    it must not publish, `CorpusMissing` and `CannotWrite` for what the disk refuses.
    """
    with ExitStack() as stack:
        if plan.rehearsal:
            state = stack.enter_context(_copy(plan.state))
            plan = replace(plan, state=state, carried=Carried())
        stack.enter_context(sole_publisher(plan.state))
        now = now.replace(microsecond=0)
        noted = stack.enter_context(recording(plan.state, now, plan.clock))
        try:
            report = _attempt(plan, now, progress)
        except Damaged:
            report = _attempt(replace(plan, begun=()), now, progress)
        noted += [each for each in report.findings if each.severity == "error"]
        noted += plan.hindrances
        return report


def _attempt(plan: Plan, now: datetime, progress: Progress) -> Report:
    plan.carried.begin(plan.state, plan.destination)
    with open_catalog(plan.state) as catalog:
        edition, report = _cycle(plan, catalog, now, progress)
    plan.carried.keep(edition, plan.state, plan.destination)
    return report


@contextmanager
def _copy(state: Path) -> Iterator[Path]:
    """Give a copy of a state directory that is gone afterwards."""
    with TemporaryDirectory(prefix="feeds-") as folder:
        copy = Path(folder, "state")
        # What cannot be had, since it is being written or is not ours, is made anew.
        with suppress(OSError):
            shutil.copytree(state, copy)
        yield copy


def _cycle(
    plan: Plan, catalog: Catalog, now: datetime, progress: Progress
) -> tuple[Edition, Report]:
    ingested = _ingest(plan, catalog, now, progress)
    is_scan = plan.looks_at is None
    findings = (*ingested.findings, *catalog.documents.findings(of_bad=not is_scan))
    _check_documents(plan, ingested, findings, catalog)
    guard = Guard()
    former = Former(plan.configuration, catalog, now)
    anew = _reselects(plan, catalog, former)
    withdrawn = catalog.visibility.unlisted()
    if anew:
        plan.carried.at_hand.clear()
    at_hand = None if anew else plan.carried.at_hand
    touched = place(plan.configuration, catalog, now, guard, progress, at_hand)
    if not plan.force:
        guard.check(catalog.visibility.count, findings)
    channels = catalog.channels.all()
    rows = _rows(plan, channels, former)
    publisher = Publisher(
        plan.configuration,
        catalog,
        plan.destination,
        rows,
        channels=channels,
        former=former,
        revision=plan.revision,
        rehearsal=plan.rehearsal,
        hurries=not is_scan,
        found=plan.carried.found(catalog, plan.destination, verifies=is_scan),
        witness=plan.witness,
    )
    gone = withdrawn | set(guard.dropped().items())
    edition, rendered = publisher.publish(touched, gone, now, progress)
    states = catalog.documents.count()
    return edition, Report(
        documents=sum(states.values()) if ingested.documents is None else ingested.documents,
        read=ingested.read,
        states=states,
        visible=catalog.visibility.count(),
        waiting=catalog.visibility.count_waiting(now),
        findings=(*findings, *(catalog.visibility.duplicates() if is_scan else ())),
        unsettled=tuple(ingested.unsettled),
        feeds=len(rows) * len(feed_formats(plan.configuration.formats)),
        added=tuple(path for path in edition.written if path not in edition.known),
        changed=tuple(path for path in edition.written if path in edition.known),
        deleted=tuple(edition.deleted()),
        unchanged=edition.unchanged_count(),
        bytes_written=edition.bytes_written,
        sizes=edition.sizes(),
        entries_rendered=rendered,
        entries_new=guard.new(),
        entries_out=guard.dropped(),
        ids_changed=guard.changed(),
        due=catalog.visibility.next_due(now),
    )


def _ingest(plan: Plan, catalog: Catalog, now: datetime, progress: Progress) -> Ingested:
    # The horizon moves with the clock; it decides over a warning and over nothing published.
    rules = [
        (corpus.prefix, replace(corpus.rules, horizon=datetime.max.replace(tzinfo=UTC)))
        for corpus in plan.corpora
    ]
    keeps_last_good = plan.configuration.keep_last_good
    digest = _digest(plan.revision, rules, keeps_last_good)
    known_by = catalog.setting("reading")
    afresh = known_by != digest
    store = Store(
        catalog,
        catalog.ledger(plan.configuration.site.authority),
        progress,
        plan.crew,
        keeps_last_good=keeps_last_good,
        # Who is strict wants to know of all that is wrong now.
        now=None if plan.strict else now,
    )
    if afresh or plan.looks_at is None:
        progress("scanning", 0, 0)
        # Whoever has published since it began may know more than it found.
        begun = plan.begun if known_by is None else ()
        scanned = begun or [scan_corpus(corpus) for corpus in plan.corpora]
        ingested = ingest(store, scanned, afresh=afresh)
    else:
        ingested = ingest_at(store, plan.corpora, plan.looks_at)
    catalog.remember("reading", digest)
    return ingested


def _check_documents(
    plan: Plan, ingested: Ingested, findings: tuple[Finding, ...], catalog: Catalog
) -> None:
    if ingested.is_empty and not plan.force:
        roots = ", ".join(str(corpus.root) for corpus in plan.corpora)
        before = len(catalog.visibility.unlisted())
        message = f"there are no documents in {roots}; --force publishes empty feeds"
        raise Refused(f"{message} ({before} entries before, 0 after)", findings)
    bad = sum(finding.severity == "error" for finding in findings)
    if bad and plan.strict:
        raise StrictRefused(f"documents with errors: {bad}; nothing was published", findings)


def _reselects(plan: Plan, catalog: Catalog, former: Former) -> bool:
    """Whether what the selection depends on, besides articles, has changed since last time."""
    configuration = plan.configuration
    digest = _digest(
        plan.revision,
        configuration.site,
        configuration.limit,
        configuration.pages,
        sorted(configuration.formats),
        configuration.html,
        configuration.archives,
        configuration.top,
        configuration.digests,
        configuration.qualifiers,
        configuration.related,
        configuration.stories,
        interval(configuration),
        sorted(configuration.moved.items()),
        sorted(former.stems),
        codings_beside(configuration),
        sorted(configuration.topics.items()),
        sorted(configuration.providers.items()),
        sorted(configuration.feeds.items()),
    )
    changed = catalog.setting("selection") != digest
    catalog.remember("selection", digest)
    return changed


def _rows(plan: Plan, channels: Iterable[ChannelRow], former: Former) -> tuple[ChannelRow, ...]:
    """Give the channels that have feeds: all there ever were but those that are no more here.

    These have moved, were retired, or are rules no longer configured.
    """
    rules = plan.configuration.feeds
    return tuple(
        row
        for row in channels
        if row.stem not in former.stems and (row.kind != "rule" or row.name in rules)
    )


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()
