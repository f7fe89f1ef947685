"""What a broken text says of its publication, read as far as that goes."""

import time

import pytest
from hypothesis import given, settings, strategies as st

from feeds.corpus.dialect import parse_dialect
from feeds.corpus.rooms import load_dialects
from feeds.corpus.withholding import is_withheld

DIALECTS = load_dialects(None)
OWN = (
    parse_dialect("own", "recognised_by: [title]\nfields: {title: title, listed: meta.shown}\n"),
)
LARGE = {
    "ends of lines": b"---\n" + b"\n" * 2**20,
    "spaces": b"---\na\n" + b" " * 2**20,
    "braces": b"---\n" + b"{," * 2**19,
    "lines": b"---\n" + b"a: b\n" * 200_000,
    "remarks": b"---\npublished: true" + b" #" * 2**19 + b"\n",
    "hyphens": (b"---" + b" " * 1_000 + b"x\n") * 1_000,
}


@pytest.mark.case(80)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: [\nmeta:\n  shown: false\n---\n", True),
        ("---\ntitle: [\nmeta:\n  shown: true\n---\n", False),
        ("+++\ntitle = A\n[meta]\nshown = false\n+++\n", True),
        ("---\ntitle: [\npublished: false\n---\n", False),
    ],
)
def test_keys_are_those_of_the_dialects(text: str, expected: bool) -> None:  # noqa: FBT001 - a row
    """A key of another name, or below another key, decides as the usual ones do, on its line."""
    assert is_withheld(text.encode(), OWN) == expected


@pytest.mark.parametrize("what", LARGE)
def test_the_monstrous_costs_little(what: str) -> None:
    """However a text of a megabyte is broken, it is looked through at once."""
    begin = time.process_time()
    assert not is_withheld(LARGE[what], DIALECTS)
    assert time.process_time() - begin < 1


@settings(deadline=None)
@given(st.binary(), st.text(alphabet="publishedraft:=[]{}#'\" \t\r\n\ufeff\0-+.", max_size=200))
def test_any_text_is_looked_through(data: bytes, text: str) -> None:
    """No bytes stop it, and a line that says that a document is not published always counts."""
    for head in (data, text.encode()):
        assert is_withheld(head, DIALECTS) in {True, False}
    assert is_withheld(b"---\npublished: false\n" + data, DIALECTS)
