"""`feeds check`: what is wrong, with nothing written."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import ProgressBar, exit_code, finding_line, log_to_stderr, say, write
from feeds.cli.wiring import make_corpora, make_plan
from feeds.config.corpus import CorpusSource
from feeds.config.types import Configuration
from feeds.corpus.reading import Corpus, read_all
from feeds.errors import ConfigurationError
from feeds.findings import REPORTS, Choice, Located, UnknownCode, codes_of
from feeds.model import Finding, Reading
from feeds.processes import Crew, available
from feeds.publish.directory import DirectoryDestination
from feeds.refresh import refresh


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which findings are wanted and how, as the user said it."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    output_format: str = "text"
    exit_zero: bool = False

    def choice(self) -> Choice:
        """Give the codes that are wanted. Raises `ConfigurationError` for one that is none."""
        return Choice(_codes("--select", self.select), _codes("--ignore", self.ignore))


def check(settings: Settings, paths: tuple[Path, ...], wishes: Wishes) -> None:
    """Say what is wrong with these documents and directories, or the configured corpus."""
    log_to_stderr()
    with exit_code():
        choice = wishes.choice()
        found = [each for each in _found(settings, paths) if choice.has(each.finding.code)]
        for line in _lines(found, wishes.output_format):
            write(line)
        say(_closing(len(found)))
    sys.exit(1 if found and not wishes.exit_zero else 0)


def _codes(option: str, values: Iterable[str]) -> frozenset[str]:
    try:
        return codes_of(name.strip() for value in values for name in value.split(","))
    except UnknownCode as error:
        raise ConfigurationError((f"{option}: {error}",)) from None


def _lines(found: Sequence[Located], output_format: str) -> Iterable[str]:
    if output_format in REPORTS:
        return REPORTS[output_format](found)
    return (finding_line(each.finding, in_colour=True) for each in found)


def _closing(number: int) -> str:
    return {0: "nothing is wrong", 1: "1 finding"}.get(number, f"{number} findings")


def _found(settings: Settings, paths: tuple[Path, ...]) -> list[Located]:
    folders = tuple(path for path in paths if path.is_dir())
    files = [path for path in paths if not path.is_dir()]
    configuration = load_settings(settings, corpus_needed=not paths)
    now = moment(settings)
    found = list(_check_files(files, configuration, settings, now))
    if folders or not paths:
        sources = _sources(folders, configuration)
        configuration = replace(configuration, corpus=sources or configuration.corpus)
        found += _check_corpora(configuration, settings, now, is_of_others=bool(folders))
    return found


def _check_corpora(
    configuration: Configuration, settings: Settings, now: datetime, *, is_of_others: bool
) -> Iterator[Located]:
    """Rehearse a build, of other directories than those of the last one from an empty catalog.

    What is being written is read as it is: nobody looks at it again.
    """
    with (
        TemporaryDirectory(prefix="feeds-") as folder,
        ProgressBar() as progress,
        Crew(available()) as crew,
    ):
        plan = replace(
            make_plan(configuration, settings, now),
            destination=DirectoryDestination(Path(folder, "output")),
            crew=crew,
        )
        if is_of_others:
            plan = replace(plan, state=Path(folder, "state"))
        report = refresh(plan, now, progress)
    for finding in report.findings:
        yield _located(finding, plan.corpora)
    yield from _check_files(report.unsettled, configuration, settings, now)


def _check_files(
    files: Iterable[Path], configuration: Configuration, settings: Settings, now: datetime
) -> Iterator[Located]:
    """Check single documents, each by the rules of the configured corpus that it is in."""
    corpora = make_corpora(configuration, settings, now)
    with Crew(1, standing=1) as crew:
        for file in files:
            resolved = file.resolve()
            corpus = next((item for item in corpora if resolved.is_relative_to(item.root)), None)
            if corpus is None:
                alone = replace(configuration, corpus=(CorpusSource(path=resolved.parent),))
                (corpus,) = make_corpora(alone, settings, now)
            path = corpus.prefix + resolved.relative_to(corpus.root).as_posix()
            for findings in read_all(corpus, [(path, "")], _findings, crew):
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


def _sources(folders: tuple[Path, ...], configuration: Configuration) -> tuple[CorpusSource, ...]:
    """Give directories as corpora, with the settings of the configured one that each is."""
    known = {source.path: source for source in configuration.corpus}
    resolved = [folder.resolve() for folder in folders]
    return tuple(known.get(folder, CorpusSource(path=folder)) for folder in resolved)
