"""Many files to readings, in this process or in others, where one that kills these costs itself."""

import hashlib
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace as replace_rules
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from traceback import extract_tb
from typing import Generic, TypeVar

from feeds.corpus.article import ReadingRules, read_article
from feeds.corpus.frontmatter import read_document
from feeds.corpus.plain_article import read_plain
from feeds.corpus.source import CorpusMissing, Files, Gone, Source
from feeds.corpus.withholding import is_withheld
from feeds.model import SKIPPED, Finding, Reading, SourceFile, replace
from feeds.processes import Crew, Task, limit_time
from feeds.syntax import SyntaxProblem
from feeds.text.clean import shown

# What a message may quote of a document, cut in its middle so that it still says what is wrong.
_HEAD, _TAIL = 80, 60
_SECRET = re.compile(r"(?:.*?\.)?secured(?=[.\[]|$)", re.DOTALL)

Result = TypeVar("Result")
Readings = Generator[Result, None, None]
Read = Callable[[SourceFile, ReadingRules, str], Reading]

JOB_SIZE = 200
"""How many files somebody else is given to read at once."""

_WORTH_A_POOL = 1_000
# Enough for the time in which whoever keeps what is read is loaded, or waits for a disk.
_JOBS_AHEAD = 16


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where documents are and how they are read; `prefix` begins the paths of them all."""

    source: Source
    prefix: str
    rules: ReadingRules

    def open(self, coming: Sequence[str] = ()) -> AbstractContextManager[Files]:
        """Open documents, those that are `coming` in this order, up to what tells one too large."""
        return self.source.open(self.prefix, self.rules.limits.file_bytes + 1, coming)


def timeless_rules(corpora: Iterable[Corpus]) -> list[tuple[str, ReadingRules]]:
    """Give the rules by which documents are read, with the prefix of each corpus.

    The horizon, which moves with the clock, is left out: it decides over a warning and over
    nothing published.
    """
    never = datetime.max.replace(tzinfo=UTC)
    return [(corpus.prefix, replace_rules(corpus.rules, horizon=never)) for corpus in corpora]


def lost_reading(path: str, how: str) -> Reading:
    """Give what stands for a reading that came to no end, and took its reader with it."""
    finding = Finding(path, 0, 0, "document-crash", "", f"{how}; {SKIPPED}")
    return Reading(path, None, (finding,), stays=True, is_lost=True)


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
    crew: Crew | None = None,
    read: Read = read_source,
) -> Readings[Result]:
    """Read files, each given as its path and the digest known of it, in their order.

    A crew reads them, of whom one begins at once, or several as soon as so many files are given
    that it pays; a file that kills who reads it, or takes it longer than its limit, is a finding.
    Without a crew they are read in this process, each when it is asked for. What `pack` makes of
    a reading is made by the process that has read it, and comes from there; `read` is what reads
    the bytes of a file. Raises `CorpusMissing`.
    """
    work = _Work(corpus, pack, read)
    given = iter(known)
    if crew is None:
        return (result for job in _jobs(given) for result in work(job))
    first = list(islice(given, _WORTH_A_POOL))
    workers = crew.most if len(first) == _WORTH_A_POOL else min(1, len(first))
    jobs = _jobs(chain(first, given))
    return _each(crew.share(work, jobs, workers, _JOBS_AHEAD), work)


def _jobs(known: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while job := list(islice(known, JOB_SIZE)):
        yield job


@dataclass(frozen=True, slots=True)
class _Work(Generic[Result]):
    """Reads files of a corpus, and packs what was read."""

    corpus: Corpus
    pack: Callable[[Reading], Result]
    read: Read

    def __call__(self, known: Sequence[tuple[str, str]]) -> list[Result]:
        coming = [path for path, _ in known]
        with self.corpus.open(coming) as files:
            return [self._read(files, path, digest) for path, digest in known]

    def _read(self, files: Files, path: str, digest: str) -> Result:
        try:
            return self.pack(_read(self.corpus, files, (path, digest), self.read))
        except CorpusMissing:
            raise
        except Exception as error:  # noqa: BLE001 - a mistake of ours costs one document
            place = extract_tb(error.__traceback__)[-1]
            at = f"{Path(place.filename).name}:{place.lineno}"
            return self.lost(path, f"raised {type(error).__name__} at {at}")

    def lost(self, path: str, how: str) -> Result:
        """Give what stands for a reading that ended with the process, or might have."""
        return self.pack(lost_reading(path, how))


def _each(
    tasks: Generator[Task[list[tuple[str, str]]], None, None], work: _Work[Result]
) -> Readings[Result]:
    with closing(tasks):
        for task in tasks:
            yield from _each_alone(task.job, work) if task.death else task.result()


def _each_alone(job: Sequence[tuple[str, str]], work: _Work[Result]) -> Readings[Result]:
    """Read files one by one, to find those that do harm: whatever killed a process may not be.

    It begins with another process, so that nobody is blamed for what ended the one before.
    """
    with Crew(1, deadly=True) as alone:
        for task in alone.share(work, ([item] for item in job), workers=1, ahead=1):
            if task.death:
                yield work.lost(task.job[0][0], f"the process that read it {task.death}")
            else:
                yield from task.result()


def _read(corpus: Corpus, files: Files, known: tuple[str, str], read: Read) -> Reading:
    path, known_digest = known
    # Disks take the time that they take, and no document is to blame.
    limit_time(0)
    try:
        data, stamp = files.read(path)
    except Gone as reason:
        return Reading(path, None, (_unread(path, str(reason)),))
    except OSError as error:
        return Reading(path, None, (_unread(path, str(error.strerror)),), stays=True)
    limit_time(corpus.rules.limits.seconds)
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    if digest == known_digest:
        return Reading(path, None, digest=digest, unchanged=True)
    reading = read(SourceFile(path, data), corpus.rules, corpus.prefix)
    return replace(reading, digest=digest, stamp=stamp)


def _unread(path: str, reason: str) -> Finding:
    return Finding(path, 0, 0, "file-unreadable", "", f"{reason}; {SKIPPED}")
