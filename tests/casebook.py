"""The cases of bad input, faults and attacks, and the table of what became of each.

`tests/cases/*.toml` lists them. A test that tries one is marked `@pytest.mark.case(NUMBER, ...)`,
and counts as one attempt, unless it takes the fixture `attempts` and counts its own. With
`--reliability FILE`, the table in that file is written anew from what the run has tried; with
`--others-stay`, a case that it has not tried keeps the row that it has there.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

CASES = Path(__file__).parent / "cases"
_TABLE = re.compile(r"(?<=<!-- cases: begin -->\n).*(?=<!-- cases: end -->)", re.DOTALL)
_ROW = re.compile(r"^\| (\d+) \|.*\| ([\d,]+ \| [\d,]+) \|$", re.MULTILINE)
_HEAD = "| case | what is tried | what it gets | tried | lost |\n|---:|---|---|---:|---:|\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which something goes wrong, what it gets, and how soon it has to.

    `untried` says why nobody tries it, where that is so.
    """

    number: int
    priority: str
    given: str
    gets: str
    untried: str = ""


@dataclass(slots=True)
class Attempts:
    """How often a test has tried its case, and what was lost."""

    tried: int = 0
    lost: list[str] = field(default_factory=list)

    def count(self, number: int = 1) -> None:
        """Note that the case was tried so many times more."""
        self.tried += number

    def lose(self, what: str) -> None:
        """Note what was lost in an attempt; the test ends with all of it."""
        self.lost.append(what)


def cases(folder: Path = CASES) -> dict[int, Case]:
    """Read the list of cases, by number."""
    found: dict[int, Case] = {}
    for file in sorted(folder.glob("*.toml")):
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["case"]:
            case = Case(**row)
            if case.number in found:
                raise ValueError(f"{file}: there are two cases {case.number}")
            found[case.number] = case
    return dict(sorted(found.items()))


def table(
    tried: Counter[int], lost: Counter[int], listed: Iterable[Case], known: Mapping[int, str]
) -> str:
    """Write the table, in Markdown; what was not tried in this run has no number, or is `known`.

    That maps cases to what an earlier run found.
    """
    lines = []
    for case in listed:
        number = case.number
        counts = f"{tried[number]:,} | {lost[number]:,}" if tried[number] else known.get(number)
        lines.append(
            f"| {number} | {case.given} | {case.gets} | {counts or f'{case.untried} |'} |\n"
        )
    return _HEAD + "".join(lines)


def counts_in(text: str) -> dict[int, str]:
    """Give what a table says was tried and lost, by case."""
    return {int(row[1]): row[2] for row in _ROW.finditer(text)}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the file that holds the table, and the directory of the list."""
    parser.addoption("--reliability", metavar="FILE", help="write the table of cases into a file")
    parser.addoption("--others-stay", action="store_true", help="keep rows of what is not tried")
    parser.addoption("--cases", metavar="DIRECTORY", default=CASES, help="where cases are listed")


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker, and collect where all reports come together."""
    config.addinivalue_line("markers", "case(number, ...): tries these cases of tests/cases")
    file = config.getoption("--reliability")
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(
            _Collector(
                Path(file),
                cases(Path(config.getoption("--cases"))),
                others_stay=config.getoption("--others-stay"),
            )
        )


@pytest.fixture
def attempts(
    record_property: Callable[[str, object], None],
) -> Generator[Attempts, None, None]:
    """Count the attempts of a test that makes several; what they lost makes it fail."""
    counted = Attempts()
    yield counted
    record_property("attempts", counted.tried)
    record_property("lost", len(counted.lost))
    assert not counted.lost, "\n".join(counted.lost[:20])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Have each report say which cases its test tries."""
    numbers = [number for mark in item.iter_markers("case") for number in mark.args]
    if numbers:
        item.user_properties.append(("cases", numbers))


def trying(mark: pytest.MarkDecorator, *rows: object) -> Iterator[ParameterSet]:
    """Give rows of a table of parameters that try the cases of a mark."""
    for row in rows:
        values = row if type(row) is tuple else (row,)
        yield pytest.param(*values, marks=mark)


class _Collector:
    """Adds up what each test has tried, by its last report, and writes the table at the end."""

    def __init__(self, file: Path, listed: Mapping[int, Case], *, others_stay: bool) -> None:
        self._file = file
        self._others_stay = others_stay
        self._listed = listed
        self._outcomes: dict[str, set[str]] = {}
        self._tried: Counter[int] = Counter()
        self._lost: Counter[int] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcomes = self._outcomes.setdefault(report.nodeid, set())
        outcomes.add(report.outcome)
        told: dict[str, Any] = dict(report.user_properties)
        if report.when != "teardown" or "skipped" in outcomes:
            return
        for number in told.get("cases", ()):
            self._tried[number] += told.get("attempts", 1)
            self._lost[number] += told.get("lost", 0) or int("failed" in outcomes)

    def pytest_sessionfinish(self) -> None:
        text = self._file.read_text(encoding="utf-8")
        known = counts_in(text) if self._others_stay else {}
        rows = table(self._tried, self._lost, self._listed.values(), known)
        self._file.write_text(_TABLE.sub(lambda _: rows, text), encoding="utf-8")
