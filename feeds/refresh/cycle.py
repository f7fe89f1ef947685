"""One cycle: scan, read, catalog, select, render, publish, report.

All of it is one transaction of the catalog, which is committed after the last file is in its
place. A cycle that fails anywhere leaves what is published as it was; one that is killed is
done again by the next.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from feeds.catalog import Catalog, Damaged, copy_catalog, drop_index, has_index, open_catalog
from feeds.config.state import State
from feeds.corpus.reading import timeless_rules
from feeds.corpus.scanned import scan_corpus
from feeds.errors import Refused, StrictRefused
from feeds.formats import feed_formats
from feeds.model import Finding
from feeds.pages import look_findings
from feeds.publish.edition import Edition
from feeds.refresh.carried import Carried
from feeds.refresh.compressing import codings_beside
from feeds.refresh.former import Former
from feeds.refresh.guard import Guard
from feeds.refresh.indexing import Indexing, begin_edition, edition_of_catalog
from feeds.refresh.ingest import Ingested, Store, ingest, ingest_at
from feeds.refresh.lock import Lead
from feeds.refresh.placing import place
from feeds.refresh.plan import Plan, Report
from feeds.refresh.progress import Progress
from feeds.refresh.publishing import Publisher
from feeds.refresh.record import recording
from feeds.refresh.touched import Touched
from feeds.selection.naming import interval


def refresh(plan: Plan, now: datetime, progress: Progress) -> Report:
    """Run one cycle at an instant.

    Raises `Locked` where another publisher is at work, `Refused` and `StrictRefused` where
    it must not publish, `CorpusMissing` and `CannotWrite` for what the disk refuses,
    `DatabaseFailed` for what a database does, and `Superseded` where another leads meanwhile.
    """
    with ExitStack() as stack:
        if plan.rehearsal:
            state = stack.enter_context(_copy(plan.state))
            plan = replace(plan, state=state, carried=Carried(), lead=Lead())
        token = stack.enter_context(plan.lead.taken(plan.state))
        now = now.replace(microsecond=0)
        noted = stack.enter_context(recording(plan.state, now, plan.clock))
        try:
            report = _attempt(plan, token, now, progress)
        except Damaged:
            report = _attempt(replace(plan, begun=()), token, now, progress)
        noted += [each for each in report.findings if each.severity == "error"]
        noted += plan.hindrances
        return report


def _attempt(plan: Plan, token: int, now: datetime, progress: Progress) -> Report:
    if not plan.rehearsal:
        plan.destination.prepare(token)
    plan.carried.begin(plan.state, plan.destination)
    with open_catalog(plan.state, token) as catalog:
        before = edition_of_catalog(catalog)
        edition, report, touched = _cycle(plan, catalog, now, progress)
        catalog.commit()
        _index(plan, catalog, token, (touched, before), now, progress)
    plan.carried.keep(edition, plan.state, plan.destination)
    return report


@contextmanager
def _copy(state: State) -> Iterator[State]:
    """Give a copy of a state, in a directory that is gone afterwards."""
    with TemporaryDirectory(prefix="feeds-") as folder:
        copy = Path(folder, "state")
        copy_catalog(state, copy)
        yield State(copy)


def _cycle(
    plan: Plan, catalog: Catalog, now: datetime, progress: Progress
) -> tuple[Edition, Report, Touched]:
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
    if touched.channels or edition_of_catalog(catalog) is None:
        begin_edition(catalog)
    if not plan.force:
        guard.check(catalog.visibility.count, findings)
    channels = catalog.channels.all()
    rows = former.with_feeds(channels)
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
        look=plan.look,
        witness=plan.witness,
    )
    gone = withdrawn | set(guard.dropped().items())
    edition, rendered = publisher.publish(touched, gone, now, progress)
    states = catalog.documents.count()
    report = Report(
        documents=sum(states.values()) if ingested.documents is None else ingested.documents,
        read=ingested.read,
        states=states,
        visible=catalog.visibility.count(),
        waiting=catalog.visibility.count_waiting(now),
        findings=(*findings, *(_of_scan(plan, catalog) if is_scan else ())),
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
    return edition, report, touched


def _index(
    plan: Plan,
    catalog: Catalog,
    token: int,
    news: tuple[Touched, str | None],
    now: datetime,
    progress: Progress,
) -> None:
    """Have what is published now searched, where it is searched at all.

    Who reads what is published waits for that no longer, and what goes wrong costs nothing else.
    """
    if plan.rehearsal or not (plan.indexes or has_index(plan.state)):
        return
    if plan.configuration.server.queries:
        indexing = Indexing.of(plan.configuration, catalog, plan.state, token, now)
        indexing.follow(*news, progress)
    else:
        drop_index(plan.state)


def _of_scan(plan: Plan, catalog: Catalog) -> tuple[Finding, ...]:
    return (*catalog.visibility.duplicates(), *look_findings(plan.look))


def _ingest(plan: Plan, catalog: Catalog, now: datetime, progress: Progress) -> Ingested:
    keeps_last_good = plan.configuration.keep_last_good
    digest = _digest(plan.revision, timeless_rules(plan.corpora), keeps_last_good)
    known_by = catalog.setting("reading")
    afresh = known_by != digest
    store = Store(
        catalog,
        catalog.ledger(plan.configuration.site.authority),
        progress,
        plan.readers,
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
        roots = ", ".join(str(corpus.source) for corpus in plan.corpora)
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
        plan.look.own,
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


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()
