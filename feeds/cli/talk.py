"""What commands say: standard output carries data, standard error talk."""

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from feeds.cli.options import loudness
from feeds.errors import CannotWrite, ConfigurationError, FeedsError, Refused
from feeds.model import Finding

if TYPE_CHECKING:
    from feeds.refresh import Report

_WARNINGS_OF_A_CODE = 10
# Seconds that work may take before a bar shows it.
_LONG = 0.5


def say(message: str) -> None:
    """Say what is new to the person at the terminal, unless they want quiet."""
    if loudness() >= 0:
        complain(message)


def detail(message: str) -> None:
    """Say what only somebody wants to know who asked for more."""
    if loudness() > 0:
        complain(message)


def complain(message: str) -> None:
    """Say what is wrong, however quiet it is to be; where nobody can hear it, the work goes on."""
    with suppress(OSError):
        click.echo(message, err=True, color=_wants_colour())


def write(line: str) -> None:
    """Write a line of data. Raises `CannotWrite`, but where nobody reads any more."""
    try:
        click.echo(line, color=_wants_colour())
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotWrite(Path("standard output"), error.strerror or str(error)) from None


def named(name: str, value: str) -> str:
    """Write a value behind its name, so that values stand below each other."""
    return f"{name:<11} {value}"


def _wants_colour() -> bool | None:
    """Tell whether there are colours whatever the stream is; None where a terminal decides.

    See https://no-color.org and https://force-color.org.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return False if os.environ.get("TERM") == "dumb" else None


@contextmanager
def exit_code() -> Iterator[None]:
    """End the process with the code of the error that ends the run, and a line for each problem.

    What a disk refuses where nobody looks for that is such an error, too.
    """
    try:
        yield
    except ConfigurationError as error:
        for problem in error.problems:
            complain(problem)
        sys.exit(error.exit_code)
    except FeedsError as error:
        if isinstance(error, Refused):
            say_findings(error.findings)
        complain(f"feeds: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        raise
    except OSError as error:
        what = f"cannot use {error.filename}" if error.filename else "cannot read or write"
        complain(f"feeds: {what}: {error.strerror or error}")
        sys.exit(CannotWrite.exit_code)


def log_to_stderr() -> None:
    """Send what the program logs to standard error, a line for each record."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s"
    )
    levels = {-1: logging.WARNING, 0: logging.INFO, 1: logging.DEBUG}
    logging.getLogger("feeds").setLevel(levels[loudness()])


def escaped(text: str) -> str:
    """Escape the characters that could forge a line, such as those in the name of a file."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def finding_line(finding: Finding, *, in_colour: bool = False) -> str:
    """Write a finding as `path:line:column: code: key: message`.

    A place that is not known and an empty key are left out. The colour of the code is that of
    the severity.
    """
    colour = "red" if finding.severity == "error" else "yellow"
    code = click.style(finding.code, fg=colour, bold=True) if in_colour else finding.code
    place = f":{finding.line}:{finding.column}" if finding.line else ""
    key = f"{escaped(finding.key)}: " if finding.key else ""
    return f"{escaped(finding.path)}{place}: {code}: {key}{escaped(finding.message)}"


def say_findings(findings: Iterable[Finding]) -> None:
    """Say a line for each finding; of a kind of warning the first few, unless more is wanted."""
    all_of_them = loudness() > 0
    said: Counter[str] = Counter()
    for finding in findings:
        said[finding.code] += 1
        is_warning = finding.severity == "warning"
        if all_of_them or not is_warning or said[finding.code] <= _WARNINGS_OF_A_CODE:
            complain(finding_line(finding, in_colour=True))
        else:
            said[f"more {finding.code}"] += 1
    for code, number in said.items():
        if code.startswith("more "):
            complain(f"and {number} {code}; feeds check shows them all")


def change_lines(report: "Report") -> Iterator[str]:
    """Write a line for each file that a build wrote or deleted."""
    for word, paths in (("wrote", [*report.added, *report.changed]), ("deleted", report.deleted)):
        for path in paths:
            yield f"{word} {escaped(path)}"


def summary(report: "Report", seconds: float, *, rehearsal: bool = False) -> str:
    """Write the line that closes a build, or a rehearsal of one."""
    be = "to be " if rehearsal else ""
    errors = [finding for finding in report.findings if finding.severity == "error"]
    kept = [finding for finding in errors if finding.is_of_kept]
    written = len([*report.added, *report.changed])
    left = f"{report.unchanged} unchanged, {len(report.deleted)} {be}deleted"
    parts = [
        f"{report.documents} documents ({report.read} read, {report.states['held']} held back)",
        _counted("skipped", [finding for finding in errors if not finding.is_of_kept]),
        *([_counted("kept at the last good version", kept)] if kept else []),
        *([f"{len(report.unsettled)} being written"] if report.unsettled else []),
        f"{report.visible} articles" + (f", {report.waiting} not due" if report.waiting else ""),
        f"{report.feeds} feeds",
        f"{written} files {be}written, {left}",
        f"{seconds:.1f} s",
    ]
    return "; ".join(parts)


def _counted(what: str, findings: Sequence[Finding]) -> str:
    """Count documents by what is wrong with them."""
    codes = Counter(finding.code for finding in findings)
    told = ", ".join(f"{number} {code}" for code, number in sorted(codes.items()))
    return f"{len(findings)} {what}" + (f" ({told})" if told else "")


class ProgressBar:
    """Shows how far a stage of the work is, on a terminal only, and only where it takes long."""

    def __init__(self) -> None:
        self._stage = ""
        self._begun = time.monotonic()
        self._bar: Any = None
        self._is_shown = sys.stderr is not None and sys.stderr.isatty() and loudness() >= 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of a stage are done."""
        if not self._is_shown:
            return
        if stage != self._stage:
            self.close()
            self._stage, self._begun = stage, time.monotonic()
        is_long = time.monotonic() - self._begun > _LONG
        if self._bar is None and is_long and done < total:
            self._bar = click.progressbar(length=total, label=stage, file=sys.stderr)
        if self._bar is not None:
            self._bar.update(done - self._bar.pos)

    def close(self) -> None:
        """End the bar's line, where there is one."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
