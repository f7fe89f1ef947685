"""Why a document is in which feeds, and why it is not in others: read, and never written.

What was decided is taken from the catalog and from what is published, why from the functions that
decide (`feeds.selection.reasons`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feeds.catalog import ArticleKnown, Catalog, DocumentKnown, Stand
from feeds.config.types import Configuration
from feeds.corpus.origins import Origins, find_origins
from feeds.corpus.reading import Corpus, read_all
from feeds.corpus.source import CorpusMissing, CorpusUnreachable, Gone
from feeds.model import Article, ChannelKind, ChannelRow, Finding, Membership, Reading, SourceFile
from feeds.refresh.former import Former
from feeds.refresh.places import destination_of
from feeds.refresh.whereabouts import Spot, Whereabouts
from feeds.selection.reasons import candidacies
from feeds.selection.rules import Verdict
from feeds.selection.taxonomy import Lead, Taxonomy

State = Literal["published", "duplicate", "waiting", "held", "skipped", "new", "gone"]

_LACKS: Mapping[State, str] = {
    "duplicate": "no other document stands for it",
    "waiting": "it is due",
    "held": "nothing holds it back",
    "skipped": "it has no error",
    "new": "a build has read it",
    "gone": "it is there again",
}


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """Whether an article belongs to a channel, why, and where it is in what is published of it.

    `leads` say which labels lead to a topic, `verdict` what came of the conditions of a rule.
    `because` says why it is nowhere there, where that is so of all.
    """

    kind: ChannelKind
    name: str
    title: str
    stem: str
    belongs: bool
    leads: tuple[Lead, ...] = ()
    verdict: Verdict | None = None
    spots: tuple[Spot, ...] = ()
    because: str = ""

    @property
    def is_in(self) -> bool:
        """Whether the feed, or anything that belongs to it, carries the article."""
        return any(spot.is_in for spot in self.spots)


@dataclass(frozen=True, slots=True)
class Answer:
    """All that there is to say of one document.

    `state` is what it was at the last build, `is_kept` says that it is published in its last good
    version. `by` is the document that stands for a duplicate, `due` when what waits is due.
    `findings` are those of the last build, or where none has read it, of now. `has_changed` says
    that the file is another one now, if it `is_there`; then `found_now` is what is wrong with it.
    `origins` are in the file as it is. `id_from` says for people where the id comes from.
    """

    path: str
    state: State
    is_kept: bool
    is_there: bool
    has_changed: bool
    findings: tuple[Finding, ...]
    found_now: tuple[Finding, ...]
    origins: Origins
    title: str = ""
    by: str | None = None
    due: datetime | None = None
    id: str | None = None
    id_from: str = ""
    published: datetime | None = None
    feeds: tuple[FeedAnswer, ...] = ()

    @property
    def is_in_any(self) -> bool:
        """Whether any feed carries it."""
        return any(feed.is_in for feed in self.feeds)


@dataclass(frozen=True, slots=True)
class Inquirer:
    """Answers questions about documents, by a configuration and a catalog as they are."""

    configuration: Configuration
    corpora: Sequence[Corpus]
    catalog: Catalog
    now: datetime

    def documents(self, asked: str, address: str) -> list[str]:
        """Give the documents that a path, an id or an address means, what is published first."""
        inquiries = self.catalog.inquiries
        if inquiries.document(asked) or self._read(asked):
            return [asked]
        return (
            inquiries.with_id(asked)
            or inquiries.at_address(address)
            or sorted({given.path for given in inquiries.given(asked, asked)})
        )

    def answer(self, path: str) -> Answer:
        """Say all that there is to say of a document."""
        inquiries = self.catalog.inquiries
        known, article = inquiries.document(path), inquiries.article(path)
        read = self._read(path)
        reading, origins = read or (None, Origins())
        state = _state(known, article, reading)
        said = article.article if article else reading.article if reading else None
        has_changed = known is not None and (reading is None or reading.digest != known.digest)
        identifier, id_from = self._id(path, article)
        return Answer(
            path=path,
            state=state,
            is_kept=known is not None and known.state == "kept",
            is_there=reading is not None,
            has_changed=has_changed,
            findings=known.findings if known else reading.findings if reading else (),
            found_now=reading.findings if reading and has_changed else (),
            origins=origins,
            title=said.title if said else "",
            by=article.shadowed_by if article else None,
            due=article.published if article and state == "waiting" else None,
            id=identifier,
            id_from=id_from,
            published=said.published if said else None,
            feeds=tuple(self._feeds(state, article, said)) if said else (),
        )

    def _id(self, path: str, article: ArticleKnown | None) -> tuple[str | None, str]:
        """Give the id of a document's article, and where that comes from."""
        given = self.catalog.inquiries.given(path, article.id if article else path)
        if article is None:
            own = next((each.id for each in given if each.path == path), None)
            return own, "kept for when it comes back" if own else ""
        if article.article.explicit_id == article.id:
            return article.id, "the document says it"
        tag = self.catalog.ledger(self.configuration.site.authority).tag(path)
        others = [each.path for each in given if each.path != path and each.id == article.id]
        if article.id == tag:
            return article.id, "made of site.id_authority and the path"
        if article.id.startswith(f"{tag};"):
            return article.id, "made of site.id_authority, path and address: another has the path's"
        if others:
            return article.id, f"the ledger has it by its address, which was at {others[0]}"
        return article.id, "the ledger has it by its path"

    def _feeds(
        self, state: State, article: ArticleKnown | None, said: Article
    ) -> Iterator[FeedAnswer]:
        channels = self.catalog.channels
        rows = {(row.kind, row.name): row for row in channels.all()}
        taxonomy = Taxonomy(self.configuration, channels.topics_there_are())
        is_shown = state == "published" and article is not None
        stands = self.catalog.inquiries.stands(article.key) if is_shown and article else {}
        whereabouts = self._whereabouts()
        for membership, belongs, leads, verdict in candidacies(taxonomy, said):
            row = rows.get(membership[:2])
            stand = stands.pop(row.key, None) if row else None
            because = _why_nowhere(state, row, stand, belongs=belongs)
            spots = whereabouts.spots(row, article, stand) if row and article and stand else ()
            yield FeedAnswer(
                *_named(membership, row), belongs, leads, verdict, tuple(spots), because
            )
        of_key = {row.key: row for row in rows.values()}
        for key, stand in stands.items():
            yield self._left(of_key[key], article, stand, whereabouts)

    def _left(
        self,
        row: ChannelRow,
        article: ArticleKnown | None,
        stand: Stand,
        whereabouts: Whereabouts,
    ) -> FeedAnswer:
        """Answer for a channel to which the configuration does not lead any more."""
        ended = whereabouts.ended(row)
        spots = () if ended or article is None else whereabouts.spots(row, article, stand)
        because = ended or "the configuration does not lead there any more: the next build follows"
        named = (row.kind, row.name, row.title or row.name, row.stem or "")
        return FeedAnswer(*named, belongs=False, spots=tuple(spots), because=because)

    def _whereabouts(self) -> Whereabouts:
        configuration = self.configuration
        return Whereabouts(
            configuration,
            self.catalog,
            destination_of(configuration, lambda: self.now),
            Former(configuration, self.catalog, self.now),
            self.now,
        )

    def _read(self, path: str) -> tuple[Reading, Origins] | None:
        """Read a document as it is now; None where there is none at that path.

        Raises `CorpusUnreachable`.
        """
        corpus = _corpus_of(path, self.corpora)
        if corpus is None or any(part in {"", ".", ".."} for part in path.split("/")):
            return None
        rules, prefix = corpus.rules, corpus.prefix
        try:
            # What a scan leaves out is no document.
            if not list(corpus.source.look([path.removeprefix(prefix)], prefix)):
                return None
            with corpus.open([path]) as files:
                data, _ = files.read(path)
        except CorpusUnreachable:
            raise
        except (CorpusMissing, Gone, OSError):
            return None
        (reading,) = read_all(corpus, [(path, "")], _itself)
        return reading, find_origins(SourceFile(path, data), rules, prefix)


def _itself(reading: Reading) -> Reading:
    return reading


def _corpus_of(path: str, corpora: Sequence[Corpus]) -> Corpus | None:
    """Give the corpus to which a path belongs; one that has a name before those that have none."""
    named = [corpus for corpus in corpora if corpus.prefix and path.startswith(corpus.prefix)]
    return next(iter((*named, *(corpus for corpus in corpora if not corpus.prefix))), None)


def _state(
    known: DocumentKnown | None, article: ArticleKnown | None, reading: Reading | None
) -> State:
    if article is None:
        if known is None:
            return "new" if reading else "gone"
        return "held" if known.state == "held" else "skipped"
    if article.shadowed_by is not None:
        return "duplicate"
    return "waiting" if article.shown_as is None else "published"


def _why_nowhere(
    state: State, row: ChannelRow | None, stand: Stand | None, *, belongs: bool
) -> str:
    """Say why nothing that is published of a channel can carry an article, where that is so."""
    if not belongs:
        return "" if stand is None else "the conditions have changed: the next build follows"
    if state != "published":
        return f"it belongs there, once {_LACKS[state]}"
    if row is None or stand is None:
        return "the configuration has changed: the next build puts it there"
    return ""


def _named(membership: Membership, row: ChannelRow | None) -> tuple[ChannelKind, str, str, str]:
    """Give the kind, name, title and stem of a channel, of which there may be none yet."""
    title = (row.title if row else "") or membership.label or membership.name
    return membership.kind, membership.name, title, (row.stem if row else "") or ""
