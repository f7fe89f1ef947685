"""Many files to readings, in this process or, where there are many, in several."""

import hashlib
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from feeds.corpus.article import ReadingRules, read_article
from feeds.corpus.frontmatter import read_document
from feeds.corpus.plain_article import read_plain
from feeds.corpus.scan import Files, Gone
from feeds.corpus.withholding import is_withheld
from feeds.model import SKIPPED, Finding, Reading, SourceFile, replace
from feeds.processes import shared
from feeds.syntax import SyntaxProblem
from feeds.text.clean import shown

# What a message may quote of a document, cut in its middle so that it still says what is wrong.
_HEAD, _TAIL = 80, 60
_SECRET = re.compile(r"(?:.*?\.)?secured(?=[.\[]|$)", re.DOTALL)

Result = TypeVar("Result")
Readings = Generator[Result, None, None]

_JOB_SIZE = 200
_WORTH_A_POOL = 1_000
# Enough for the time in which whoever keeps what is read is loaded, or waits for a disk.
_JOBS_AHEAD = 16


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where documents are and how they are read; `prefix` begins the paths of them all."""

    root: Path
    prefix: str
    rules: ReadingRules


def read_source(source: SourceFile, rules: ReadingRules, prefix: str = "") -> Reading:
    """Read one file's bytes: an article, or findings that say why there is none.

    `prefix` is what the path has before that of the file below its corpus.
    """
    return read_plain(source, rules, prefix) or read_exactly(source, rules, prefix)


def read_exactly(source: SourceFile, rules: ReadingRules, prefix: str = "") -> Reading:
    """Do the same as `read_source` without its way for documents with which nothing is wrong."""
    try:
        return read_article(read_document(source, rules.limits), rules, prefix)
    except SyntaxProblem as problem:
        stays = not is_withheld(source.data, rules.dialects)
        return Reading(source.path, None, (_finding(source.path, problem),), stays=stays)


def _finding(path: str, problem: SyntaxProblem) -> Finding:
    """Make a finding of a problem, without anything that stands under `secured`."""
    message = problem.message
    if len(message) > _HEAD + 1 + _TAIL:
        message = f"{message[:_HEAD]}…{message[-_TAIL:]}"
    if problem.hint:
        message = f"{message} ({problem.hint})"
    key = shown(problem.key)[1:-1]
    secret = _SECRET.match(problem.key)
    if secret and (secret[0] != problem.key or problem.code != "yaml-duplicate-key"):
        key, message = secret[0], "is not allowed as it stands, and never shown"
    place = (problem.line, problem.column)
    return Finding(path, *place, problem.code, key, f"{message}; {SKIPPED}")


def read_all(
    corpus: Corpus,
    known: Iterable[tuple[str, str]],
    pack: Callable[[Reading], Result],
    workers: int | None = None,
) -> Readings[Result]:
    """Read files, each given as its path and the digest known of it, in their order.

    Several processes share the work where that pays, and begin as soon as that many files are
    given; `workers` is how many at the most. What `pack` makes of a reading is made by the process
    that has read it, and comes from there.
    """
    given = iter(known)
    first = list(islice(given, _WORTH_A_POOL))
    if len(first) < _WORTH_A_POOL:
        workers = 1
    jobs = _jobs(chain(first, given))
    return _each(shared(partial(_read_job, corpus, pack), jobs, workers, _JOBS_AHEAD))


def _jobs(known: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while job := list(islice(known, _JOB_SIZE)):
        yield job


def _each(parts: Readings[list[Result]]) -> Readings[Result]:
    for results in parts:
        yield from results


def _read_job(
    corpus: Corpus, pack: Callable[[Reading], Result], known: Sequence[tuple[str, str]]
) -> list[Result]:
    with Files(corpus.root, corpus.prefix) as files:
        return [pack(_read(corpus, files, path, digest)) for path, digest in known]


def read_one(corpus: Corpus, path: str, known_digest: str = "") -> Reading:
    """Read a file, unless its bytes have the digest that is known of it."""
    with Files(corpus.root, corpus.prefix) as files:
        return _read(corpus, files, path, known_digest)


def _read(corpus: Corpus, files: Files, path: str, known_digest: str) -> Reading:
    try:
        data, stamp = files.read(path, corpus.rules.limits.file_bytes + 1)
    except Gone as reason:
        return Reading(path, None, (_unread(path, str(reason)),))
    except OSError as error:
        return Reading(path, None, (_unread(path, str(error.strerror)),), stays=True)
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    if digest == known_digest:
        return Reading(path, None, digest=digest, unchanged=True)
    reading = read_source(SourceFile(path, data), corpus.rules, corpus.prefix)
    return replace(reading, digest=digest, stamp=stamp)


def _unread(path: str, reason: str) -> Finding:
    return Finding(path, 0, 0, "file-unreadable", "", f"{reason}; {SKIPPED}")
