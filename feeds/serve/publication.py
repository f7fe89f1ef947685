"""A publication as the server holds it: every answer made before the request comes."""

import hashlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from feeds.errors import FeedsError
from feeds.model import History, Published
from feeds.publish.manifest import MANIFEST_NAME, Listing, load_listing
from feeds.publish.policy import Policy, Said
from feeds.publish.unserved import CODED_FILES, coded_path, is_unserved
from feeds.serve.delta import Deltas
from feeds.serve.former import NOTHING_FORMER, FormerAnswers
from feeds.serve.prepared import Answer, Prepared

_INDEX = "index.html"

Histories = Callable[[Collection[str]], Mapping[str, History]]
"""Gives the histories that there are of the feeds at some paths."""


class NoPublication(FeedsError):
    """There is no publication under this root that could be served."""

    def __init__(self, root: Path, reason: str) -> None:
        super().__init__(f"no publication in {root}: {reason}")


@dataclass(frozen=True, slots=True)
class Terms:
    """By what answers were prepared, besides what is published: a policy, in a month in UTC."""

    policy: Policy
    month: str


@dataclass(frozen=True, slots=True)
class Publication:
    """URL path, its percent signs decoded, → what is answered there; it never changes.

    `unmatched` has the paths of resources whose files were not what the manifest says, so
    that they have their earlier answer or none: a publisher is at work, and loading once more
    will mend it. `listing` is that manifest.
    """

    answers: Mapping[str, Prepared]
    unmatched: tuple[str, ...] = ()
    former: FormerAnswers = NOTHING_FORMER
    deltas: Deltas | None = None
    listing: Listing | None = None
    terms: Terms | None = None

    def get(self, url_path: str) -> Prepared | None:
        """Look up what is answered under this path; None where nothing is published."""
        return self.answers.get(url_path)

    def find(self, url_path: str) -> Prepared | Answer | None:
        """Look up what is answered under this path, former addresses among them."""
        return self.answers.get(url_path) or self.former.get(url_path)

    @classmethod
    def load(
        cls,
        root: Path,
        policy: Policy,
        now: datetime,
        previous: "Publication | None" = None,
        histories: Histories | None = None,
    ) -> "Publication":
        """Read the publication under `root`, only what has changed since the previous one.

        `now` is the real time: nothing is said to be newer. Without `histories`, every reader
        is sent whole feeds. Raises NoPublication when there is no manifest or it is none.
        """
        terms = Terms(policy, f"{now:%Y-%m}")
        listing = _listing(root, previous)
        answers, stale = _lasting(listing, terms, previous)
        listed = {entry.path: entry for entry in listing.resources.values()}
        unmatched: list[str] = []
        changed: list[str] = []
        for entry in stale:
            before = previous.get("/" + entry.path) if previous else None
            prepared = _prepared(root, entry, listed, before, policy.said(entry, now), now)
            if prepared is None:
                unmatched.append(entry.path)
                prepared = before
            if prepared is not None:
                if before is None or prepared.etag != before.etag:
                    changed.append(entry.path)
                answers.update(dict.fromkeys(_url_paths(entry.path), prepared))
        former = FormerAnswers(listing.former, answers, policy.former)
        deltas = Deltas(_histories(answers, changed, previous, histories)) if histories else None
        known = MappingProxyType(answers)
        return cls(known, tuple(unmatched), former, deltas, listing, terms)


def _lasting(
    listing: Listing, terms: Terms, previous: Publication | None
) -> tuple[dict[str, Prepared], list[Published]]:
    """Give the answers that last from before, and the resources of which others are due.

    These are new or changed, or were not as they should be, or not yet modified, before.
    """
    known: Mapping[bytes, Published] = {}
    answers: dict[str, Prepared] = {}
    if previous and previous.listing and previous.terms == terms:
        known, answers = previous.listing.resources, dict(previous.answers)
    for line in known.keys() - listing.resources.keys():
        for url_path in _url_paths(known[line].path):
            answers.pop(url_path, None)
    again = {*previous.unmatched} if previous else set[str]()
    again |= {item.published.path for item in answers.values() if item.last_modified is None}
    stale = [
        entry
        for line, entry in listing.resources.items()
        if (line not in known or entry.path in again) and not is_unserved(entry)
    ]
    return answers, stale


def _histories(
    answers: Mapping[str, Prepared],
    changed: Sequence[str],
    previous: Publication | None,
    read: Histories,
) -> Mapping[str, History]:
    """Read the histories of what has changed; where none were known before, all that there are."""
    before = previous.deltas.histories if previous and previous.deltas else {}
    paths = changed if before else [prepared.published.path for prepared in answers.values()]
    return {**before, **read(paths)}


def _prepared(
    root: Path,
    entry: Published,
    listed: Mapping[str, Published],
    before: Prepared | None,
    said: Said,
    now: datetime,
) -> Prepared | None:
    """Prepare a resource, from the bytes in memory where they are the same."""
    if before is not None and before.published.sha256 == entry.sha256:
        return before.renewed(entry, said, now)
    body = _read(root, entry)
    if body is None:
        return None
    return Prepared.make(entry, body, said, now, _read_coded(root, entry, listed))


def _listing(root: Path, previous: Publication | None) -> Listing:
    try:
        data = (root / MANIFEST_NAME).read_bytes()
        return load_listing(data, previous.listing if previous else None)
    except OSError as error:
        raise NoPublication(root, f"{MANIFEST_NAME}: {error.strerror}") from error
    except ValueError as error:
        raise NoPublication(root, f"{MANIFEST_NAME}: {error}") from error


def _read(root: Path, entry: Published) -> bytes | None:
    """Read the bytes that the manifest speaks of; None when the file has others or is not there."""
    try:
        with (root / entry.path).open("rb") as file:
            # Before reading, so that a wrong size cannot ask for more memory than there is.
            if os.fstat(file.fileno()).st_size != entry.size:
                return None
            body = file.read(entry.size)
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest() == entry.sha256 else None


def _read_coded(
    root: Path, entry: Published, listed: Mapping[str, Published]
) -> Mapping[str, bytes]:
    """Read the files beside a resource that have its bytes in codings, so that none is coded."""
    found: dict[str, bytes] = {}
    for coding in CODED_FILES:
        file = listed.get(coded_path(entry.path, coding))
        if file is not None and (body := _read(root, file)) is not None:
            found[coding] = body
    return found


def _url_paths(path: str) -> tuple[str, ...]:
    directory, slash, name = ("/" + path).rpartition("/")
    return (directory + slash, "/" + path) if name == _INDEX else ("/" + path,)
