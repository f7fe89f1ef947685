"""Findings of documents, of directories or of the configured corpus, with the files they are of."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment, resolved
from feeds.cli.talk import ProgressBar
from feeds.cli.wiring import make_corpora, make_plan
from feeds.config.corpus import CorpusSource
from feeds.config.state import State
from feeds.config.types import Configuration
from feeds.corpus.mending import MENDED, read_fixable
from feeds.corpus.misspelling import MISSPELT, read_misspelt
from feeds.corpus.reading import Corpus, read_all
from feeds.corpus.scanned import ReadersHere, scan_corpus
from feeds.corpus.source import ENDINGS
from feeds.errors import ConfigurationError
from feeds.findings import Choice, Located
from feeds.model import Finding, Reading
from feeds.processes import Crew, available
from feeds.publish.directory import DirectoryDestination
from feeds.refresh import Progress, refresh

_Place = tuple[int, int, str, str]


class Inspection:
    """Looks at some paths by the configuration, or at all that is configured, as often as asked.

    Raises `ConfigurationError`.
    """

    def __init__(self, settings: Settings, paths: tuple[Path | str, ...], choice: Choice) -> None:
        self._settings = settings
        self._files = [path for path in paths if not _is_folder(path)]
        self._folders = [path for path in paths if _is_folder(path)]
        self._looks_around = bool(self._folders) or not paths
        self._choice = choice
        self._now: datetime = moment(settings)
        self._configuration = load_settings(settings, corpus_needed=not paths)
        self._origins: dict[str, tuple[Corpus, str]] = {}

    def found(self) -> list[Located]:
        """Give all findings that are wanted, with what `--fix` would do where it can."""
        found = list(self._of_places(str(resolved(file)) for file in self._files))
        if self._looks_around:
            found += self._of_corpora()
        found = [each for each in found if self._choice.has(each.finding.code)]
        return self._marked(found)

    def refuse_buckets(self, option: str) -> None:
        """Refuse an option for files where anything else is looked at.

        Raises `ConfigurationError`.
        """
        configured = () if self._files or self._folders else self._configuration.corpus
        places = [*self._files, *self._folders, *(source.path for source in configured)]
        for place in places:
            if not isinstance(place, Path):
                raise ConfigurationError((f"{option}: needs files, and {place} has none",))

    def origin(self, file: str) -> tuple[Corpus, str]:
        """Give the corpus of a file in which something was found, and its path there."""
        return self._origins[file]

    def _of_places(self, places: Iterable[str]) -> Iterator[Located]:
        """Check single documents, each by the rules of the configured corpus that it is in."""
        corpora = self._corpora(self._configuration)
        with Crew(1, standing=1) as crew:
            for place in places:
                corpus = next((each for each in corpora if each.source.below(place)), None)
                if corpus is None:
                    folder = place.rpartition("/")[0] if "://" in place else Path(place).parent
                    alone = CorpusSource(path=folder)
                    (corpus,) = self._corpora(replace(self._configuration, corpus=(alone,)))
                path = corpus.prefix + (corpus.source.below(place) or "")
                for findings in read_all(corpus, [(path, "")], _findings, crew):
                    yield from self._located(findings, (corpus,))
                yield from self._misspelt(corpus, [path], crew, _quietly)

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
                readers=ReadersHere(crew),
            )
            if self._folders:
                plan = replace(plan, state=State(Path(folder, "state")))
            report = refresh(plan, self._now, progress)
            found = list(self._located(report.findings, plan.corpora))
            for corpus in plan.corpora:
                paths = [stamp.path for stamp in scan_corpus(corpus).stamps]
                found += self._misspelt(corpus, paths, crew, progress)
        found += self._of_places(report.unsettled)
        return sorted(found, key=lambda each: each.finding)

    def _misspelt(
        self, corpus: Corpus, paths: Sequence[str], crew: Crew, progress: Progress
    ) -> Iterator[Located]:
        known = [(path, "") for path in paths] if self._choice.has(MISSPELT) else []
        readings = read_all(corpus, known, _misspelt, crew, read_misspelt)
        for done, findings in enumerate(readings, start=1):
            progress("spelling", done, len(known))
            yield from self._located(findings, (corpus,))

    def _marked(self, found: Iterable[Located]) -> list[Located]:
        """Say of each finding that can be mended what that does."""
        found = list(found)
        files: dict[Corpus, dict[str, str]] = {}
        for each in found:
            if each.finding.code in MENDED:
                corpus, path = self._origins[each.file]
                if corpus.source.directory:
                    files.setdefault(corpus, {})[path] = ""
        known: dict[tuple[str, _Place], str] = {}
        with ProgressBar() as progress, Crew(available()) as crew:
            for corpus, paths in files.items():
                readings = read_all(corpus, paths.items(), _mendable, crew, read_fixable)
                for done, findings in enumerate(readings, start=1):
                    progress("fixes", done, len(paths))
                    for each in self._located(findings, (corpus,)):
                        known[each.file, _place(each.finding)] = each.finding.message
        return [
            each._replace(fix=known.get((each.file, _place(each.finding)), "")) for each in found
        ]

    def _corpora(self, configuration: Configuration) -> tuple[Corpus, ...]:
        return make_corpora(configuration, self._settings, self._now)

    def _located(self, findings: Iterable[Finding], corpora: Sequence[Corpus]) -> Iterator[Located]:
        """Find the files of findings, whose paths are those below one of the corpora."""
        here = f"{Path.cwd()}/"
        for finding in findings:
            begins = (corpus for corpus in corpora if finding.path.startswith(corpus.prefix))
            corpus = max(begins, key=lambda each: len(each.prefix), default=corpora[0])
            place = corpus.source.place(finding.path.removeprefix(corpus.prefix))
            file = place.removeprefix(here)
            self._origins[file] = corpus, finding.path
            yield Located(finding, file)


def _quietly(_stage: str, _done: int, _total: int) -> None:
    """Show nothing of work that is short."""


def _is_folder(path: Path | str) -> bool:
    return path.is_dir() if isinstance(path, Path) else not path.endswith(ENDINGS)


def _place(finding: Finding) -> _Place:
    return finding.line, finding.column, finding.code, finding.key


def _findings(reading: Reading) -> tuple[Finding, ...]:
    return reading.findings


def _mendable(reading: Reading) -> tuple[Finding, ...]:
    """Leave out that a document could not be read once more."""
    return tuple(finding for finding in reading.findings if finding.code in MENDED)


def _misspelt(reading: Reading) -> tuple[Finding, ...]:
    """Leave out what the same document is said to have by those who read all of it."""
    return tuple(finding for finding in reading.findings if finding.code == MISSPELT)


def _sources(
    folders: Sequence[Path | str], configuration: Configuration
) -> tuple[CorpusSource, ...]:
    """Give places as corpora, with the settings of the configured one that each is."""
    known = {source.path: source for source in configuration.corpus}
    places = [resolved(folder) for folder in folders]
    return tuple(known.get(place, CorpusSource(path=place)) for place in places)
