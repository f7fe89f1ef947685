"""What a cycle works on, and what it did."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feeds.config.state import State
from feeds.config.types import Configuration
from feeds.corpus.reading import Corpus
from feeds.corpus.scanned import DocumentReaders, ReadersHere, Scanned
from feeds.model import Finding
from feeds.pages import Look
from feeds.publish.destination import Destination
from feeds.publish.edition import Witness
from feeds.refresh.carried import Carried
from feeds.refresh.lock import Lead
from feeds.refresh.record import Clock


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cycle works on and how, put together at the doors.

    `state` is where the catalog is. `revision` names the program's own code: what
    another revision made is made again. `force` overrules the guards, `strict` publishes
    nothing once a document has an error, and a `rehearsal` does everything but publish. Where it
    is said what a cycle `looks_at`, nothing is looked for elsewhere in the corpus, unless all of
    it is to be read afresh, and what this process `carried` from its last cycle is not looked at
    either; and somebody waits, so that feeds are published first. Where a scan of all has
    `begun`, the cycle goes on with that if nothing is known. Documents are read by `readers`. A
    `witness` is shown each resource whose bytes are new.
    How the cycle ends is noted, with the `hindrances` that came before it, and how long it takes
    by a `clock`.
    Pages are written by `look`. One that `indexes` has entries searched, and one that does not
    keeps what there is of that current. A cycle is that of who has the `lead`.
    """

    configuration: Configuration
    corpora: tuple[Corpus, ...]
    destination: Destination
    state: State
    revision: str
    force: bool = False
    strict: bool = False
    rehearsal: bool = False
    looks_at: frozenset[str] | None = None
    carried: Carried = field(default_factory=Carried)
    begun: Sequence[Scanned] = ()
    readers: DocumentReaders = field(default_factory=ReadersHere)
    witness: Witness | None = None
    hindrances: tuple[Finding, ...] = ()
    clock: Clock = float
    look: Look = field(default_factory=Look)
    indexes: bool = False
    lead: Lead = field(default_factory=Lead)


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
    unsettled: tuple[str, ...]
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
