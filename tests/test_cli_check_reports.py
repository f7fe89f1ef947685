"""`feeds check` for programs, and for those who want some findings only."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from cli_tools import Run, document, feeds_here

import feeds
from feeds.findings import REPORTS, Located, explanation
from feeds.model import Finding

ODD = "100%, a: b/date.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a corpus with one error and two warnings, in a directory of a difficult name."""
    document(tmp_path / "corpus", "good.md")
    document(tmp_path / "corpus", ODD, publishedDateTime="2021-13-45")
    document(tmp_path / "corpus", "tags.md", language="english!", quality="high")
    return tmp_path


def check(folder: Path, *options: object, env: dict[str, str] | None = None) -> Run:
    """Check the corpus from the directory beside it."""
    return feeds_here("check", *options, "corpus", cwd=folder, env=env)


def codes(run: Run) -> list[str]:
    """Give the codes of what was written as text."""
    return [line.split(": ")[-3] for line in run.stdout.splitlines()]


def test_json_has_all_that_is_known(folder: Path) -> None:
    """JSON is a list of objects, each with its file as it is found from here."""
    run = check(folder, "--output-format", "json")
    assert (run.returncode, run.stderr) == (1, "3 findings\n")
    found: list[dict[str, Any]] = json.loads(run.stdout)
    assert found[0] == {
        "path": f"corpus/{ODD}",
        "line": 3,
        "column": 20,
        "code": "date-invalid",
        "severity": "error",
        "key": "publishedDateTime",
        "message": found[0]["message"],
        "fixable": False,
        "fix": None,
        "help": explanation("date-invalid").advice,
    }
    assert found[0]["message"].startswith('"2021-13-45" is not a date; ')
    assert [each["severity"] for each in found[1:]] == ["warning", "warning"]
    assert all((folder / each["path"]).is_file() for each in found)


def test_what_can_be_fixed_is_told(folder: Path) -> None:
    """Of what `--fix` would mend, JSON and SARIF say so, and the line that sums up how many."""
    document(folder / "corpus", "flag.md", published='"true"')
    run = check(folder, "--output-format", "json", "--ignore", "number")
    fixes = {each["code"]: each["fix"] for each in json.loads(run.stdout) if each["fixable"]}
    assert fixes == {"boolean-invalid": "quotes taken off"}
    assert run.stderr == "3 findings, 1 fixable with --fix\n"
    (log,) = json.loads(check(folder, "--output-format", "sarif").stdout)["runs"]
    fixable = [each["ruleId"] for each in log["results"] if each["properties"]["fixable"]]
    assert fixable == ["boolean-invalid"]


def test_json_of_nothing_is_an_empty_list(folder: Path) -> None:
    """Where nothing is wrong, what a program reads is a list all the same."""
    run = feeds_here("check", "--output-format", "json", "corpus/good.md", cwd=folder)
    assert (run.returncode, json.loads(run.stdout), run.stderr) == (0, [], "nothing is wrong\n")


def test_files_elsewhere_have_whole_paths(folder: Path, tmp_path: Path) -> None:
    """What is not below the current directory is named from the root on."""
    (tmp_path / "elsewhere").mkdir()
    run = feeds_here(
        "check", "--output-format", "json", "../corpus/tags.md", cwd=tmp_path / "elsewhere"
    )
    paths = {each["path"] for each in json.loads(run.stdout)}
    assert paths == {str((folder / "corpus/tags.md").resolve())}


def test_corpora_are_told_apart(folder: Path) -> None:
    """A document of a second corpus is found in the directory of that one."""
    document(folder / "more", "bad.md", title="")
    run = feeds_here("check", "--output-format", "json", "corpus", "more", cwd=folder)
    paths = [each["path"] for each in json.loads(run.stdout)]
    assert "more/bad.md" in paths
    assert f"corpus/{ODD}" in paths


def test_github_is_told_by_workflow_commands(folder: Path) -> None:
    """Each finding is a command whose parts are escaped as GitHub wants it."""
    lines = check(folder, "--output-format", "github").stdout.splitlines()
    assert len(lines) == 3
    begins = "::error file=corpus/100%25%2C a%3A b/date.md,line=3,col=20,title=feeds (date-invalid)"
    assert lines[0].startswith(f'{begins}::publishedDateTime: "2021-13-45" is not a date; ')
    assert lines[1].startswith("::warning file=corpus/tags.md,line=")


def test_what_is_escaped_for_github_stays_one_command() -> None:
    """No name or message ends a command or begins another, and no place is told as none."""
    finding = Finding("a\n::b", 0, 0, "file-name", "", "50% of\r\n::it: a, b")
    assert list(REPORTS["github"]([Located(finding, "a\n::b,c")])) == [
        "::error file=a%0A%3A%3Ab%2Cc,title=feeds (file-name)::50%25 of%0D%0A::it: a, b"
    ]


def test_sarif_is_a_log_of_one_run(folder: Path) -> None:
    """SARIF has what its schema requires, and a rule with help for each code that was found."""
    log = json.loads(check(folder, "--output-format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("/sarif-2.1.0.json")
    (run,) = log["runs"]
    driver, results = run["tool"]["driver"], run["results"]
    assert (driver["name"], driver["version"]) == ("feeds", feeds.__version__)
    assert run["columnKind"] == "unicodeCodePoints"
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == ["date-invalid", "language-invalid", "number-invalid"]
    for rule in rules:
        assert rule["help"]["text"] == rule["help"]["markdown"] == explanation(rule["id"]).text
        assert rule["shortDescription"]["text"] == explanation(rule["id"]).summary
        assert rule["defaultConfiguration"]["level"] in {"error", "warning"}
    assert [rules[each["ruleIndex"]]["id"] for each in results] == [
        each["ruleId"] for each in results
    ]
    assert [each["properties"] for each in results] == [{"fixable": False}] * 3
    assert results[0]["level"] == "error"
    assert results[0]["message"]["text"].startswith('publishedDateTime: "2021-13-45" is not a ')
    ((place,),) = ([each["physicalLocation"]] for each in results[0]["locations"])
    assert place == {
        "artifactLocation": {"uri": "corpus/100%25%2C%20a%3A%20b/date.md"},
        "region": {"startLine": 3, "startColumn": 20},
    }


def test_sarif_of_no_place_has_no_region() -> None:
    """A finding of a whole file has no region, and a file elsewhere an address of its own."""
    name = os.fsdecode(b"/x/caf\xe9.md")
    finding = Finding("café.md", 0, 0, "file-name", "", "is not UTF-8")
    (text,) = REPORTS["sarif"]([Located(finding, name)])
    (result,) = json.loads(text)["runs"][0]["results"]
    assert result["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "file:///x/caf%E9.md"}}}
    ]


def test_some_findings_are_selected(folder: Path) -> None:
    """Codes, and what codes begin with, say what is shown; the rest counts for nothing."""
    assert codes(check(folder, "--select", "date,number-invalid")) == [
        "date-invalid",
        "number-invalid",
    ]
    run = check(folder, "--ignore", "date", "--ignore", "number, language")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "nothing is wrong\n")
    run = check(folder, "--select", "date", "--select", "language", "--ignore", "date-invalid")
    assert (codes(run), run.stderr) == (["language-invalid"], "1 finding\n")


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_code_is_wrong_usage(folder: Path, option: str) -> None:
    """A code that does not exist ends with 2, and with the one that is probably meant."""
    run = check(folder, option, "url,date-invald")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == (f"{option}: there is no code date-invald; did you mean date-invalid?\n")


def test_findings_may_be_no_failure(folder: Path) -> None:
    """With --exit-zero, findings are shown and the end is 0; a wrong configuration still is 2."""
    run = check(folder, "--exit-zero")
    assert (run.returncode, run.stderr) == (0, "3 findings\n")
    assert len(run.stdout.splitlines()) == 3
    assert check(folder, "--exit-zero", "--select", "x").returncode == 2


def test_colours_are_for_those_who_want_them(folder: Path) -> None:
    """Codes are red or yellow where that is wanted, and no escape is written where it is not."""
    wanted = check(folder, env={"NO_COLOR": "", "FORCE_COLOR": "1"}).stdout
    assert "\x1b[31m\x1b[1mdate-invalid\x1b[0m: " in wanted
    assert "\x1b[33m\x1b[1mnumber-invalid\x1b[0m: " in wanted
    plain = check(folder, env={"FORCE_COLOR": "1"}).stdout
    assert re.sub("\x1b[^m]+m", "", wanted) == plain
    assert "\x1b" not in plain + check(folder, env={"NO_COLOR": ""}).stdout
