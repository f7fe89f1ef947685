"""Many files to readings, in this process or, where there are many, in several."""

import hashlib
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from feeds.corpus.article import ReadingRules, read_article
from feeds.corpus.frontmatter import read_document
from feeds.corpus.scan import read_file
from feeds.model import Finding, Reading, SourceFile
from feeds.syntax import SyntaxProblem

_JOB_SIZE = 200
_WORTH_A_POOL = 1_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where documents are and how they are read; `prefix` begins the paths of them all."""

    root: Path
    prefix: str
    rules: ReadingRules


def read_source(source: SourceFile, rules: ReadingRules) -> Reading:
    """Read one file's bytes: an article, or findings that say why there is none."""
    try:
        return read_article(read_document(source, rules.limits), rules)
    except SyntaxProblem as problem:
        message = f"{problem.message}; document skipped"
        place = (problem.line, problem.column)
        finding = Finding(source.path, *place, problem.code, problem.key, message)
        return Reading(source.path, None, (finding,))


def read_all(
    corpus: Corpus, known: Sequence[tuple[str, str]], workers: int | None = None
) -> Iterator[Reading]:
    """Read files, each given as its path and the digest known of it, in their order.

    Several processes share the work where that pays; `workers` is how many at the most.
    """
    jobs = [known[start : start + _JOB_SIZE] for start in range(0, len(known), _JOB_SIZE)]
    workers = min(workers or os.cpu_count() or 1, len(jobs))
    if workers < 2 or len(known) < _WORTH_A_POOL:  # noqa: PLR2004 - one worker is no pool
        for job in jobs:
            yield from _read_job(corpus, job)
        return
    # Spawned, not forked: a server refreshes beside threads, which a fork would tear apart.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for readings in pool.map(_read_job, [corpus] * len(jobs), jobs):
            yield from readings


def _read_job(corpus: Corpus, known: Sequence[tuple[str, str]]) -> list[Reading]:
    return [_read_one(corpus, path, digest) for path, digest in known]


def _read_one(corpus: Corpus, path: str, known_digest: str) -> Reading:
    limit = corpus.rules.limits.file_bytes + 1
    try:
        data = read_file(corpus.root, path, corpus.prefix, limit)
    except OSError as error:
        message = f"{error.strerror}; document skipped"
        return Reading(path, None, (Finding(path, 0, 0, "file-unreadable", "", message),))
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    if digest == known_digest:
        return Reading(path, None, digest=digest, unchanged=True)
    return replace(read_source(SourceFile(path, data), corpus.rules), digest=digest)
