"""`feeds check`: what is wrong, with nothing written."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from feeds.cli.inspecting import Inspection
from feeds.cli.options import Settings
from feeds.cli.talk import exit_code, finding_line, log_to_stderr, say, write
from feeds.errors import ConfigurationError
from feeds.findings import REPORTS, Choice, Located, UnknownCode, codes_of


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
        found = Inspection(settings, paths, wishes.choice()).found()
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
