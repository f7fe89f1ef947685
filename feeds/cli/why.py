"""`feeds why`: rule by rule, why an article is or is not in which feeds."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

import click

from feeds.catalog import look_into_catalog
from feeds.cli.machines import write_json
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import escaped, exit_code, finding_line, write
from feeds.cli.wiring import make_corpora
from feeds.corpus.reading import Corpus
from feeds.errors import ConfigurationError
from feeds.refresh.inquiry import Answer, FeedAnswer, Inquirer
from feeds.refresh.whereabouts import Spot
from feeds.selection.rules import Verdict
from feeds.selection.taxonomy import Lead
from feeds.text.dates import rfc3339
from feeds.text.urls import comparable

# To look for what is nearly so among more takes seconds.
_MOST_COMPARED = 20_000

_LEFT_OUT = (
    "is no document of a configured corpus; there, hidden files, drafts and names that do not end"
    " as those of documents are left out"
)
_STATES = {
    "published": "is published",
    "duplicate": "is the same article as {by}, which stands for both",
    "waiting": "is not due until {due}",
    "held": "holds itself back",
    "skipped": "has an error, and is skipped",
    "new": "is new: no build has read it yet",
    "gone": "is not in the corpus any more",
}


def why(settings: Settings, asked: str, *, as_json: bool) -> None:
    """Say why a document is, or is not, in which feeds; end with 1 where it is in none."""
    with exit_code():
        configuration = load_settings(settings, corpus_needed=False)
        now = moment(settings)
        corpora = make_corpora(configuration, settings, now)
        with look_into_catalog(configuration.state_at) as catalog:
            inquirer = Inquirer(configuration, corpora, catalog, now)
            found = inquirer.documents(_path(asked, corpora), comparable(asked))
            if not found:
                raise ConfigurationError((_unknown(asked, inquirer),))
            answer = inquirer.answer(found[0])
        if as_json:
            write_json(answer)
        else:
            for line in _lines(answer, now):
                write(line)
    sys.exit(0 if answer.is_in_any else 1)


def _path(asked: str, corpora: Sequence[Corpus]) -> str:
    """Give the path by which a document is known, where a file or an object was named."""
    file = Path(asked)
    place = str(file.parent.resolve() / file.name) if file.is_file() else asked
    for corpus in corpora:
        if path := corpus.source.below(place):
            return corpus.prefix + path
    return asked.removeprefix("./")


def _unknown(asked: str, inquirer: Inquirer) -> str:
    """Say that nothing is known of what was asked, and what may have been meant."""
    inquiries = inquirer.catalog.inquiries
    if Path(asked).is_file():
        return f"{escaped(asked)}: {_LEFT_OUT}"
    if "://" in asked:
        known = dict(islice(inquiries.addresses().items(), _MOST_COMPARED))
        near = get_close_matches(comparable(asked), known, 3, 0.9)
        meant = [known[address] for address in near]
    else:
        names: dict[str, list[str]] = {}
        for path in islice(inquiries.paths(), _MOST_COMPARED):
            names.setdefault(path.rpartition("/")[2], []).append(path)
        near = get_close_matches(asked.rpartition("/")[2], names, 3, 0.75)
        meant = [path for name in near for path in names[name]][:3]
    hint = f"; did you mean {' or '.join(map(escaped, meant))}?" if meant else ""
    return f"{escaped(asked)}: there is no such document, address or id{hint}"


def _lines(answer: Answer, now: datetime) -> Iterator[str]:
    """Tell all that there is to tell, for people."""
    name = f"{answer.path}: {answer.title}" if answer.title else answer.path
    yield click.style(escaped(name), bold=True)
    yield from _document(answer, now)
    if answer.id:
        yield f"  id      {escaped(answer.id)} ({escaped(answer.id_from)})"
    if answer.published:
        origin = answer.origins.date
        place = f", line {origin.line}" if origin and origin.line else ""
        said = f" ({escaped(origin.key)}{place})" if origin else ""
        yield f"  date    {rfc3339(answer.published)}{said}"
    for feed in answer.feeds:
        yield ""
        yield from _feed(feed)


def _document(answer: Answer, now: datetime) -> Iterator[str]:
    """Tell what became of the document itself."""
    said = _STATES[answer.state].format(by=answer.by, due=answer.due and rfc3339(answer.due))
    if answer.due and answer.due <= now:
        said = f"is due since {rfc3339(answer.due)}: the next build publishes it"
    yield f"  {escaped(said)}"
    if answer.is_kept:
        yield "  has an error now, and stays as it was in its last good version"
    holding = [
        f"  {escaped(f'{origin.key}: {origin.value}')} (line {origin.line}) holds it back"
        for origin in answer.origins.holding
    ]
    yield from () if answer.has_changed else holding
    for finding in answer.findings:
        yield f"  {finding_line(finding)}"
    if not answer.findings and answer.state != "gone":
        yield "  is read, and nothing is wrong with it"
    if answer.has_changed:
        what = "has changed" if answer.is_there else "has gone"
        yield f"  {what} since the last build, of which this tells; see feeds diff"
        yield from holding
    for finding in answer.found_now:
        yield f"  now {finding_line(finding)}"


def _feed(feed: FeedAnswer) -> Iterator[str]:
    first = feed.spots[0] if feed.spots else None
    where = first.path if first else feed.stem or f"{feed.kind} {feed.name}"
    told = f"{where}  {feed.title}{_place(first) if first else ''}"
    yield f"{_in_or_out(feed.is_in)}  {escaped(told)}"
    if because := feed.because or (first.because if first else ""):
        yield f"       {escaped(because)}"
    for lead in feed.leads:
        yield f"       {escaped(_lead(lead))}"
    if feed.verdict:
        yield from _verdict(feed.verdict, "       ")
    for spot in feed.spots[1:]:
        reason = f": {spot.because}" if spot.because else ""
        told = f"{spot.what} {spot.path}{_place(spot)}{reason}"
        yield f"  {_in_or_out(spot.is_in)}  {escaped(told)}"


def _in_or_out(is_in: bool) -> str:  # noqa: FBT001 - there is nothing else that it could be
    return click.style("in ", fg="green") if is_in else click.style("out", fg="red")


def _place(spot: Spot) -> str:
    if not spot.is_in:
        return ""
    page = f" on page {spot.page}" if spot.page and spot.page > 1 else ""
    return f", place {spot.place}{page}"


def _lead(lead: Lead) -> str:
    """Say how a label leads to a topic."""
    said = f'"{lead.label}"'
    if lead.plain != lead.label:
        said += f', which is "{lead.plain}" with a qualifier'
    if lead.below is not None:
        return f"by {said}: it is above the topic {lead.below}"
    if lead.name != lead.key:
        return f"by {said}: it was a topic of its own, and goes on with {lead.key}"
    return f"by {said}: means the topic {lead.key}"


def _verdict(verdict: Verdict, indent: str) -> Iterator[str]:
    """Say of each condition whether it holds, and of what the article has."""
    met = f": the article has {verdict.met}" if verdict.met else ""
    word = click.style("yes", fg="green") if verdict.holds else click.style("no ", fg="red")
    yield f"{indent}{word}  {escaped(verdict.condition + met)}"
    for part in verdict.parts:
        yield from _verdict(part, f"{indent}  ")
