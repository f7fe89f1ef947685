"""Findings of documents, of directories or of the configured corpus, with the files they are of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import ProgressBar
from feeds.cli.wiring import make_corpora, make_plan
from feeds.config.corpus import CorpusSource
from feeds.config.types import Configuration
from feeds.corpus.misspelling import MISSPELT, read_misspelt
from feeds.corpus.reading import Corpus, read_all
from feeds.corpus.scanned import scan_corpus
from feeds.findings import Choice, Located
from feeds.model import Finding, Reading
from feeds.processes import Crew, available
from feeds.publish.directory import DirectoryDestination
from feeds.refresh import refresh


class Inspection:
    """Looks at some paths by the configuration, or at all that is configured, as often as asked.

    Raises `ConfigurationError`.
    """

    def __init__(self, settings: Settings, paths: tuple[Path, ...], choice: Choice) -> None:
        self._settings = settings
        self._files = [path for path in paths if not path.is_dir()]
        self._folders = [path for path in paths if path.is_dir()]
        self._looks_around = bool(self._folders) or not paths
        self._choice = choice
        self._now: datetime = moment(settings)
        self._configuration = load_settings(settings, corpus_needed=not paths)

    def found(self) -> list[Located]:
        """Give all findings that are wanted."""
        found = list(self._of_files(self._files))
        if self._looks_around:
            found += self._of_corpora()
        return [each for each in found if self._choice.has(each.finding.code)]

    def corpus_of(self, file: Path) -> tuple[Corpus, str]:
        """Give the configured corpus that a file is in, or one of its directory alone.

        Besides, the path by which the file is known in that corpus.
        """
        file = file.resolve()
        corpora = self._corpora(self._configuration)
        corpus = next((each for each in corpora if file.is_relative_to(each.root)), None)
        if corpus is None:
            alone = replace(self._configuration, corpus=(CorpusSource(path=file.parent),))
            (corpus,) = self._corpora(alone)
        return corpus, corpus.prefix + file.relative_to(corpus.root).as_posix()

    def _corpora(self, configuration: Configuration) -> tuple[Corpus, ...]:
        return make_corpora(configuration, self._settings, self._now)

    def _of_files(self, files: Iterable[Path]) -> Iterator[Located]:
        """Check single documents, each by the rules of the configured corpus that it is in."""
        with Crew(1, standing=1) as crew:
            for file in files:
                corpus, path = self.corpus_of(file)
                for findings in read_all(corpus, [(path, "")], _findings, crew):
                    yield from (_located(finding, (corpus,)) for finding in findings)
                yield from self._misspelt(corpus, [path], crew)

    def _of_corpora(self) -> list[Located]:
        """Rehearse a build, of other directories than those of the last one from an empty catalog.

        What is being written is read as it is: nobody looks at it again.
        """
        sources = _sources(self._folders, self._configuration)
        configuration = replace(self._configuration, corpus=sources or self._configuration.corpus)
        with (
            TemporaryDirectory(prefix="feeds-") as folder,
            ProgressBar() as progress,
            Crew(available()) as crew,
        ):
            plan = replace(
                make_plan(configuration, self._settings, self._now),
                destination=DirectoryDestination(Path(folder, "output")),
                crew=crew,
            )
            if self._folders:
                plan = replace(plan, state=Path(folder, "state"))
            report = refresh(plan, self._now, progress)
            found = [_located(finding, plan.corpora) for finding in report.findings]
            for corpus in plan.corpora if self._choice.has(MISSPELT) else ():
                paths = [stamp.path for stamp in scan_corpus(corpus).stamps]
                found += self._misspelt(corpus, paths, crew)
        found += self._of_files(report.unsettled)
        return sorted(found, key=lambda each: each.finding)

    def _misspelt(self, corpus: Corpus, paths: Sequence[str], crew: Crew) -> Iterator[Located]:
        known = ((path, "") for path in paths)
        for findings in read_all(corpus, known, _misspelt, crew, read_misspelt):
            yield from (_located(finding, (corpus,)) for finding in findings)


def _located(finding: Finding, corpora: Sequence[Corpus]) -> Located:
    """Find the file of a finding, of which the path is that below one of the corpora."""
    begins = (corpus for corpus in corpora if finding.path.startswith(corpus.prefix))
    corpus = max(begins, key=lambda each: len(each.prefix))
    file = corpus.root / finding.path.removeprefix(corpus.prefix)
    here = Path.cwd()
    return Located(finding, str(file.relative_to(here) if file.is_relative_to(here) else file))


def _findings(reading: Reading) -> tuple[Finding, ...]:
    return reading.findings


def _misspelt(reading: Reading) -> tuple[Finding, ...]:
    """Leave out what the same document is said to have by those who read all of it."""
    return tuple(finding for finding in reading.findings if finding.code == MISSPELT)


def _sources(folders: Sequence[Path], configuration: Configuration) -> tuple[CorpusSource, ...]:
    """Give directories as corpora, with the settings of the configured one that each is."""
    known = {source.path: source for source in configuration.corpus}
    resolved = [folder.resolve() for folder in folders]
    return tuple(known.get(folder, CorpusSource(path=folder)) for folder in resolved)
