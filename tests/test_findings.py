"""What is said of codes: whole, true of its examples, and the same everywhere."""

import re

import pytest
from cli_tools import ROOT, feeds_here
from test_corpus_golden import rules

from feeds.corpus.misspelling import read_misspelt
from feeds.corpus.reading import read_source
from feeds.findings import Choice, Explanation, UnknownCode, codes_of, explanation, explanations
from feeds.model import SourceFile

GOOD = {
    "title": "A title",
    "publishedDateTime": "2021-06-30",
    "webUrl": "https://paper.example/good",
}
WITH_EXAMPLES = [each for each in explanations().values() if each.wrong]


def whole(example: str) -> bytes:
    """Give a document whose front matter has what an example says, in place of what it had."""
    if example.startswith(("---", "+++", "title: No fence")):
        return f"{example}\n".encode()
    keys = re.findall(r"(?m)^([A-Za-z]+):", example)
    lines = [f"{key}: {value}" for key, value in GOOD.items() if key not in keys]
    return "\n".join(["---", *lines, example, "---", ""]).encode()


def codes_in(data: bytes) -> list[str]:
    source = SourceFile("a.md", data)
    readings = read_source(source, rules()), read_misspelt(source, rules())
    return [finding.code for reading in readings for finding in reading.findings]


def test_the_page_is_what_the_command_prints() -> None:
    """docs/findings.md is what `feeds explain --all` writes, so that there is one source."""
    run = feeds_here("explain", "--all", cwd=ROOT)
    assert run.returncode == 0
    assert run.stdout == (ROOT / "docs/findings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("each", explanations().values(), ids=lambda each: each.code)
def test_every_text_is_whole(each: Explanation) -> None:
    """A code has a severity, a sentence that sums it up, advice, and both examples or none."""
    assert each.severity in {"error", "warning", "error or warning"}
    assert re.fullmatch(r"\S[^\n]{,90}\.", each.summary), each.summary
    assert each.advice.endswith(".")
    assert "Wrong:" not in each.advice
    assert bool(each.wrong) == bool(each.right)


@pytest.mark.parametrize("each", WITH_EXAMPLES, ids=lambda each: each.code)
def test_every_example_is_true(each: Explanation) -> None:
    """What is wrong has that finding and no other, and what is right has none."""
    assert codes_in(whole(each.wrong)) == [each.code]
    assert codes_in(whole(each.right)) == []


def test_names_stand_for_codes() -> None:
    """A code stands for itself, the first words of codes for all of them."""
    assert codes_of(["date-naive"]) == {"date-naive"}
    assert codes_of(["date"]) == {"date-future", "date-invalid", "date-missing", "date-naive"}
    assert codes_of(["front-matter", "config"]) > codes_of(["config"]) == {"config"}
    assert codes_of([]) == set()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("date-invalit", "did you mean date-invalid?"),
        ("DATE", "did you mean date?"),
        ("yml", "did you mean yaml?"),
        ("xyzzy", "feeds explain lists all codes"),
        ("", "feeds explain lists all codes"),
    ],
)
def test_an_unknown_name_is_refused(name: str, hint: str) -> None:
    """What stands for no code is refused, with what may be meant."""
    with pytest.raises(UnknownCode, match=f"^there is no code {name}; {re.escape(hint)}$"):
        codes_of([name])


def test_what_is_ignored_is_not_wanted() -> None:
    """All codes are wanted where none is selected, and none that is ignored."""
    assert Choice().has("date-naive")
    assert not Choice(ignored=codes_of(["date"])).has("date-naive")
    both = Choice(selected=codes_of(["date"]), ignored=codes_of(["date-naive"]))
    assert [both.has(code) for code in ("date-future", "date-naive", "url-scheme")] == [
        True,
        False,
        False,
    ]


def test_a_code_is_explained() -> None:
    """`feeds explain CODE` prints what it means, with what is wrong and what is right."""
    run = feeds_here("explain", "boolean-invalid", cwd=ROOT)
    assert run.returncode == 0
    for words in ("boolean-invalid\n\nError: ", '    published: "true"\n', "published: true\n"):
        assert words in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 88


def test_all_codes_are_listed() -> None:
    """Without a code, each has a line with its severity and what it means in short."""
    lines = feeds_here("explain", cwd=ROOT).stdout.splitlines()
    assert len(lines) == len(explanations())
    for line, each in zip(lines, explanations().values(), strict=True):
        assert re.split("  +", line) == [each.code, each.severity, each.summary]


def test_an_unknown_code_is_wrong_usage() -> None:
    """The end is 2, with the code that is probably meant."""
    run = feeds_here("explain", "title-mising", cwd=ROOT)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "feeds: there is no code title-mising; did you mean title-missing?\n"
    with pytest.raises(KeyError):
        explanation("title-mising")
