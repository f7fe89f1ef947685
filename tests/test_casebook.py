"""What tests try of the list of cases is added up, case by case, and nothing else is."""

import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from casebook import cases, counts_in, table

TESTS = Path(__file__).parent

TRYING = '''
import pytest

@pytest.mark.case(1)
@pytest.mark.parametrize("number", range(3))
def test_three(number):
    """Three attempts."""

@pytest.mark.case(2, 3)
def test_two_cases(attempts):
    """A thousand attempts, of which two lose something."""
    attempts.count(1_000)
    attempts.lose("this")
    attempts.lose("that")

@pytest.mark.case(1)
def test_that_fails():
    """A fourth attempt."""
    raise AssertionError

@pytest.mark.case(4)
def test_that_is_skipped():
    """No attempt."""
    pytest.skip("not here")

def test_of_no_case():
    """Nothing of the table."""
'''
PAGE = "Before.\n<!-- cases: begin -->\nold\n<!-- cases: end -->\nAfter.\n"


def test_attempts_and_losses_are_added_up_by_case(tmp_path: Path) -> None:
    """Each parameter is an attempt, counted ones are, failed ones are losses, skipped are none."""
    (tmp_path / "test_trying.py").write_text(TRYING, encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    stated = (
        f"number={n}\npriority='A'\ngiven='given {n}'\ngets='gets {n}'\n" for n in range(1, 5)
    )
    listed = "".join(f"[[case]]\n{row}" for row in stated)
    (tmp_path / "list.toml").write_text(f"{listed}untried='not here yet'", encoding="utf-8")
    options = ["-p", "casebook", "-n", "2", "--reliability", page, "--cases", tmp_path]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, tmp_path],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    written = page.read_text(encoding="utf-8")
    assert written.startswith("Before.\n<!-- cases: begin -->\n| case |")
    assert written.endswith("<!-- cases: end -->\nAfter.\n")
    rows = [
        "| 1 | given 1 | gets 1 | 4 | 1 |",
        "| 2 | given 2 | gets 2 | 1,000 | 2 |",
        "| 3 | given 3 | gets 3 | 1,000 | 2 |",
        "| 4 | given 4 | gets 4 | not here yet | |",
    ]
    assert rows_of(written) == rows
    some = table(Counter({1: 7}), Counter(), cases(tmp_path).values(), counts_in(written))
    assert rows_of(some) == ["| 1 | given 1 | gets 1 | 7 | 0 |", *rows[1:]]


def rows_of(text: str) -> list[str]:
    """Give the rows of a table, without its head."""
    return [line for line in text.splitlines() if line.startswith("| ")][1:]


def marked() -> Iterator[tuple[str, int]]:
    """Give the cases that tests are marked with, and the files of these."""
    for file in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.case":
                for argument in node.args:
                    yield file.name, ast.literal_eval(argument)


def test_every_case_is_tried_or_says_why_not() -> None:
    """Of each case there is a test or a reason, not both, and no test is of a case unlisted."""
    listed = cases()
    tried = {number for _, number in marked()}
    assert tried - listed.keys() == set()
    assert {number for number, case in listed.items() if not case.untried} == tried


PAGE_OF_ALL = TESTS.parent / "docs" / "reliability.md"


def test_the_page_has_a_row_for_each_case_and_nothing_was_lost() -> None:
    """What tests found stands there, for every case as it is listed; or why it was not tried."""
    rows = rows_of(PAGE_OF_ALL.read_text(encoding="utf-8").split("<!-- cases: begin -->")[1])
    said = dict(zip(cases(), rows, strict=True))
    for number, case in cases().items():
        begin = f"| {number} | {case.given} | {case.gets} | "
        assert said[number].startswith(begin)
        end = said[number].removeprefix(begin)
        assert end == f"{case.untried} | |" if case.untried else re.fullmatch(TRIED, end)


TRIED = r"[1-9][\d,]* \| 0 \|"
