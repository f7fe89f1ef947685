"""`feeds check`: what is wrong, and what of that can be mended for sure."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from feeds.cli.fixing import Mended, difference, mended, replace_file
from feeds.cli.inspecting import Inspection
from feeds.cli.options import Settings
from feeds.cli.talk import escaped, exit_code, finding_line, log_to_stderr, say, write
from feeds.errors import ConfigurationError
from feeds.findings import REPORTS, Choice, Located, UnknownCode, codes_of
from feeds.model import replace


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which findings are wanted and how, as the user said it."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    output_format: str = "text"
    exit_zero: bool = False
    fix: bool = False
    diff: bool = False

    def choice(self) -> Choice:
        """Give the codes that are wanted. Raises `ConfigurationError` for one that is none."""
        return Choice(_codes("--select", self.select), _codes("--ignore", self.ignore))


def check(settings: Settings, paths: tuple[Path | str, ...], wishes: Wishes) -> None:
    """Say what is wrong with these documents and directories, or the configured corpus.

    Where that is wished for, mend what can be mended first, or show what that would change.
    """
    log_to_stderr()
    with exit_code():
        choice = wishes.choice()
        inspection = Inspection(settings, paths, choice)
        for option in ("--fix",) * wishes.fix + ("--diff",) * wishes.diff:
            inspection.refuse_buckets(option)
        found = inspection.found()
        if wishes.diff:
            number = _show(mended(inspection, found, choice))
        else:
            if wishes.fix and _fix(mended(inspection, found, choice)):
                found = inspection.found()
            number = _tell(found, wishes.output_format)
    sys.exit(1 if number and not wishes.exit_zero else 0)


def _tell(found: Sequence[Located], output_format: str) -> int:
    for line in _lines(found, output_format):
        write(line)
    say(_closing(len(found), sum(bool(each.fix) for each in found)))
    return len(found)


def _show(files: Iterable[Mended]) -> int:
    """Show what would change, and count by how many fixes.

    A terminal heeds nothing of what documents have in them; a program gets them as they are.
    """
    number = 0
    for file in files:
        for line in difference(file):
            write(escaped(line) if sys.stdout.isatty() else line)
        number += len(file.fixes)
    say({0: "nothing can be fixed", 1: "1 fix"}.get(number, f"{number} fixes"))
    return number


def _fix(files: Iterable[Mended]) -> bool:
    """Mend files, say each thing that is done, and tell whether anything was."""
    is_done = False
    for file in files:
        if not replace_file(file):
            say(f"{escaped(str(file.path))}: became another file meanwhile; left as it is")
            continue
        is_done = True
        for fix in file.fixes:
            say(f"fixed {finding_line(replace(fix.finding, message=fix.what), in_colour=True)}")
    return is_done


def _codes(option: str, values: Iterable[str]) -> frozenset[str]:
    try:
        return codes_of(name.strip() for value in values for name in value.split(","))
    except UnknownCode as error:
        raise ConfigurationError((f"{option}: {error}",)) from None


def _lines(found: Sequence[Located], output_format: str) -> Iterable[str]:
    if output_format in REPORTS:
        return REPORTS[output_format](found)
    return (finding_line(each.finding, in_colour=True) for each in found)


def _closing(number: int, fixable: int) -> str:
    if not number:
        return "nothing is wrong"
    findings = "1 finding" if number == 1 else f"{number} findings"
    return f"{findings}, {fixable} fixable with --fix" if fixable else findings
