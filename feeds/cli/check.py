"""`feeds check`: what is wrong, with nothing written."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import ProgressBar, exit_code, log_to_stderr, say, say_findings
from feeds.cli.wiring import make_corpora, make_plan
from feeds.config.corpus import CorpusSource
from feeds.config.types import Configuration
from feeds.corpus.reading import read_all
from feeds.model import Finding, Reading
from feeds.processes import Crew, available
from feeds.publish.directory import DirectoryDestination
from feeds.refresh import refresh


def check(settings: Settings, paths: tuple[Path, ...]) -> None:
    """Say what is wrong with these documents and directories, or the configured corpus."""
    log_to_stderr()
    with exit_code():
        folders = tuple(path for path in paths if path.is_dir())
        files = [path for path in paths if not path.is_dir()]
        configuration = load_settings(settings, corpus_needed=not paths)
        now = moment(settings)
        findings: list[Finding] = []
        if files:
            findings += _check_files(files, configuration, settings, now)
        if folders or not paths:
            sources = _sources(folders, configuration)
            configuration = replace(configuration, corpus=sources or configuration.corpus)
            findings += _check_corpora(configuration, settings, now, is_of_others=bool(folders))
        say_findings(findings, all_of_them=True)
        say(_closing(len(findings)))
    sys.exit(1 if findings else 0)


def _closing(number: int) -> str:
    return {0: "nothing is wrong", 1: "1 finding"}.get(number, f"{number} findings")


def _check_corpora(
    configuration: Configuration, settings: Settings, now: datetime, *, is_of_others: bool
) -> tuple[Finding, ...]:
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
        unsettled = _check_files(report.unsettled, configuration, settings, now)
        return (*report.findings, *unsettled)


def _check_files(
    files: Iterable[Path], configuration: Configuration, settings: Settings, now: datetime
) -> Iterable[Finding]:
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
                yield from findings


def _findings(reading: Reading) -> tuple[Finding, ...]:
    return reading.findings


def _sources(folders: tuple[Path, ...], configuration: Configuration) -> tuple[CorpusSource, ...]:
    """Give directories as corpora, with the settings of the configured one that each is."""
    known = {source.path: source for source in configuration.corpus}
    resolved = [folder.resolve() for folder in folders]
    return tuple(known.get(folder, CorpusSource(path=folder)) for folder in resolved)
